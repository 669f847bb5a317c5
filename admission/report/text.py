"""For a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from admission.model.finding import Action
from admission.report.report import Located, Report, counted, harmless

#: ANSI: select graphic rendition. Of the 16 colours, which every terminal has its own idea of and can read.
RED, YELLOW, GREEN, BLUE, DIM, BOLD = "31", "33", "32", "34", "2", "1"

_COLOURS = {Action.DENY: RED, Action.WARN: YELLOW, Action.AUDIT: BLUE}
_WORDS = {Action.DENY: "deny", Action.WARN: "warn", Action.AUDIT: "audit"}


def text(report: Report, *, colour: bool = False) -> str:
    """*report*, file by file: the place, what it does, and what is wrong; a line that sums up at the end."""
    files = ["\n".join(_finding(found, colour) for found in findings) for _, findings in report.by_file()]
    return "\n\n".join([*files, _summary(report, colour)]) + "\n"


def painted(words: str, code: str, colour: bool) -> str:
    """*words* in a colour, if there are to be colours."""
    return f"\x1b[{code}m{words}\x1b[0m" if colour else words


def _finding(found: Located, colour: bool) -> str:
    finding = found.finding
    head = [
        painted(harmless(found.place), BOLD, colour),
        painted(_WORDS[finding.action], _COLOURS[finding.action], colour),
        harmless(str(finding.path)),
    ]
    source = painted(f"[{harmless(finding.source)}]", DIM, colour)
    lines = list(_indented(finding.message))
    return "\n".join([" ".join(part for part in head if part), *lines[:-1], f"{lines[-1]}  {source}"])


def _indented(message: str) -> Iterator[str]:
    for line in harmless(message).split("\n"):
        yield f"    {line}"


def _summary(report: Report, colour: bool) -> str:
    objects, findings = counted(len(report.objects), "object"), counted(len(report.findings), "finding")
    # What could not be read is no object, and no pass either.
    unread = sum(found.finding.source == "parse" for found in report.findings)
    numbers = [f"{number} {word}" for number, word in _numbers(report, unread) if number]
    if not numbers and report.findings and not report.objects:
        # Who says only what kept him from doing something lists no objects.
        denied = any(found.finding.action is Action.DENY for found in report.findings)
        return (painted("✗", RED, colour) if denied else painted("!", YELLOW, colour)) + f" {findings}"
    if not numbers:
        return painted("✓", GREEN, colour) + f" {objects}: nothing denied, nothing to warn of"
    mark = painted("✗", RED, colour) if report.denied or unread else painted("!", YELLOW, colour)
    return f"{mark} {objects}: {', '.join(numbers)} ({findings})"


def _numbers(report: Report, unread: int) -> Iterator[tuple[int, str]]:
    yield report.denied, "denied"
    yield report.warned, "warned"
    yield unread, "not readable"
