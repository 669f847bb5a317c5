"""What is certainly wrong with an expression."""

from __future__ import annotations

import pytest

from admission.argo.expressions import problem_of


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("inputs.parameters.x == 'a'", "bool", ""),
        ("asInt(inputs.parameters.x) + 1", "", ""),
        ("sprig.trim(workflow.name)", "string", ""),
        ("steps['a-b'].outputs.result", "bool", ""),
        ("let x = workflow.name; x + 'y'", "string", ""),
        ("filter([1, 2], {# > 1})", "array", ""),
        ("workflow.status =", "", "not an expression"),
        ("trimm(workflow.name)", "", "no function 'trimm'"),
        ("sprig.trimm(workflow.name)", "", "no function 'trimm'"),
        ("inputs.parameters.my-p", "", "minus"),
        ("wrokflow.name", "", "no variable 'wrokflow'"),
        ("len(workflow.name)", "bool", "is a number"),
    ],
)
def test_problem(text: str, value: str, expected: str) -> None:
    """Grammar, functions, variables and types are looked at, as far as the text decides."""
    problem = problem_of(text, value=value)

    assert expected in problem
    assert bool(expected) == bool(problem)
