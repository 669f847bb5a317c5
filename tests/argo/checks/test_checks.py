"""What Argo asks of the parts of an object by themselves: the corners that the examples of the rules leave out."""

from __future__ import annotations

from typing import Any

import pytest

from admission.argo.checks.leaf import in_circle, is_yaml
from admission.argo.checks.locations import leaves_its_directory
from admission.argo.checks.names import field_problem, parameter_problem
from admission.argo.variables import Options, analyse
from admission.model.catalog import FrozenCatalog


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/a/../a/b", False),
        ("/tmp/safe/../../etc", True),
        ("../up", False),
        ("/..", False),
        ("/tmp//ab", True),
        ("/x/./ab", True),
        ("/tmp//abc", False),
        ("/tmp/ab", False),
        ("relative/ab", False),
        ("/a/..", True),
        ("/a/../b", True),
        ("//x/ab", True),
        ("", False),
    ],
)
def test_path_traversal(path: str, expected: bool) -> None:
    """Argo's test of '..' is a rough one, and copied as it is."""
    assert expected == leaves_its_directory(path)


@pytest.mark.parametrize("name", ["a", "1", "A-b", "a" * 128, "name-"])
def test_names(name: str) -> None:
    """Letters, digits and hyphens make a name."""
    assert "" == field_problem(name) == parameter_problem(name)


@pytest.mark.parametrize("name", ["-a", "a_b", "a.b", "a\n", "ä", "a" * 129, "a b"])
def test_no_names(name: str) -> None:
    """Anything else does not, nor does what is too long."""
    assert field_problem(name)


@pytest.mark.parametrize(
    ("name", "expected"), [("__a", True), ("-", True), ("a.b", False), ("a\n", False), ("ä", False)]
)
def test_names_of_parameters(name: str, expected: bool) -> None:
    """Parameters and artifacts may have underscores, and begin with anything that may be in them."""
    assert expected == (parameter_problem(name) == "")


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ({"a": [], "b": ["a"]}, set()),
        ({"a": ["b"], "b": ["a"], "c": ["a"], "d": []}, {"a", "b"}),
        ({"a": ["a"]}, {"a"}),
        ({"a": ["x"]}, set()),
        ({f"n{i}": [f"n{i + 1}"] for i in range(5000)}, set()),
    ],
)
def test_circles(before: dict[str, list[str]], expected: set[str]) -> None:
    """Those that wait for each other are found, and not those that wait for them."""
    assert expected == in_circle(before)


@pytest.mark.parametrize(
    ("manifest", "expected"),
    [
        ("kind: Pod", True),
        ("a word", True),
        ("kind: [a", False),
        ("replicas: {{foo.bar}}", False),
        ("replicas: '{{foo.bar}}'", True),
        ("replicas: {{=1 + 1}}", True),
        ("a: b\n---\nkind: [a", True),
        ("date: 2024-13-45", True),
        ("x: !custom y", True),
        ("[" * 5000, False),
        ("a: !!int x", False),
        ("%YAML 1.2\n---\na: b", False),
        ("a: {{=x\n y}}", False),
    ],
)
def test_manifests(manifest: str, expected: bool) -> None:
    """A manifest is YAML once expressions are taken for words; and as kubectl would read it."""
    assert expected == is_yaml(manifest)


def rules(*templates: dict[str, Any], kind: str = "Workflow", newest: bool = True, **spec: Any) -> set[str]:
    """The rules that a workflow of those templates breaks; the first is where it begins."""
    document = {"kind": kind, "spec": {"entrypoint": templates[0]["name"], "templates": list(templates), **spec}}
    return {problem.rule for problem in analyse(document, FrozenCatalog(), Options(newest=newest)).problems}


LEAF = {"name": "leaf", "container": {"image": "a"}}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, set()),
        ("30", set()),
        ("{{workflow.parameters.x}}", set()),
        ("{{workflow.name}}", set()),
        (-1, {"ads-leaf"}),
        ("-1", {"ads-leaf"}),
        ("soon", {"ads-leaf"}),
        ("{{workflow.name}}s", set()),
    ],
)
def test_deadline(value: Any, expected: set[str]) -> None:
    """A deadline is a number that is not negative, or what begins with a value that is not known yet."""
    template = {**LEAF, "activeDeadlineSeconds": value}

    assert expected == rules(template, arguments={"parameters": [{"name": "x", "value": "3"}]})


@pytest.mark.parametrize(("newest", "expected"), [(True, set()), (False, {"step-name"})])
def test_step_name_from_an_input(newest: bool, expected: set[str]) -> None:
    """From 4.1 on a step may have a name that an input gives a part of."""
    step = {"name": "run-{{workflow.name}}", "template": "leaf"}

    assert expected == rules({"name": "main", "steps": [[step]]}, LEAF, newest=newest)


def test_task_name_from_an_input() -> None:
    """A task may not, in any version."""
    task = {"name": "run-{{workflow.name}}", "template": "leaf"}

    assert {"dag-task-name"} == rules({"name": "main", "dag": {"tasks": [task]}}, LEAF)


@pytest.mark.parametrize(("newest", "expected"), [(True, {"sidecar-reserved", "pending-timeout"}), (False, set())])
def test_versions(newest: bool, expected: set[str]) -> None:
    """What Argo asks from 4.1 on is not asked for 4.0."""
    steps = {"name": "main", "pendingTimeout": "5s", "steps": [[{"name": "a", "template": "leaf"}]]}

    assert expected == rules(steps, {**LEAF, "sidecars": [{"name": "wait"}]}, newest=newest)


def test_inline_bodies() -> None:
    """Of several inline templates without a name Argo looks at the body of the first alone."""
    inline = {"container": {"image": ""}}
    first = [{"name": "a", "inline": inline}, {"name": "b", "inline": {**LEAF, "name": ""}}]
    later = [first[1], first[0]]

    assert {"container-image"} == rules({"name": "main", "steps": [first]})
    assert set() == rules({"name": "main", "steps": [later]})


def test_image_from_defaults() -> None:
    """An image may come from the template defaults of the object."""
    defaults = {"container": {"image": "a"}}

    assert set() == rules({"name": "main", "container": {}}, templateDefaults=defaults)


def test_timeout_from_an_argument() -> None:
    """A timeout is looked at with the value of each reference."""
    timed = {**LEAF, "timeout": "{{inputs.parameters.t}}", "inputs": {"parameters": [{"name": "t"}]}}
    step = {"name": "a", "template": "leaf", "arguments": {"parameters": [{"name": "t", "value": "30"}]}}

    assert {"timeout-whole-number"} == rules({"name": "main", "steps": [[step]]}, timed)


def test_the_same_argument_twice() -> None:
    """Argo merges the arguments of a workflow that runs a template, and so does not see a name twice."""
    arguments = {"parameters": [{"name": "p", "value": "x"}, {"name": "p", "value": "y"}]}
    template = {
        "kind": "WorkflowTemplate",
        "metadata": {"name": "t"},
        "spec": {"entrypoint": "leaf", "templates": [LEAF]},
    }
    document = {"kind": "Workflow", "spec": {"workflowTemplateRef": {"name": "t"}, "arguments": arguments}}

    assert () == analyse(document, FrozenCatalog.of([template]), Options()).problems
    assert {"arg-names"} == rules(LEAF, arguments=arguments)
