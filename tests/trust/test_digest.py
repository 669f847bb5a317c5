"""The canonical text of a value."""

import pytest

from admission.trust.digest import canonical


@pytest.mark.parametrize(
    ("value", "written"),
    [({"b": 1.0, "a": -0.0}, b'{"a":0,"b":1}'), ([1e3, 1.5, True], b"[1000,1.5,true]")],
)
def test_numbers(value: object, written: bytes) -> None:
    """Whole numbers have no fraction."""
    assert written == canonical(value)


def test_large_numbers() -> None:
    """Numbers that no integer of 64 bits can be stay as they are."""
    assert 1e21 == float(canonical(1e21))
