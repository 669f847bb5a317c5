"""Who calls whom."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from admission.argo.graph import Graph
from admission.argo.recursion import endless
from admission.argo.validation.text import Text as Tagged
from admission.argo.variable_uses import Text
from admission.model.catalog import MISSING, UNAVAILABLE, Absent
from admission.model.document import Document
from admission.model.path import Path


def graph(text: str, found: Document | Absent = MISSING) -> Graph:
    return Graph(yaml.safe_load(text), Path(("spec",)), lambda _: found)


DIAMOND = """
templates:
- name: main
  dag:
    tasks:
    - {name: a, template: leaf}
    - {name: b, template: leaf, depends: a.Succeeded}
    - {name: c, template: leaf, dependencies: [a]}
    - {name: d, template: leaf, depends: "b && (c.Failed || c)"}
    - {name: e, template: leaf}
- {name: leaf, container: {image: x}}
"""


@pytest.mark.parametrize(
    ("task", "other", "expected"),
    [("d", "a", True), ("d", "c", True), ("b", "a", True), ("a", "b", False), ("b", "c", False), ("d", "e", False)],
)
def test_waits(task: str, other: str, expected: bool) -> None:
    """A task waits for those that it depends on, at any distance, and for no others."""
    assert expected == graph(DIAMOND).nodes[0].waits(task, other)


def test_a_circle_of_dependencies_ends() -> None:
    """Tasks that wait for each other are no trouble."""
    tasks = "[{name: a, depends: b}, {name: b, depends: a}, {name: c, depends: c}]"
    node = graph(f"templates: [{{name: m, dag: {{tasks: {tasks}}}}}]").nodes[0]

    assert node.waits("a", "b")
    assert not node.waits("a", "c")


@pytest.mark.parametrize(
    ("call", "found", "missing", "known"),
    [
        ("{template: leaf}", MISSING, False, True),
        ("{template: nope}", MISSING, True, False),
        ("{template: '{{item}}'}", MISSING, False, False),
        ("{templateRef: {name: w, template: t}}", MISSING, True, False),
        ("{templateRef: {name: w, template: t}}", UNAVAILABLE, False, False),
        ("{templateRef: {name: w, template: t}}", {"spec": {"templates": [{"name": "t"}]}}, False, True),
        ("{templateRef: {name: w, template: u}}", {"spec": {"templates": [{"name": "t"}]}}, True, False),
        ("{templateRef: {name: '{{item}}', template: t}}", MISSING, False, False),
        ("{inline: {container: {image: x}}}", MISSING, False, True),
        ("{}", MISSING, False, False),
    ],
)
def test_callees(call: str, found: Document | Absent, missing: bool, known: bool) -> None:
    """A reference leads to a template, to none, or nobody knows."""
    text = f"templates: [{{name: m, steps: [[{call}]]}}, {{name: leaf, container: {{image: x}}}}]"
    callee = graph(text, found).calls[0][1].callee

    assert (missing, known) == (callee.missing, callee.document is not None)


def test_inline_templates_are_nodes() -> None:
    """An inline template is one of the document, at its place."""
    text = "templates: [{name: m, steps: [[{name: a, inline: {dag: {tasks: [{name: t, inline: {suspend: {}}}]}}}]]}]"

    assert [
        "spec.templates[0]",
        "spec.templates[0].steps[0][0].inline",
        "spec.templates[0].steps[0][0].inline.dag.tasks[0].inline",
    ] == [str(node.path) for node in graph(text).nodes]


def test_exit_hooks_inherit_arguments() -> None:
    """An exit hook without arguments hands on those of its step; others have their own alone."""
    hooks = "{exit: {template: leaf}, other: {template: leaf}}"
    step = f"{{name: a, onExit: leaf, hooks: {hooks}, arguments: {{parameters: [{{name: p}}]}}}}"
    found = graph(f"templates: [{{name: m, steps: [[{step}]]}}, {{name: leaf}}]").hooks

    assert [("exit", True), ("other", False), ("exit", True)] == [
        (hook.event, bool(hook.arguments.get("parameters"))) for hook in found
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{steps.a.status}}", [("steps.a.status", False, False)]),
        ("{{=steps['a'].id ?? 'x'}}", [("steps.a.id", True, True)]),
        ("{{ x }}{{=y + z}}", [("x", False, False), ("y", True, False), ("z", True, False)]),
        ("{{=1 +}}", []),
        ("{{steps.{{x}}.id}}", [("x", False, False)]),
    ],
)
def test_uses(text: str, expected: list[tuple[str, bool, bool]]) -> None:
    """The variables of a text are found, in simple tags and in expressions."""
    assert expected == [(use.name, use.expression, use.guarded) for use in Text(Path(), Tagged.of((), text)).uses]


@pytest.mark.parametrize(
    "malformed",
    [
        None,
        {"templates": None},
        {"templates": [None, "x", {"steps": "x"}, {"steps": [None, [None, 3]]}, {"dag": 3}, {"dag": {"tasks": {}}}]},
        {"templates": [{"steps": [[{"hooks": [], "arguments": 3, "depends": {}, "inline": "x", "templateRef": 1}]]}]},
        {"hooks": {"exit": None}, "workflowTemplateRef": "x", "templates": [{"name": {}, "dag": {"tasks": [{}]}}]},
    ],
)
def test_malformed_documents_do_not_matter(malformed: Any) -> None:
    """What is not of the type that it should be is read as absent."""
    found = Graph(malformed or {}, Path(), lambda _: MISSING)

    assert list(endless(found)) == []
    assert all(hook.callee.document is None for hook in found.hooks)


def steps(name: str, *calls: str) -> str:
    return f"{{name: {name}, steps: [[{', '.join(calls)}]]}}"


@pytest.mark.parametrize(
    ("templates", "expected"),
    [
        ([steps("a", "{name: x, template: a}")], ["a → a"]),
        ([steps("a", "{name: x, template: b}"), steps("b", "{name: y, template: a}")], ["a → b → a"]),
        ([steps("a", "{name: x, template: a, when: '{{x}} == y'}")], []),
        ([steps("a", "{name: x, template: a, withParam: '{{x}}'}")], []),
        ([steps("a", "{name: x, template: a, withItems: []}")], []),
        ([steps("a", "{name: x, template: a, withItems: [1]}")], ["a → a"]),
        ([steps("a", "{name: x, template: a, withSequence: {count: '{{n}}'}}")], []),
        ([steps("a", "{name: x, inline: {steps: [[{name: y, template: a}]]}}")], ["a → a"]),
        ([steps("a", "{name: x, when: z, inline: {steps: [[{name: y, template: a}]]}}")], []),
        (["{name: a, dag: {tasks: [{name: x, template: a}, {name: y, template: a, depends: x.Failed}]}}"], ["a → a"]),
        (["{name: a, dag: {tasks: [{name: x, suspend: {}}, {name: y, template: a, depends: x.Failed}]}}"], []),
        ([steps("a", "{name: x, template: b}"), steps("b", "{name: y, template: c}"), "{name: c, suspend: {}}"], []),
        (["{name: a, memoize: {key: k}, steps: [[{name: x, template: a}]]}"], []),
    ],
)
def test_endless(templates: list[str], expected: list[str]) -> None:
    """A circle of calls is found where nothing can leave it."""
    assert expected == [circle for _, circle in endless(graph(f"templates: [{', '.join(templates)}]"))]


def test_a_template_that_refers_to_itself() -> None:
    """A reference to the object itself means its own templates, not those that the cluster has."""
    spec = yaml.safe_load("templates: [{name: a, steps: [[{templateRef: {name: me, template: a}}]]}]")
    found = Graph(spec, Path(("spec",)), lambda _: MISSING, ("me", False))

    assert ["a → a"] == [circle for _, circle in endless(found)]


def test_a_long_chain_of_templates_is_no_deep_stack() -> None:
    """Ten thousand templates that call each other in a row are walked."""
    count = 10_000
    templates = [{"name": f"t{i}", "steps": [[{"name": "s", "template": f"t{(i + 1) % count}"}]]} for i in range(count)]

    assert 1 == len(list(endless(Graph({"templates": templates}, Path(), lambda _: MISSING))))
