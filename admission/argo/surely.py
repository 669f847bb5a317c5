"""
Whether a value surely is of some type, told by msgspec in one step.

Nearly every template of a manifest is as it should be, and to walk through it in Python takes several times as long.
Those of which it is not sure are walked through, so a type here may leave out whatever is rare.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Any, TypeAlias

import msgspec

#: A type as msgspec understands it.
Kind: TypeAlias = Any

INT32 = Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)]
INT64 = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
UINT64 = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
#: The usual ones; there are others.
QUANTITY = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,9}(m|k|[MGT]|[KMGT]i)?\Z")]
#: Anything but null.
SOMETHING = bool | int | float | str | list[Any] | dict[str, Any]
#: No value is of this kind, apart from null where that is allowed.
NONE = Annotated[str, msgspec.Meta(pattern="^(?!)")]


def struct(name: str, fields: Iterable[tuple[str, Kind, bool]]) -> Kind:
    """An object with these fields and no other: the name of each, its kind, and whether it must be there."""
    # What is needed comes first; names such as ``from`` are none in Python.
    sorted_fields = sorted(fields, key=lambda field: not field[2])
    numbered = {f"f{number}": name for number, (name, _, _) in enumerate(sorted_fields)}
    declared = [
        (field, kind) if needed else (field, kind, msgspec.UNSET)
        for field, (_, kind, needed) in zip(numbered, sorted_fields, strict=True)
    ]
    return msgspec.defstruct(name, declared, rename=numbered, forbid_unknown_fields=True, gc=False)


def teller(kind: Kind) -> Callable[[Any], bool]:
    """What tells whether a value surely is of that kind."""

    def surely(value: Any) -> bool:
        try:
            msgspec.convert(value, kind)
        except (msgspec.ValidationError, ValueError, RecursionError):  # of half a surrogate pair it wants to tell
            return False
        return True

    return surely
