"""
Warnings of an AdmissionResponse, kept below the limits of Kubernetes.

The API server cuts what is longer, silently: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#response
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

#: Characters of one warning, and of all: above that the API server cuts. Bytes are counted, the stricter reading.
LONGEST = 256
IN_SUM = 4096

_ELLIPSIS = "…"


def within_limits(warnings: Sequence[str]) -> list[str]:
    """*warnings*, each cut to 256 bytes and together to 4,096, the last one then counting those left out."""
    shortened = [_cut(" ".join(warning.split())) for warning in warnings]
    if sum(map(_size, shortened)) <= IN_SUM:
        return shortened
    room = IN_SUM - _size(_rest(len(shortened)))
    kept = list(_fitting(shortened, room))
    return [*kept, _rest(len(shortened) - len(kept))]


def _fitting(warnings: Sequence[str], room: int) -> Iterator[str]:
    for warning in warnings:
        room -= _size(warning)
        if room < 0:
            return
        yield warning


def _cut(warning: str) -> str:
    if _size(warning) <= LONGEST:
        return warning
    return warning.encode()[: LONGEST - _size(_ELLIPSIS)].decode(errors="ignore") + _ELLIPSIS


def _rest(count: int) -> str:
    return f"and {count} more warnings"


def _size(warning: str) -> int:
    return len(warning.encode("utf-8", "surrogatepass"))
