"""YAML in the fields of a manifest."""

from __future__ import annotations

import pytest

from admission.lint.texts import MalformedText, documents


def test_documents() -> None:
    """The documents of a text are read, empty ones left out."""
    assert [{"a": 1}, [2]] == documents("a: 1\n---\n---\n[2]\n")


BOMB = "a0: &a0 {k: v}\n" + "".join(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}\n" for n in range(1, 40))


@pytest.mark.parametrize(
    ("text", "certain"),
    [
        ("a: [", True),
        ("a: *b", True),
        ("a: !!python/object:os.system {}", False),
        ("[" * 5000, False),
        ("x" * 300_000, False),
        ("a: 2001-99-99", False),
        (BOMB, False),
    ],
    ids=["not YAML", "no such alias", "a strange tag", "deep", "long", "an impossible date", "a bomb"],
)
def test_refused(text: str, certain: bool) -> None:
    """What is not YAML is refused for certain; what could cost too much is not read."""
    with pytest.raises(MalformedText) as raised:
        documents(text)

    assert certain == raised.value.certain
