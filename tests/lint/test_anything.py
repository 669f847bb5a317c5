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
    *(None, True, 0, -1, 1.5, 2**63, 1e300, "", "x", "{{", "{{=", "{{=1+", "{{item}}", "{{inputs.parameters.x}}"),
    *("\u0000", "\ud800", "a" * 300, "(" * 50, "*/*/*", "0 0 0 0 0", "1" * 400, "5s"),
    *([], [None], [[]], [{}], {}, {"name": None}, {"a": {"a": {"a": []}}}),
]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place below *value*."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, each in pairs for place in ((*path, key), *places(each, (*path, key)))]


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """An example of a rule with some of its values changed, moved or gone."""
    document = deepcopy(draw(st.sampled_from(EXAMPLES)))
    for _ in range(draw(st.integers(1, 4))):
        if not document:
            break
        path = draw(st.sampled_from(places(document)))
        holder: Any = document
        for step in path[:-1]:
            holder = holder[step]
        how = draw(st.sampled_from(["odd", "odd", "gone", "moved", "new"]))
        odd = deepcopy(draw(st.sampled_from(ODD)))
        if how == "gone":
            del holder[path[-1]]
        elif how == "moved":
            holder[path[-1]] = deepcopy(document)
        elif how == "new" and isinstance(holder[path[-1]], dict):
            holder[path[-1]][draw(st.sampled_from(["name", "steps", "dag", "valueFrom", "hooks", "inline"]))] = odd
        else:
            holder[path[-1]] = odd
    return document if isinstance(document.get("kind"), str) else {**document, "kind": "Workflow"}


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(mutated(), st.sampled_from(list(Profile)), st.sampled_from(["4.0", "4.1"]))
def test_examples_changed(document: dict[str, Any], profile: Profile, version: str) -> None:
    """Any change of any example ends in findings, at places that can be written, and leaves it as it was."""
    before = deepcopy(document)
    findings = lint(document, FrozenCatalog.of([document]), LintOptions(profile=profile, argo_version=version))

    assert all(str(finding.path) + finding.message for finding in findings)
    assert before == document


SECRET = "SECRET" * 1000
#: What stands in the places of the examples, by turns: objects and lists where names belong, and what nobody wants to
#: read.
ANYTHING: list[Any] = [
    [{"name": {"a": 1}}, {"name": [1]}, {"name": [1]}],
    [[{"name": {}}, {"name": {}, "template": []}]],
    {"parameters": [{"name": {}}, {"name": [1]}], "artifacts": [{"name": [2], "path": {}}]},
    SECRET,
    {SECRET: SECRET, "name": {SECRET: SECRET}},
]


def test_every_place() -> None:
    """Whatever stands in whatever place, there are findings with messages that one can read."""
    every = [(example, path) for example in EXAMPLES[1::2] for path in places(example)]
    for number, (example, path) in enumerate(every):
        document = deepcopy(example)
        holder: Any = document
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = ANYTHING[number % len(ANYTHING)]
        if isinstance(document["kind"], str):
            found = lint(document, FrozenCatalog(), LintOptions())
            assert all(len(finding.message) <= 500 for finding in found)


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


def container(image: str = "a", **more: Any) -> dict[str, Any]:
    """A workflow spec of one container."""
    return {"entrypoint": "m", "templates": [{"name": "m", "container": {"image": image, **more}}]}


def step(**more: Any) -> dict[str, Any]:
    """A workflow spec of one step."""
    return {"entrypoint": "m", "templates": [{"name": "m", "steps": [[{"name": "a", **more}]]}]}


def loop(length: int) -> dict[str, Any]:
    """Templates that call each other in a circle of that length."""
    templates = [
        {"name": f"t{n}", "steps": [[{"name": "a", "template": f"t{(n + 1) % length}"}]]} for n in range(length)
    ]
    return {"entrypoint": "t0", "templates": templates}


def tower(height: int) -> dict[str, Any]:
    """DAGs that call each other, each with a lock and a global output of its own."""
    templates: list[dict[str, Any]] = []
    for n in range(height):
        output = {"name": "o", "globalName": f"g{n}", "valueFrom": {"parameter": "{{tasks.a.outputs.parameters.o}}"}}
        tasks = [{"name": "a", "template": f"t{n + 1}", "arguments": {"parameters": [{"name": "m", "value": "{{x}}"}]}}]
        locks = {"synchronization": {"mutexes": [{"name": f"m{n}"}]}}
        template = {"name": f"t{n}", "dag": {"tasks": tasks}, "outputs": {"parameters": [output]}, **locks}
        templates.append({**template, "inputs": {"parameters": [{"name": "m", "default": "x"}]}})
    output = {"name": "o", "valueFrom": {"path": "/o"}}
    last = {"name": f"t{height}", "container": {"image": "a"}, "outputs": {"parameters": [output]}}
    return {"entrypoint": "t0", "templates": [*templates, last]}


LARGE = {
    "tower": tower(2000),
    "sum": container(args=["{{=" + "+".join(["1"] * 20_000) + "}}"]),
    "tasks": dag(10_000),
    "depth": nested(1000),
    "mistakes": misspelt(2000),
    "tags": container(args=["{{x" * 350_000]),
    "expressions": container(args=["{{=" * 350_000]),
    "name": {"entrypoint": "m", "templates": [{"name": "a" * 1_000_000, "container": {"image": "a"}}]},
    "when": step(when="(" * 100_000),
    "depends": {"templates": [{"name": "m", "dag": {"tasks": [{"name": "a", "depends": "a" * 1_000_000}]}}]},
    "self": {"workflowTemplateRef": {"name": "me"}},
    "cycle": step(templateRef={"name": "me", "template": "m"}),
    "circle": loop(3000),
    "pattern": container(args=["{{='" + "a" * 5000 + "' matches '(a+)+(a+)+(a|a)*$'}}"]),
    "when-pattern": step(when="'" + "a" * 5000 + "!' =~ '(a+)+$'"),
    "aliases": {
        "entrypoint": "m",
        "templates": [
            {"name": "m", "resource": {"action": "create", "manifest": "a: &a [x]\n" + "b: [*a, *a, *a]\n" * 20_000}}
        ],
    },
}  # fmt: skip


@pytest.mark.parametrize("spec", LARGE.values(), ids=LARGE)
def test_in_time(spec: dict[str, Any]) -> None:
    """Large, deep, hostile and circular manifests are judged in bounded time, with room for a busy machine."""
    document = {"kind": "WorkflowTemplate", "metadata": {"name": "me"}, "spec": spec}
    start = time.process_time()
    lint(document, FrozenCatalog.of([document]), LintOptions())

    assert time.process_time() - start < 10
