"""What ``/mutate`` changes, as a person reads it: a diff of YAML, with the reason beside each part."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import unified_diff

from admission.cli.yaml_text import dump
from admission.model.annotations import CHANGES, entries
from admission.model.document import Document, text
from admission.model.path import Path
from admission.model.source import read
from admission.report.report import harmless
from admission.report.text import DIM, GREEN, RED, painted

_HUNK = re.compile(r"@@ -\d+(?:,\d+)? \+(\d+)")

_STEP = re.compile(r"\['(?P<quoted>.*?)'\]|\[(?P<index>\d+)\]|(?P<plain>[^.\[\]]+)")


def shown(before: Document | None, after: Document, *, colour: bool = False) -> str:
    """The difference of the two, each changed part with its reason (``argo-admission.io/changes``)."""
    old, new = dump(before or {}), dump(after)
    reasons = by_line(after, new)
    return "".join(f"{line}\n" for line in _diff(old, new, reasons, colour))


def difference(expected: Document, found: Document) -> str:
    """How *found* differs from *expected*, as a diff of YAML."""
    return "\n".join(
        unified_diff(dump(expected).splitlines(), dump(found).splitlines(), "expected", "found", lineterm="")
    )


def by_line(document: Document, written: str) -> dict[int, str]:
    """The reasons of the changes of *document*, by the line in *written*, its YAML, where the change begins."""
    (source,) = read(written)
    found: dict[int, str] = {}
    for change in entries(document, CHANGES):
        line, _ = source.position(path_of(text(change.get("path"))))
        reason = text(change.get("reason"))
        found[line] = f"{found[line]}, {reason}" if line in found and reason not in found[line] else reason
    return found


def path_of(written: str) -> Path:
    """The path that prints as *written*."""
    steps = (_step(found) for found in _STEP.finditer(written))
    return Path(tuple(steps))


def _step(found: re.Match[str]) -> str | int:
    if found["index"] is not None:
        return int(found["index"])
    return found["quoted"] if found["quoted"] is not None else found["plain"]


def _diff(old: str, new: str, reasons: dict[int, str], colour: bool) -> Iterator[str]:
    number = 0
    lines = unified_diff(old.splitlines(), new.splitlines(), "as it came", "as /mutate makes it", lineterm="")
    for line in lines:
        if hunk := _HUNK.match(line):
            number = int(hunk[1]) - 1
        elif line[0] in " +" and not line.startswith("+++"):
            number += 1
        reason = reasons.get(number, "") if line.startswith("+") and not line.startswith("+++") else ""
        yield _line(harmless(line), reason, colour)


def _line(line: str, reason: str, colour: bool) -> str:
    code = {"+": GREEN, "-": RED, "@": DIM}.get(line[:1])
    painted_line = painted(line, code, colour) if code else line
    return painted_line + (painted(f"  # {harmless(reason)}", DIM, colour) if reason else "")
