"""
Whether a value surely is of some type, told by msgspec in one step.

Nearly every template of a manifest is as it should be, and to walk through it in Python takes several times as long.
Those of which it is not sure are walked through, so a type here may leave out whatever is rare.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Annotated, Any, Literal, TypeAlias

import msgspec

#: A type as msgspec understands it.
Kind: TypeAlias = Any

INT32 = Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)]
INT64 = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
UINT64 = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
#: Quantities as most are.
QUANTITY = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,9}(m|k|[MGT]|[KMGT]i)?\Z")]
#: The usual ones: to look one up in a table costs nothing, and to match a pattern as much as all else of a container.
_NUMBERS = (
    *range(33), *range(36, 128, 4), *range(50, 100, 10), *range(100, 1000, 50), *range(1000, 10_001, 500),
    *range(128, 1024, 64), *range(1024, 16_385, 512),
)  # fmt: skip
_UNITS = ("", "m", "k", "M", "G", "T", "Ki", "Mi", "Gi", "Ti")
_FRACTIONS = tuple(f"{whole}.{part}" for whole in range(4) for part in (*range(1, 10), 25, 75))
USUAL: Kind = Literal[tuple(f"{number}{unit}" for number in (*_NUMBERS, *_FRACTIONS) for unit in _UNITS)]
#: Anything but null.
SOMETHING = bool | int | float | str | list[Any] | dict[str, Any]
#: No value is of this kind, apart from null where that is allowed.
NONE = Annotated[str, msgspec.Meta(pattern="^(?!)")]


#: A field of an object: its name, its kind, and whether it must be there.
Member: TypeAlias = tuple[str, Kind, bool]


def listed(item: Kind) -> Kind:
    """A list of *item*."""
    return list[item]


def mapped(value: Kind) -> Kind:
    """An object with any keys, and *value* at each."""
    return dict[str, value]


class Structs:
    """The kinds of objects by name, each made once; what is within itself is left out, as it is rare."""

    def __init__(self) -> None:
        self._made: dict[str, Kind] = {}

    def of(self, name: str, fields: Callable[[], Iterable[Member]]) -> Kind:
        """The object of that name; *fields* gives those that it has and no other, and is asked once."""
        if name not in self._made:
            self._made[name] = NONE
            self._made[name] = _struct(name, fields())
        return self._made[name]


def _struct(name: str, fields: Iterable[Member]) -> Kind:
    # What is needed comes first; names such as ``from`` are none in Python.
    sorted_fields = sorted(fields, key=lambda field: not field[2])
    numbered = {f"f{number}": name for number, (name, _, _) in enumerate(sorted_fields)}
    declared = [
        (field, kind) if needed else (field, kind, msgspec.UNSET)
        for field, (_, kind, needed) in zip(numbered, sorted_fields, strict=True)
    ]
    return msgspec.defstruct(name, declared, rename=numbered, forbid_unknown_fields=True, gc=False)


def teller(made: Callable[[Kind], Kind]) -> Callable[[Any], bool]:
    """What tells whether a value surely is of a kind, which is *made* of what quantities are in it."""
    usual, other = made(USUAL), cache(lambda: made(QUANTITY))
    return lambda value: _is(value, usual) or _is(value, other())


def _is(value: Any, kind: Kind) -> bool:
    try:
        msgspec.convert(value, kind)
    except (msgspec.ValidationError, ValueError, RecursionError):  # of half a surrogate pair it wants to tell
        return False
    return True
