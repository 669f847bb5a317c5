"""What the webhook writes on an object that it changed: of what it was made, and what was put in (interfaces.md 7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

#: Bytes of JSON that ``changes`` may have: all annotations of an object share 256 KiB with kubectl's own.
LONGEST = 32 * 1024


def written(entries: Iterable[Mapping[str, Any]]) -> str:
    """*entries* as the text of an annotation: compact JSON; what does not fit is left out from the end."""
    lines = [orjson.dumps(dict(entry)).decode() for entry in entries]
    while sum(map(len, lines)) + len(lines) > LONGEST:
        lines.pop()
    return f"[{','.join(lines)}]"
