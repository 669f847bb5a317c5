"""JSON that we write for ourselves: to look for words in it, or to know by it what we have seen before."""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import Any

import orjson


def written(value: Any) -> bytes | None:
    """*value* as compact JSON; None where it cannot be so: a number beyond 64 bits, half a surrogate pair, too deep."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return None


class Written:
    """A *value* that is written when it is first asked for, and then no more."""

    def __init__(self, value: Any) -> None:
        self.value = value

    @cached_property
    def text(self) -> bytes | None:
        """It as compact JSON; None where it cannot be written so."""
        return written(self.value)

    @cached_property
    def digest(self) -> bytes:
        """What stands for the text; it has one."""
        return hashlib.blake2b(self.text or b"", digest_size=16).digest()
