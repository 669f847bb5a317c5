"""Whatever a manifest says, linting it ends in findings: never in an exception, and in time."""

from __future__ import annotations

import time
from copy import deepcopy
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from admission.argo.kinds import KINDS
from admission.lint.rules import RULES
from admission.lint.run import LintOptions, lint
from admission.model.catalog import FrozenCatalog
from admission.model.settings import Profile

EXAMPLES = [{"kind": "Workflow", **next(yaml.safe_load_all(text))} for rule in RULES for text in (rule.good, rule.bad)]
ODD = [
    None, True, 0, -1, 1.5, 2**63, 1e300, "", "x", "{{", "{{=", "{{=1+", "{{item}}", "{{inputs.parameters.x}}", "\u0000", "\ud800",
    "a" * 300, "(" * 50, "*/*/*", "0 0 0 0 0", "1" * 400, "5s", [], [None], [[]], [{}], {}, {"name": None}, {"a": {"a": {"a": []}}},
]  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place below *value*."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, each in pairs for place in ((*path, key), *places(each, (*path, key)))]


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """An example of a rule with some of its values changed, moved or gone."""
    document = deepcopy(draw(st.sampled_from(EXAMPLES)))
    for _ in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from(places(document) or [("kind",)]))
        holder: Any = document
        for step in path[:-1]:
            holder = holder[step]
        how = draw(st.sampled_from(["odd", "odd", "gone", "moved", "new"]))
        if how == "gone":
            del holder[path[-1]]
        elif how == "moved":
            holder[path[-1]] = deepcopy(document)
        elif how == "new" and isinstance(holder[path[-1]], dict):
            holder[path[-1]][draw(st.sampled_from(["name", "steps", "dag", "valueFrom", "hooks", "inline"]))] = draw(
                st.sampled_from(ODD)
            )
        else:
            holder[path[-1]] = draw(st.sampled_from(ODD))
    return document if isinstance(document.get("kind"), str) else {**document, "kind": "Workflow"}


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(mutated(), st.sampled_from(list(Profile)), st.sampled_from(["4.0", "4.1"]))
def test_examples_changed(document: dict[str, Any], profile: Profile, version: str) -> None:
    """Any change of any example ends in findings, at places that can be written, and leaves it as it was."""
    before = deepcopy(document)
    findings = lint(document, FrozenCatalog.of([document]), LintOptions(profile=profile, argo_version=version))

    assert all(str(finding.path) + finding.message for finding in findings)
    assert before == document


JSON = st.recursive(
    st.sampled_from(ODD), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner)
)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(list(KINDS)), JSON, JSON)
def test_any_object(kind: str, metadata: Any, spec: Any) -> None:
    """Any JSON in place of metadata and spec ends in findings."""
    assert lint({"kind": kind, "metadata": metadata, "spec": spec}, FrozenCatalog(), LintOptions()) is not None


def dag(tasks: int) -> dict[str, Any]:
    """A chain of tasks, each with something of the one before."""
    leaf = {"name": "leaf", "inputs": {"parameters": [{"name": "m"}]}, "container": {"image": "alpine", "args": ["x"]}}
    chain: list[dict[str, Any]] = []
    for number in range(tasks):
        value = f"{{{{tasks.t{number - 1}.outputs.result}}}}" if number else "x"
        given: dict[str, Any] = {"parameters": [{"name": "m", "value": value}]}
        task = {"name": f"t{number}", "template": "leaf", "arguments": given}
        chain.append({**task, "depends": f"t{number - 1}"} if number else task)
    return {"entrypoint": "main", "templates": [{"name": "main", "dag": {"tasks": chain}}, leaf]}


def nested(depth: int) -> dict[str, Any]:
    """Templates within templates."""
    template: dict[str, Any] = {"container": {"image": "{{x}}"}}
    for _ in range(depth):
        template = {"steps": [[{"name": "a", "inline": template}]]}
    return {"entrypoint": "main", "templates": [{"name": "main", **template}]}


def misspelt(count: int) -> dict[str, Any]:
    """Many mistakes, each of which asks for a suggestion."""
    wrong = {f"contaner{number}": {} for number in range(count)}
    steps = [[{"name": f"s{number}", "template": f"leaf{number}"}] for number in range(count)]
    return {"entrypoint": "main", "templates": [{"name": "main", "steps": steps, **wrong}]}


@pytest.mark.parametrize(
    ("spec", "seconds"),
    [
        (dag(10_000), 10),
        (nested(3000), 10),
        (misspelt(2000), 10),
        ({"entrypoint": "m", "templates": [{"name": "m", "container": {"image": "a", "args": ["{{x" * 350_000]}}]}, 10),
        ({"entrypoint": "m", "templates": [{"name": "m", "container": {"image": "a", "args": ["{{=" * 350_000]}}]}, 10),
        ({"entrypoint": "m", "templates": [{"name": "a" * 1_000_000, "container": {"image": "a"}}]}, 10),
        ({"entrypoint": "m", "templates": [{"name": "m", "steps": [[{"name": "a", "when": "(" * 500_000}]]}]}, 10),
        ({"entrypoint": "m", "templates": [{"name": "m", "dag": {"tasks": [{"name": "a", "depends": "a" * 10**6}]}}]}, 10),
        ({"workflowTemplateRef": {"name": "me"}}, 1),
        ({"entrypoint": "m", "templates": [{"name": "m", "steps": [[{"name": "a", "templateRef": {"name": "me", "template": "m"}}]]}]}, 1),
    ],
    ids=["tasks", "depth", "mistakes", "tags", "expressions", "name", "when", "depends", "self", "cycle"],
)  # fmt: skip
def test_in_time(spec: dict[str, Any], seconds: float) -> None:
    """Large, deep and circular manifests are judged in bounded time; the bounds leave room for a busy machine."""
    document = {"kind": "WorkflowTemplate", "metadata": {"name": "me"}, "spec": spec}
    start = time.process_time()
    lint(document, FrozenCatalog.of([document]), LintOptions())

    assert time.process_time() - start < seconds
