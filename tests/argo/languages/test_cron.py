"""Cron schedules."""

from __future__ import annotations

import pytest

from admission.argo.languages.cron import is_zone, parse
from admission.argo.languages.durations import MINUTE
from admission.errors import LanguageError


@pytest.mark.parametrize(
    ("text", "field", "expected"),
    [
        ("*/15 * * * *", 0, {0, 15, 30, 45}),
        ("5/20 * * * *", 0, {5, 25, 45}),
        ("1-9/4,50 * * * *", 0, {1, 5, 9, 50}),
        ("0 0 ? * *", 2, set(range(1, 32))),
        ("0 0 * Jan-MAR *", 3, {1, 2, 3}),
        ("0 0 * * mon,5", 4, {1, 5}),
        ("  0   0 * *\t* ", 4, set(range(7))),
        ("1,,2 * * * *", 0, {1, 2}),
        ("+5 * * * *", 0, {5}),
        ("CRON_TZ=Europe/Paris 7 * * * *", 0, {7}),
        ("TZ=UTC @hourly", 0, {0}),
        ("@weekly", 4, {0}),
    ],
)
def test_fields(text: str, field: int, expected: set[int]) -> None:
    """A field fires at the values of its list."""
    assert expected == parse(text).fields[field].values


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("", 0),
        ("* * * *", 0),
        ("0 * * * * *", 0),
        ("0 0 * * 7", 8),
        ("60 * * * *", 0),
        ("0 24 * * *", 2),
        ("0 0 0 * *", 4),
        ("0 0 * 13 *", 6),
        ("5-1 * * * *", 0),
        ("*/0 * * * *", 0),
        ("1-2-3 * * * *", 0),
        ("1/2/3 * * * *", 0),
        ("0 0 L * *", 4),
        ("0 0 * * 1#2", 8),
        ("-1 * * * *", 0),
        ("1, a * * *", 3),
        ("@reboot", 0),
        ("@Daily", 0),
        ("@every 1d", 7),
        (" @daily", 0),
        ("TZ=Nowhere * * * * *", 3),
        ("TZ=UTC", 6),
        ("x" * 1_000_000, 0),
    ],
)
def test_refused(text: str, offset: int) -> None:
    """What robfig/cron does not read is refused, with the place."""
    with pytest.raises(LanguageError) as raised:
        parse(text)

    assert offset == raised.value.offset


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0 0 31 2 *", False),
        ("0 0 30 2 1", True),
        ("0 0 29 2 *", True),
        ("0 0 31 2,4,6 *", False),
        ("0 0 31 2-5 ?", True),
        ("0 0 * 2 5", True),
        (", 0 * * *", False),
        ("0 0 , * *", False),
        ("0 0 , * 1", True),
        ("0 0 31 2 */2", True),
        ("0 0 * * ,", False),
        ("@every 1h", True),
    ],
)
def test_never_fires(text: str, expected: bool) -> None:
    """A schedule that fits no date is recognised; of two given days one is enough."""
    assert expected == parse(text).fires


@pytest.mark.parametrize(("text", "expected"), [("@every 1m", MINUTE), ("@every -5m", -5 * MINUTE), ("@every 0", 0)])
def test_every(text: str, expected: int) -> None:
    """An interval is a duration, whatever its sign."""
    assert expected == parse(text).every


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("", True),
        ("UTC", True),
        ("Local", True),
        ("Europe/Paris", True),
        ("America/Argentina/Buenos_Aires", True),
        ("EST", True),
        ("utc", False),
        ("europe/paris", False),
        ("../UTC", False),
        ("Europe", False),
        ("Europe\\Paris", False),
        ("/etc/localtime", False),
        ("zone.tab", False),
    ],
)
def test_zones(name: str, expected: bool) -> None:
    """A time zone is known by its exact name."""
    assert expected is is_zone(name)
