"""The tables of variable names (``argo/data/variables.yaml``), read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).parents[1] / "data" / "variables.yaml"


@dataclass(frozen=True)
class Tables:
    """The tables, in the shapes in which they are asked; the file says what each of them means."""

    checked: tuple[str, ...]
    always: tuple[str, ...]
    in_templates: tuple[str, ...]
    marked: dict[str, tuple[str, ...]]
    globals: tuple[str, ...]
    with_parameters: tuple[str, ...]
    node: tuple[str, ...]
    daemon: tuple[str, ...]
    result: tuple[str, ...]
    result_types: frozenset[str]
    looped_result_types: frozenset[str]
    pod: tuple[str, ...]
    retry: tuple[str, ...]
    cron_labels: tuple[str, ...]
    cron_annotations: tuple[str, ...]
    pod_types: frozenset[str]
    leaf_types: frozenset[str]
    types: tuple[str, ...]

    @cached_property
    def order(self) -> dict[str, int]:
        """The place of each of *types* in Argo's order."""
        return {name: index for index, name in enumerate(self.types)}


@cache
def tables() -> Tables:
    """The tables."""
    data: dict[str, Any] = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    sets = {"result_types", "looped_result_types", "pod_types", "leaf_types"}
    marked = {mark: tuple(prefixes) for mark, prefixes in data.pop("marked").items()}
    shaped: dict[str, Any] = {name: frozenset(each) if name in sets else tuple(each) for name, each in data.items()}
    return Tables(marked=marked, **shaped)
