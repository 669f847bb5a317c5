"""Maps of lists: what ``transformMap`` and ``transformMapEntry`` come to (``rewrite.py``)."""

from __future__ import annotations

from typing import Any

from admission.policy.cel.library.function import function

FROM_PAIRS, FROM_MAPS = "map_of_", "merged_"


def _from_pairs(pairs: list[list[Any]]) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for key, value in pairs:
        _put(found, key, value)
    return found


def _from_maps(entries: list[dict[Any, Any]]) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for entry in entries:
        for key, value in entry.items():
            _put(found, key, value)
    return found


def _put(found: dict[Any, Any], key: Any, value: Any) -> None:
    if not isinstance(key, (str, int)):
        raise ValueError("unsupported key type")
    if key in found:
        raise ValueError("insert failed: key already exists")
    found[key] = value


FUNCTIONS = (
    function(FROM_PAIRS, "list", "map", _from_pairs),
    function(FROM_MAPS, "list", "map", _from_maps),
)
