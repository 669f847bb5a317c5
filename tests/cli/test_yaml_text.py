"""Documents as YAML that kubectl reads back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.cli.yaml_text import dump, dump_all
from admission.model.source import read

WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), max_size=12)
DOCUMENTS = st.dictionaries(
    WORDS,
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | WORDS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
        max_leaves=8,
    ),
    min_size=1,
)


@pytest.mark.parametrize(
    "word",
    [
        "y",
        "n",
        "on",
        "1e3",
        "0o10",
        "010",
        "08",
        "1_000",
        "~",
        "",
        "<<",
        "=",
        ".5_0",
        "12:30:45",
        "a\nb",
        " a",
        "a: b",
        "---",
    ],
)
def test_a_text_stays_a_text(word: str) -> None:
    """What Kubernetes would read as something else is quoted, as a value and as a key."""
    assert {"a": word, word: 1} == read(dump({"a": word, word: 1}))[0].document


@given(DOCUMENTS)
def test_what_is_written_reads_back(document: Any) -> None:
    """Any document comes back."""
    assert [document] == [source.document for source in read(dump(document))]


def test_shared_values_are_written_out() -> None:
    """No anchors: not every reader of manifests follows them."""
    shared = {"b": 1}

    assert "a:\n  b: 1\nc:\n  b: 1\n" == dump({"a": shared, "c": shared})


def test_several_documents() -> None:
    """Documents are separated, and a script keeps its lines."""
    assert "a: |\n  x\n  y\n---\nb: 1\n" == dump_all([{"a": "x\ny\n"}, {"b": 1}])
