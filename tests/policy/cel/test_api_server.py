"""Expressions come to the same here as in a real API server."""

import pytest

from admission.cluster.client import Client
from admission.errors import EvaluationError, PolicyError
from admission.policy.cel import engine
from admission.policy.cel.expression import compiled
from policy.cel.api_server import DATA, FAILED, REFUSED, asked, recorded

#: Where we differ, and why. In none of them do we allow what Kubernetes would not say.
DIFFERENT = {
    # Refused when the policy is loaded, at their place: what the engine lacks.
    "1 < 2.5": REFUSED,
    # No function of ours can give the engine a time or duration.
    "[duration('1s'), duration('2s')].max() == duration('2s')": FAILED,
    "[timestamp('2026-01-31T12:00:00Z')].min() == timestamp('2026-01-31T12:00:00Z')": FAILED,
    "[duration('1s'), duration('2s')].sum() == duration('3s')": FAILED,
    # A quantity is a number to us, however it is written.
    "quantity('1.0').isInteger()": "true",
    "quantity('1000m').isInteger()": "true",
    "quantity('2000m').asInteger()": "2",
    # The API server checks more types of what is written out; these fail when they are evaluated, or have a value.
    "['a', 'b'].sum()": FAILED,
    "string(null)": FAILED,
    "'%d'.format(['a'])": FAILED,
    "'%q'.format(['a'])": FAILED,
    "'a'.format([1])": "a",
    "'%s'.format([quantity('1')])": "{kubernetes.Quantity: 1/1}",
    "[?object.data.?nothing, 'a'].size()": "1",
    "[1, 'a'].size()": "2",
    "[[1, [2]], [3]].flatten().size()": "3",
    "[[1, [2]], [3]].flatten(2).size()": "3",
}


def here(expression):
    """What the engine makes of *expression*."""
    ours = engine("cel-expr-python")
    try:
        program = compiled(ours, f"string({expression})", ["object"])
    except PolicyError:
        return REFUSED
    try:
        return program.evaluate(ours.activation({"object": {"data": DATA}}))
    except EvaluationError:
        return FAILED


@pytest.mark.parametrize(("expression", "said"), recorded(), ids=[expression for expression, _ in recorded()])
def test_as_there(expression, said):
    """An expression has the value that the API server gave it, fails where it failed, and is refused where it was."""
    assert DIFFERENT.get(expression, said) == here(expression)


def test_every_difference_is_one():
    """Where we are said to differ we do."""
    there = dict(recorded())

    assert [] == [expression for expression, said in DIFFERENT.items() if there[expression] == said]


@pytest.mark.cluster
def test_the_record_is_true(plane):
    """What is recorded of the API server is what it says: every tenth expression is asked again."""
    some = recorded()[::10]

    answers = asked(Client.connect(str(plane.kubeconfig)), [expression for expression, _ in some])

    assert [said for _, said in some] == answers
