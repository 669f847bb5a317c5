"""Whatever a manifest says, following its references ends, and never in an exception."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from admission.argo.variables import Options, analyse
from admission.model.catalog import FrozenCatalog
from admission.model.path import Path

WORKFLOW = yaml.safe_load("""
kind: Workflow
metadata: {name: x, labels: {a: b}}
spec:
  entrypoint: main
  onExit: dag
  arguments: {parameters: [{name: p, value: "1", enum: ["1"]}], artifacts: [{name: f, raw: {data: x}}]}
  podMetadata: {labels: {l: "{{workflow.name}}"}}
  templates:
  - name: main
    inputs: {parameters: [{name: p}], artifacts: [{name: f}]}
    steps:
    - - {name: a, templateRef: {name: other, template: t}, withItems: [{k: 1}, [2], 3]}
      - name: b
        template: leaf
        arguments: {parameters: [{name: m, value: "{{steps.a.outputs.result}} {{item.k}} {{open"}]}
        hooks: {exit: {template: leaf}}
    - - {name: c, inline: {container: {image: "{{=x", args: ["{{inputs.parameters.p}}"]}}, withParam: "{{steps.b.id}}"}
    outputs: {parameters: [{name: o, valueFrom: {parameter: "{{steps.b.outputs.parameters.o}}"}}]}
  - name: dag
    dag:
      target: c
      tasks:
      - {name: a, template: leaf, arguments: {parameters: [{name: m, value: x}]}}
      - {name: c, template: main, depends: a.Succeeded, when: "{{tasks.a.status}}", withSequence: {count: 2}}
  - name: leaf
    inputs: {parameters: [{name: m, valueFrom: {configMapKeyRef: {name: n, key: k}}}]}
    container: {image: i, args: ["{{inputs.parameters.m}}"], resources: {limits: {cpu: 1}}}
    outputs: {parameters: [{name: o, globalName: g, valueFrom: {path: /o}}], artifacts: [{name: f, path: /f}]}
    retryStrategy: {limit: 2}
""")
OTHER = yaml.safe_load("""
kind: WorkflowTemplate
metadata: {name: other, namespace: default}
spec:
  arguments: {parameters: [{name: q, value: z}]}
  templates:
  - name: t
    steps: [[{name: a, templateRef: {name: other, template: t}}, {name: b, templateRef: {name: x, template: y}}]]
""")
TEXTS = st.sampled_from(
    ["", "a", "{{", "}}", "{{inputs.parameters.p}}", "{{=x}}", "{{x", "\a", "main", "t", "\U000e0001"]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | st.text(max_size=8)
KEYS = st.sampled_from(["name", "steps", "dag", "template", "inputs", "parameters", "value", "{{x}}"]) | TEXTS
ANYTHING = st.recursive(SCALARS, lambda each: st.lists(each, max_size=3) | st.dictionaries(KEYS, each, max_size=3))


ROOT = Path()


def places(value: Any, path: Path = ROOT) -> list[Path]:
    """The paths of everything in *value*."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(each for key, member in below for each in places(member, path / key))]


def changed(document: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """*document* with *value* at *path*."""
    result: dict[str, Any] = copy.deepcopy(document)
    path.parent.find(result)[path[-1]] = value
    return result


KINDS = st.sampled_from(["Workflow", "WorkflowTemplate", "ClusterWorkflowTemplate", "CronWorkflow"])


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(places(WORKFLOW)[1:]), ANYTHING, st.sampled_from(places(OTHER)[1:]), ANYTHING, KINDS, st.booleans()
)
def test_anything(where: Path, what: Any, there: Path, other: Any, kind: str, newest: bool) -> None:
    """Any value at any place, of the manifest or of what it refers to, ends in problems; nothing is changed."""
    document = {**changed(WORKFLOW, where, what), "kind": kind}
    if kind == "CronWorkflow":
        document["spec"] = {"workflowSpec": document.get("spec")}
    before = copy.deepcopy(document)
    template = changed(OTHER, there, other)
    catalog = FrozenCatalog.of([template]) if isinstance(template.get("metadata"), dict) else FrozenCatalog()
    problems = analyse(document, catalog, Options(newest=newest)).problems

    assert repr(before) == repr(document)
    assert all(problem.message and problem.rule for problem in problems)


@pytest.mark.parametrize("cluster", [False, True])
def test_references_in_circles(cluster: bool) -> None:
    """Templates that refer to each other through the catalog are looked at once each."""
    kind = "ClusterWorkflowTemplate" if cluster else "WorkflowTemplate"
    steps = [
        [
            {"name": f"s{i}", "templateRef": {"name": f"t{i}", "template": "x", "clusterScope": cluster}}
            for i in range(3)
        ]
    ]
    catalog = FrozenCatalog.of(
        {"kind": kind, "metadata": {"name": f"t{i}"}, "spec": {"templates": [{"name": "x", "steps": steps}]}}
        for i in range(3)
    )
    document = {"kind": "Workflow", "spec": {"entrypoint": "x", "templates": [{"name": "x", "steps": steps}]}}

    assert 4 == len(analyse(document, catalog, Options()).bodies)


def test_deep_inline() -> None:
    """Inline templates may stand in each other to any depth."""
    template: dict[str, Any] = {"container": {"image": "{{open"}}
    for _ in range(400):
        template = {"steps": [[{"name": "a", "inline": template}]]}
    document = {"kind": "Workflow", "spec": {"entrypoint": "x", "templates": [{**template, "name": "x"}]}}

    assert () == analyse(document, FrozenCatalog(), Options()).problems


@pytest.mark.parametrize("text", ["{{" * 500_000, "{{a}}" * 200_000, "{{inputs." * 100_000 + "}}", "}}" * 500_000])
def test_long_texts(text: str) -> None:
    """A text of a megabyte ends in time, however it is made."""
    template = {"name": "x", "container": {"image": "i", "args": [text]}}
    document = {"kind": "Workflow", "spec": {"entrypoint": "x", "templates": [template]}}
    messages = [problem.message for problem in analyse(document, FrozenCatalog(), Options()).problems]

    assert all(len(message) < 1000 for message in messages)
