"""Whatever text is given to a little language."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.argo.languages import cron, jq, jsonpath, selectors, when
from admission.errors import LanguageError

#: By what reads it: the characters that mean something to it.
ALPHABETS: dict[Callable[[str], object], str] = {
    cron.parse: "0123456789*?/,- @JANmon",
    jq.check: '.a[](){}"\\#\n',
    jsonpath.parse: "{}[]?()@.$'\"ab01:,*\\ =",
    selectors.parse: "ab.=!<>(), in",
    when.parse: "ab1. ()'\"=!<>&|{}?:,+-\\~",
}


@pytest.mark.parametrize("read", ALPHABETS, ids=lambda read: read.__module__.rpartition(".")[2])
@given(st.data())
def test_any_text(read: Callable[[str], object], data: st.DataObject) -> None:
    """Any text is read, or refused with a place in it."""
    text = data.draw(st.text(ALPHABETS[read], max_size=40))

    try:
        read(text)
    except LanguageError as error:
        assert 0 <= error.offset <= len(text)
