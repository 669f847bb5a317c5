"""
The rules beyond Argo's own: on the failures of the facts, on all that Argo accepts, and on documents of any shape.

Facts and corpus lie beside the checkout; where they do not, the tests that compare with them are not generated.
"""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from corpus import ARGO, CORPUS, SHARED, documents, lines
from hypothesis import given, settings
from hypothesis import strategies as st

from admission.argo.workflow import Workflow
from admission.lint.rules.beyond import BEYOND
from admission.model.catalog import FrozenCatalog
from admission.model.finding import Action, Finding

KINDS = ("Workflow", "WorkflowTemplate", "ClusterWorkflowTemplate", "CronWorkflow")

#: Snippets of the facts that do not fail as they stand there, with the reason.
NOT_FOUND = {"rt-skipped-output": "the input that gets the value has a default, which Argo uses since 4.0.7"}

#: What is denied although Argo accepts it: the kinds of mutation that broke the manifest, each with what happens then.
#: Of the manifests that nobody changed none is denied.
REALLY_FAIL = {
    "rt-container-name": {"sidecar", "init-container"},  # Kubernetes refuses the pod
    "rt-cron-when": {"cron-stop"},  # no run is ever started
    "rt-dag-no-dependency": {"dag-dependency-removed"},  # waits for ever
    "rt-data": {"data-values"},  # the executor has nothing to read
    "rt-deadline-zero": {"number-types"},  # ended as soon as it starts
    "rt-depends-digit": {"dag-task-digit"},  # the condition cannot be read
    "rt-depends-syntax": {"dag-depends-syntax"},  # the same
    "rt-empty-steps": {"type-body-emptied", "unused-good-template"},  # a template without a type
    "rt-expression-literal": {"expression-in-when"},  # the condition cannot be evaluated
    "rt-hook-expression-invalid": {"hook-expression"},  # every look at the workflow ends in Error
    "rt-hook-expression-missing": {"hook-without-expression"},  # the same
    "rt-hook-input-unsupplied": {"hook-exit", "hook-arguments", "hook-expression", "step-onexit"},  # the hook fails
    "rt-hook-template-undefined": {"hook-missing-template", "hook-types", "unused-template-removed", "step-onexit"},
    "rt-http": {"http-values", "tag-braces-extra"},  # no address, no such method, no condition
    "rt-memoize-cache": {"memoize-values"},  # the controller's look at the workflow crashes
    "rt-memoize-maxage": {"memoize-values"},  # no duration
    "rt-mount-collision": {"artifact-same-path"},  # Kubernetes refuses the pod
    "rt-output-expression": {"artifact-from-and-expression"},  # a variable that does not exist
    "rt-parallelism-nonpositive": {"number-types", "parallelism-template"},  # nothing ever starts
    "rt-podspecpatch": {"pod-spec-patch"},  # the patch cannot be merged
    "rt-podspecpatch-keys": {"pod-spec-patch"},  # the same: a text where a list of containers belongs
    "rt-recursion": {"ref-to-other", "recursion-self"},  # stopped at a depth of 100
    "rt-resources": {"quantity-values"},  # Kubernetes refuses the pod
    "rt-retry-backoff-duration": {"retry-backoff"},  # Error at the first failure
    "rt-retry-expression": {"retry-expression"},  # the same
    "rt-retry-numbers": {"retry-values", "retry-backoff"},  # the same
    "rt-retry-policy-spec": {"defaults-added"},  # the same
    "rt-sequence": {"sequence-values"},  # the loop cannot be expanded
    "rt-sibling-ref": {"tag-step-field"},  # waits for ever
    "rt-steps-output-value": {"output-value-and-from"},  # refused when the template ends
    "rt-suspend-duration": {"suspend-values"},  # no duration
    "rt-suspend-output-value": {"output-value-and-from"},  # the controller's look at the workflow crashes
    "rt-timeout-format": {"timeout-values"},  # no duration
    "rt-volume-undefined": {"mount-undefined-volume", "mounts-overlap", "mount-and-artifact"},  # no such volume
}


def judged(document: dict[str, Any], *, context: list[Any] | None = None) -> list[Finding]:
    """What the rules find in *document*, which may refer to *context* and to itself."""
    workflow = Workflow(document, FrozenCatalog.of([*(context or []), document]))
    return [finding for rule in BEYOND for finding in rule(workflow)]


def snippets() -> Iterator[tuple[str, dict[str, Any]]]:
    """The entries of appendix B: each a rule, and a manifest that it should find something in."""
    facts = SHARED / "facts" / "argo-validation.md"
    if not facts.exists():
        return
    appendix = facts.read_text(encoding="utf-8").partition("## Appendix B")[2]
    comment = ""
    for line in appendix.partition("```yaml\n")[2].partition("```")[0].splitlines():
        if line.startswith("# "):
            comment = line[2:]
        elif line.startswith("spec:"):
            kind = "CronWorkflow" if "CronWorkflow" in comment else "Workflow"
            yield comment.split()[0], {"kind": kind, "metadata": {"name": "a"}, **yaml.safe_load(line)}


SNIPPETS = list(snippets())


if SNIPPETS:

    @pytest.mark.corpus
    @pytest.mark.parametrize(
        ("rule", "document"), SNIPPETS, ids=[f"{rule}-{n}" for n, (rule, _) in enumerate(SNIPPETS)]
    )
    def test_failures_of_the_facts(rule: str, document: dict[str, Any]) -> None:
        """What is known to fail at run time is found by the rule of that name."""
        found = {finding.source for finding in judged(document)}

        assert (rule not in NOT_FOUND) == (f"lint/{rule}" in found)


def manifests() -> Iterator[tuple[str, dict[str, Any], list[Any]]]:
    """The documents of Argo's own manifests that Argo accepts, each with those that it may refer to."""
    if not ARGO.exists():
        return
    for name, entry in json.loads((ARGO / "verdicts.json").read_text(encoding="utf-8"))["files"].items():
        given = documents(ARGO / name)
        context = [each for other in entry.get("context", ()) for each in documents(ARGO / other)]
        for number, (document, verdict) in enumerate(zip(given, entry["docs"], strict=False)):
            if verdict["ok"] and document.get("kind") in KINDS:
                yield f"{name}#{number}", document, [*context, *given]


def mutants() -> Iterator[tuple[str, str, dict[str, Any], list[Any]]]:
    """The mutants that Argo accepts: id, kind of mutation, document, and what it may refer to."""
    for case in lines("mutants.jsonl.gz"):
        if case["verdict"]["ok"] and case["docs"][0].get("kind") in KINDS:
            yield case["id"], case["operator"], case["docs"][0], case["context"]


def denied(document: dict[str, Any], context: list[Any]) -> Iterator[str]:
    """The ids of the rules beyond Argo that deny *document*."""
    for finding in judged(document, context=context):
        if finding.action is Action.DENY:
            yield finding.source.removeprefix("lint/")


if CORPUS.exists():

    @pytest.mark.corpus
    def test_nobody_is_refused_wrongly() -> None:
        """Of the manifests that Argo accepts none is denied."""
        assert [] == [(name, *denied(each, context)) for name, each, context in manifests() if [*denied(each, context)]]

    @pytest.mark.corpus
    def test_mutants_are_denied_for_what_was_broken() -> None:
        """Of the mutants that Argo accepts only those are denied in which something was broken that really fails."""
        found = {
            (rule, operator, name)
            for name, operator, each, context in mutants()
            for rule in denied(each, context)
            if operator not in REALLY_FAIL.get(rule, ())
        }

        assert set() == found


SHAPES = st.sampled_from(
    [None, "x", "", 3, -1, True, 1.5, [], {}, ["x"], {"a": None}, [None], [[None]], "{{x", "{{=", "{{item}}", {"": ""}]
)


def places(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for key, value in document.items() if isinstance(document, dict) else enumerate(document):
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from places(value, (*path, key))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_shape(data: st.DataObject) -> None:
    """Whatever stands in any place of any example, there is a verdict and no exception."""
    rule = data.draw(st.sampled_from(BEYOND))
    document = next(yaml.safe_load_all(data.draw(st.sampled_from([rule.good, rule.bad]))))
    for _ in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from(list(places(document))))
        holder = document
        for step in way:
            holder = holder[step]
        holder[last] = copy.deepcopy(data.draw(SHAPES))

    assert isinstance(judged({"kind": "Workflow", **document}), list)


def dag(tasks: int) -> dict[str, Any]:
    """A DAG in which every task depends on the three before, and uses the result of the last."""
    made = []
    for number in range(tasks):
        before = [f"t{other}" for other in range(max(0, number - 3), number)]
        value = f"{{{{tasks.t{number - 1}.outputs.result}}}}" if number else "x"
        task = {"name": f"t{number}", "template": "leaf", "arguments": {"parameters": [{"name": "m", "value": value}]}}
        made.append({**task, "depends": " && ".join(before)} if before else task)
    leaf = {"name": "leaf", "inputs": {"parameters": [{"name": "m"}]}, "script": {"image": "x", "source": "y"}}
    return {
        "kind": "Workflow",
        "spec": {"entrypoint": "main", "templates": [{"name": "main", "dag": {"tasks": made}}, leaf]},
    }


def test_large_dags_are_judged_in_time() -> None:
    """The rules beyond Argo judge a DAG of 5,000 tasks in bounded time: benchmarks/lint.py has the figure."""
    workflow = dag(5000)
    start = time.process_time()
    found = judged(workflow)

    assert ["lint/rt-script-source"] == [finding.source for finding in found]
    assert time.process_time() - start < 6
