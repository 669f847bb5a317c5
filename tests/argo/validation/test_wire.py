"""Objects as the text that Go's types make of them, and tags that run over the end of their string."""

from __future__ import annotations

from typing import Any

import pytest

from admission.argo.validation.wire import dumps, keeps
from admission.argo.variables import Options, analyse
from admission.model.catalog import FrozenCatalog

HEAD = '{"name":"m","inputs":{},"outputs":{},"metadata":{},'


@pytest.mark.parametrize(
    ("value", "shape", "expected"),
    [
        ({}, "Template", '{"inputs":{},"outputs":{},"metadata":{}}'),
        (
            {"container": {"args": ["x<"], "image": "a", "imge": 1}, "name": "m", "outputs": None},
            "Template",
            HEAD + '"container":{"name":"","image":"a","args":["x\\u003c"],"resources":{}}}',
        ),
        (
            {"when": "w", "template": "t", "name": "n"},
            "WorkflowStep",
            '{"name":"n","template":"t","arguments":{},"when":"w"}',
        ),
        ({"value": [1], "name": "n", "enum": []}, "Parameter", '{"name":"n","value":""}'),
        ({"value": 1e3, "default": None}, "Parameter", '{"name":"","value":"1000"}'),
        ({"name": "n", "archive": {"none": {}}}, "Artifact", '{"name":"n","archive":{"none":{}}}'),
        (
            {"withItems": [{"b": 1, "a": "\n"}, None]},
            "DAGTask",
            '{"name":"","arguments":{},"withItems":[{"a":"\\n","b":1},null]}',
        ),
        ({"tasks": []}, "DAGTemplate", '{"tasks":null}'),
    ],
)
def test_dumps(value: Any, shape: str, expected: str) -> None:
    """Fields are in Go's order; what is empty is left out where Go leaves it out, and unknown fields always."""
    assert expected == dumps(value, shape)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (("container", "args", 0), True),
        (("container", "imge"), False),
        (("steps", 0, 0, "withItems", 0, "any", "thing"), True),
        (("steps", 0, 0, "arguments", "parameters", 0, "value"), True),
        (("steps", 0, 0, "arguments", "parameters", 0, "value", 0), False),
        (("steps", 0, 0, "hooks", "exit", "expression"), True),
        (("metadata", "labels", "any"), True),
        (("inline",), False),
        (("plugin", "x", 0), True),
        (("container", 0), False),
    ],
)
def test_keeps(steps: tuple[str | int, ...], expected: bool) -> None:
    """What Go's types have no place for is dropped before anything is looked at."""
    assert expected == keeps("Template", steps)


def problems(template: dict[str, Any], **spec: Any) -> list[tuple[str, str]]:
    """The rules and places of the problems of a workflow with that template, below it."""
    leaf = {"name": "leaf", "inputs": {"parameters": [{"name": "m", "default": "d"}]}, "container": {"image": "a"}}
    document = {"kind": "Workflow", "spec": {"entrypoint": "x", "templates": [{**template, "name": "x"}, leaf], **spec}}
    found = analyse(document, FrozenCatalog(), Options()).problems
    return [(problem.rule, str(problem.path).removeprefix("spec.templates[0].")) for problem in found]


def container(*args: str, **more: Any) -> dict[str, Any]:
    """A template of a container with those arguments."""
    return {"container": {"image": "a", "args": list(args)}, **more}


def step(**fields: Any) -> dict[str, Any]:
    """A template of one step."""
    return {"steps": [[{"name": "a", "template": "leaf", **fields}]]}


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        (container("{{foo"), []),
        (container("{{inputs.parameters.x"), [("var-unresolved", "container.args[0]")]),
        (container("{{foo", "{{inputs.parameters.swallowed}}"), []),
        (container("{{=x"), [("subst-expr-cross", "container.args[0]")]),
        (container("{{=x", "y}}"), [("subst-expr-cross", "container.args[0]")]),
        (container("x", nodeSelector={"a": "{{foo"}), []),
        (container("x", timeout="{{foo"), [("subst-unclosed", "timeout")]),
        (container("x", imge="{{foo"), []),
        (container("{{foo {{workflow.name}} bar"), []),
        (step(when="{{foo"), [("subst-unclosed", "steps[0][0].when")]),
        (step(arguments={"parameters": [{"name": "m", "value": "{{foo"}]}), []),
        (step(withParam="{{item.x"), [("subst-unclosed", "steps[0][0].withParam")]),
        (step(withParam="{{item.x", inline={}), [("subst-unclosed", "steps[0][0].withParam")]),
    ],
)
def test_open_ended(template: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    """A tag that is not closed in its string runs on to the next braces, be they those of the JSON."""
    assert expected == problems(template)


@pytest.mark.parametrize("value", ["a\u0007", "\x7f", "\U000e0001", "\x1b[0m"])
def test_control_characters(value: str) -> None:
    """A value that Go would not write as JSON cannot be put in; unused it does no harm."""
    arguments = {"parameters": [{"name": "p", "value": value}]}

    assert [("subst-json", "container.args[0]")] == problems(
        container("{{workflow.parameters.p}}"), arguments=arguments
    )
    assert [] == problems(container("x"), arguments=arguments)


@pytest.mark.parametrize("value", ["a\nb", "\t", "\u00e9", "\u00ad", "\ue000", "\U0001f600"])
def test_other_characters(value: str) -> None:
    """What Go writes as JSON can be put in."""
    arguments = {"parameters": [{"name": "p", "value": value}]}

    assert [] == problems(container("{{workflow.parameters.p}}"), arguments=arguments)
