"""The values of expression tags, as far as they can be told."""

from __future__ import annotations

import pytest

from admission.argo.validation.evaluate import evaluated, is_open
from admission.argo.validation.known import Known

VALUES = Known({"workflow.name": "w", "workflow.parameters.a": "v", "workflow.parameters.n": "7"})


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("5 % 2", "1"),
        ("-5 % 3", "-2"),
        ("6/3", "2"),
        ("+".join(["1"] * 3000), "3000"),
        (" || ".join(["false"] * 3000), "false"),
        ("1.50", "1.5"),
        ("1e21", "1e+21"),
        ("2**3", "8"),
        ("1 == 1.0", "true"),
        ("not true", "false"),
        ("string(1.0)", "1"),
        ("asInt(workflow.parameters.n) + 1", "8"),
        ("asFloat('1.5')", "1.5"),
        ("len('abc')", "3"),
        ("sprig.trim(' a ')", "a"),
        ("upper('a') + 'b'", "Ab"),
        ("let x='a'; x", "a"),
        ("1;2", "2"),
        ("nil ?? 'a'", "a"),
        ("workflow.parameters['a']", "v"),
        ("workflow.parameters.b ?? 'd'", "d"),
        ("workflow.foo?.bar ?? 'd'", "d"),
        ("workflow.parameters.a == 1", "false"),
        ("workflow.parameters.a == 'v' ? 'yes' : 'no'", "yes"),
    ],
)
def test_values(expression: str, expected: str) -> None:
    """What Argo puts in, as its own validator does."""
    assert expected == evaluated(expression, VALUES)


@pytest.mark.parametrize(
    "expression",
    [
        *("true ? 'a' : foo", "true ? 'a' : workflow.failures", "workflow.foo.bar ?? 'd'", "foo ?? 'd'", "nil", "("),
        *("pod.name", "1 + 'a'", "-'a'", "5 % 0", "int('0x10')", "asInt(workflow.parameters.a)", "'a' == 1"),
        "workflow.parameters.a < 1",
        *("workflow.parameters.a.b", "nope(1)", "jsonpath(workflow.foo.bar, '$.a')", "sprig.nope()"),
        "'a'.outputs",
        "workflow" + ".a" * 3000,
    ],
)  # fmt: skip
def test_failures(expression: str) -> None:
    """What fails leaves its tag, and that is certain."""
    assert evaluated(expression, VALUES) is None
    assert not is_open(expression, VALUES)


@pytest.mark.parametrize(
    "expression", ["now()", "workflow", "'a' matches 'b'", "[1] == [1]", "5 / 0", "sprig.date('x')"]
)
def test_open(expression: str) -> None:
    """What needs an interpreter is said to be open."""
    assert evaluated(expression, VALUES) is None
    assert is_open(expression, VALUES)
