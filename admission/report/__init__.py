"""Findings for people and programs: pure functions from a Report to text."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from admission.report import machine
from admission.report.report import Judged, Located, Report
from admission.report.text import text

__all__ = ["FORMATS", "Judged", "Located", "Report", "render"]

#: The formats for programs; ``text`` is the one for people.
_MACHINE: Mapping[str, Callable[[Report], str]] = {
    "json": machine.json,
    "sarif": machine.sarif,
    "junit": machine.junit,
    "github": machine.github,
}

#: Every format, by its name on the command line.
FORMATS = ("text", *_MACHINE)


def render(report: Report, format: str, *, colour: bool = False) -> str:
    """*report* in one of ``FORMATS``; *colour* is for text alone."""
    return text(report, colour=colour) if format == "text" else _MACHINE[format](report)
