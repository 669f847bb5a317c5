"""Durations in a manifest, as a rule judges them."""

from __future__ import annotations

from admission.argo.languages import LanguageError, durations


def duration_problem(written: str, *, integers: bool = False) -> str:
    """Why *written* is no duration, empty where it is one; *integers*: of Argo's own kind, integers being seconds."""
    try:
        (durations.parse_argo if integers else durations.parse)(written)
    except LanguageError as error:
        return str(error)
    return ""
