"""YAML in a field of a manifest: patches and manifests that are written as text."""

from __future__ import annotations

from typing import Any

import yaml

from admission.errors import AdmissionError

#: The C parser where it was built in.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

#: Longer texts are not read by a rule.
MAX_LENGTH = 200_000
#: More merges of aliases than these can stand for more than memory holds.
_MAX_MERGES = 8


class MalformedText(AdmissionError):
    """A text is not YAML; or, where that is not *certain*, we do not read it, and others may."""

    def __init__(self, message: str, *, certain: bool = True) -> None:
        super().__init__(message)
        self.certain = certain


def documents(text: str) -> list[Any]:
    """The documents of a YAML text that are not empty; raises :class:`MalformedText`."""
    if len(text) > MAX_LENGTH or text.count("<<") > _MAX_MERGES:
        raise MalformedText("too costly to read", certain=False)
    try:
        return [found for found in yaml.load_all(text, _LOADER) if found is not None]
    except yaml.constructor.ConstructorError as error:
        raise MalformedText(str(error.problem), certain=False) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "it cannot be read"
        raise MalformedText(f"{problem}{where}", certain="nesting depth" not in problem) from None
    except (RecursionError, ValueError):
        # Depth and dates are matters of our reader.
        raise MalformedText("it cannot be read here", certain=False) from None
