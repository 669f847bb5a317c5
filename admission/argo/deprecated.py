"""The table of deprecated fields (``argo/data/deprecated.yaml``), read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

DATA = Path(__file__).parent / "data" / "deprecated.yaml"


@dataclass(frozen=True, slots=True)
class Deprecated:
    """A field: where to begin, the steps to it from there, and what the table says of it."""

    begin: str
    steps: tuple[str, ...]
    since: str
    instead: str
    removed: str = ""


@cache
def deprecated() -> tuple[Deprecated, ...]:
    """The fields, in the order of the table."""
    rows = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return tuple(Deprecated(path[0], tuple(path[1:]), **row) for row in rows for path in [row.pop("path")])
