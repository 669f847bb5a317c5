"""The canonical text of a value."""

import pytest

from admission.trust.digest import canonical


@pytest.mark.parametrize(
    ("value", "written"),
    [({"b": 1.0, "a": -0.0}, b'{"a":0,"b":1}'), ([1e3, 1.5, True], b"[1000,1.5,true]"), (1e21, b"1e21")],
)
def test_numbers(value: object, written: bytes) -> None:
    """Whole numbers have no fraction; those that no integer of 64 bits can be stay as they are."""
    assert written == canonical(value)
