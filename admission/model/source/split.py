"""A text taken apart into its documents, at the lines where kubectl does it."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass

from admission.errors import MalformedSource

#: Bytes of one text. etcd refuses objects over 1.5 MiB, so that this is room for a file of ten of the largest.
LARGEST = 16 * 1024**2

#: Objects and lists within one another. Manifests have some thirty, and what reads them after us calls itself.
DEEPEST = 250

_SEPARATOR = "---"


@dataclass(frozen=True, slots=True)
class Part:
    """The text of one document, and the number of lines before it."""

    text: str
    lines_before: int = 0


def decoded(text: str | bytes) -> str:
    """*text* without byte order mark; ``MalformedSource`` where it is no Unicode or too long."""
    if len(text) > LARGEST:
        raise MalformedSource(f"longer than {LARGEST // 1024**2} MiB; give it in smaller files", 1, 1)
    try:
        if isinstance(text, bytes):
            wide = text.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
            text = text.decode("utf-16" if wide else "utf-8")
        text.encode()
    except UnicodeError as error:
        line, column = _place(text, getattr(error, "start", 0))
        raise MalformedSource("not UTF-8", line, column) from error
    return text.removeprefix("\ufeff")


def split(text: str) -> Iterator[Part | MalformedSource]:
    """
    The documents of *text*; in the place of a separator that is none, what is wrong with it.

    As in ``k8s.io/apimachinery/pkg/util/yaml``: a line that begins with ``---`` separates, whatever stands around it,
    and nothing but a comment may follow on it.
    """
    lines: list[str] = []
    first = 0
    for number, line in enumerate(text.split("\n")):
        if not line.startswith(_SEPARATOR):
            lines.append(line)
            continue
        # With the break before the separator: without it, a text in the last field would end earlier.
        yield from _part([*lines, ""], first)
        rest = line.removeprefix(_SEPARATOR).strip()
        if rest and not rest.startswith("#"):
            yield MalformedSource(f"nothing but a comment may follow --- on its line: {rest[:40]!r}", number + 1, 4)
        lines, first = [], number + 1
    yield from _part(lines, first)


def _part(lines: list[str], lines_before: int) -> Iterator[Part]:
    """The document in *lines*; none where they are blank or comments."""
    stripped = (line.strip() for line in lines)
    if any(line and not line.startswith("#") for line in stripped):
        yield Part("\n".join(lines), lines_before)


def _place(text: str | bytes, offset: int) -> tuple[int, int]:
    """Line and column of the character, or byte, at *offset*."""
    if isinstance(text, bytes):
        text = text[:offset].decode("utf-8", "replace")
        offset = len(text)
    before = text[:offset]
    return before.count("\n") + 1, offset - before.rfind("\n")
