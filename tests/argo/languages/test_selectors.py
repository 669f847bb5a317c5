"""Label selectors."""

from __future__ import annotations

from typing import Any

import pytest

from admission.argo.languages.selectors import parse, problem_of_key, problem_of_value, problems
from admission.errors import LanguageError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("a", [("a", "exists", ())]),
        ("!a", [("a", "!", ())]),
        ("status.phase == Succeeded", [("status.phase", "==", ("Succeeded",))]),
        ("a=b,c!=d", [("a", "=", ("b",)), ("c", "!=", ("d",))]),
        ("a in (x, y), b notin (z)", [("a", "in", ("x", "y")), ("b", "notin", ("z",))]),
        ("status.succeeded > 0", [("status.succeeded", ">", ("0",))]),
        ("a=", [("a", "=", ("",))]),
        ("a in (,b)", [("a", "in", ("", "b"))]),
        ("x.io/a<5", [("x.io/a", "<", ("5",))]),
    ],
)
def test_text(text: str, expected: list[tuple[str, str, tuple[str, ...]]]) -> None:
    """A selector is a list of requirements."""
    assert expected == [(found.key, found.operator, found.values) for found in parse(text)]


@pytest.mark.parametrize(
    "text",
    [
        "status.phase === x",
        "a == b c",
        "a > b",
        "a in b",
        "a in (b",
        "a,",
        ",a",
        "status.conditions[0] == x",
        "a == 'b'",
        "-a",
        "a == " + "b" * 64,
        "(a)",
        "!",
        "a b",
        "x" * 1_000_000,
    ],
)
def test_refused(text: str) -> None:
    """What Kubernetes does not take as a selector is refused."""
    with pytest.raises(LanguageError):
        parse(text)


@pytest.mark.parametrize(
    ("key", "value", "good"),
    [
        ("app", "web", True),
        ("app.kubernetes.io/name", "", True),
        ("A_b.c-1", "1.2.3", True),
        ("-a", "a-", False),
        ("a/b/c", "not a label!", False),
        ("/a", "é", False),
        ("Upper.io/x", "a\n", False),
        ("a" * 64, "a" * 64, False),
        ("", "-", False),
    ],
)
def test_labels(key: str, value: str, good: bool) -> None:
    """Keys and values of labels have their grammar."""
    assert (good, good) == (not problem_of_key(key), not problem_of_value(value))


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ({"matchLabels": {"a": "b"}, "matchExpressions": [{"key": "a", "operator": "In", "values": ["x"]}]}, []),
        ({"matchLabels": {"a b": "c", "d": "e f"}}, [("matchLabels", "a b"), ("matchLabels", "d")]),
        ({"matchExpressions": [{"key": "a", "operator": "Is"}]}, [("matchExpressions", 0, "operator")]),
        (
            {"matchExpressions": [{"key": "a", "operator": "Exists", "values": ["x"]}]},
            [("matchExpressions", 0, "values")],
        ),
        ({"matchExpressions": [{"key": "a", "operator": "In"}]}, [("matchExpressions", 0, "values")]),
        (
            {"matchLabels": 3, "matchExpressions": [None]},
            [("matchExpressions", 0, "key"), ("matchExpressions", 0, "operator")],
        ),
    ],
)
def test_documents(selector: dict[str, Any], expected: list[tuple[str | int, ...]]) -> None:
    """What is wrong with a structured selector is found at its place."""
    assert expected == [place for place, _ in problems(selector)]
