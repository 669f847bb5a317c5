"""
Cron schedules, exactly as robfig/cron's standard parser reads them: five fields or a descriptor, after a time zone.

Weekdays are 0 to 6: 7 is no Sunday. Names (``jan``, ``MON``) and ``?`` are taken, ``L``, ``W`` and ``#`` are not. What
is odd there is odd here: nothing between two commas is left out, and a field of commas alone never fires.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

from admission.argo.languages import durations
from admission.errors import LanguageError

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a field may hold: the numbers from *low* to *high*, and names for them."""

    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()

    def number(self, name: str) -> int | None:
        lower = name.lower()
        return self.names.index(lower) + self.low if lower in self.names else None


FIELDS = (
    Bounds("minute", 0, 59),
    Bounds("hour", 0, 23),
    Bounds("day of the month", 1, 31),
    Bounds("month", 1, 12, MONTHS),
    Bounds("day of the week", 0, 6, WEEKDAYS),
)

DESCRIPTORS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
EVERY = "@every "

#: The days that a month can have; the 29th of February comes.
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

_WORD = re.compile(r"\S+")
_NUMBER = re.compile(r"\+?[0-9]{1,18}\Z")
_ANY = ("*", "?")


@dataclass(frozen=True, slots=True)
class Field:
    """One field: ``text[start:end]``, the values it fires at, and whether it was written to hold for any value."""

    start: int
    end: int
    values: frozenset[int]
    any: bool


@dataclass(frozen=True, slots=True)
class Schedule:
    """
    A schedule. *zone* is what stands in the text itself, ``None`` where nothing does.

    *every* are the nanoseconds between two runs of ``@every``, ``None`` for all others; *fields* are empty there.
    """

    zone: str | None
    fields: tuple[Field, ...]
    every: int | None = None

    @property
    def fires(self) -> bool:
        """Whether any moment fits: the 31st of February never comes."""
        if self.every is not None:
            return True
        minute, hour, day, month, weekday = self.fields
        if not (minute.values and hour.values and month.values):
            return False
        dates = any(day.values and min(day.values) <= _DAYS[number - 1] for number in month.values)
        if day.any or weekday.any:
            return dates and bool(weekday.values)
        # With both given, a day fits that fits one of them.
        return dates or bool(weekday.values)


def parse(text: str) -> Schedule:
    """*text* as a schedule."""
    if not text:
        raise LanguageError("the schedule is empty: write five fields, such as 0 2 * * *, or @daily")
    zone, at = _zone(text)
    if text.startswith("@", at):
        return _descriptor(text, at, zone)
    words = [(match.start(), match.end()) for match in _WORD.finditer(text, at)]
    if len(words) != len(FIELDS):
        hint = "seconds are not taken" if len(words) == len(FIELDS) + 1 else "minute hour day month weekday"
        raise LanguageError(f"a schedule has five fields, this has {len(words)} ({hint})", at)
    fields = zip(FIELDS, words, strict=True)
    return Schedule(zone, tuple(_field(text, start, end, bounds) for bounds, (start, end) in fields))


def _zone(text: str) -> tuple[str | None, int]:
    """The time zone before the schedule, and where the schedule begins."""
    prefix = next((prefix for prefix in ("TZ=", "CRON_TZ=") if text.startswith(prefix)), None)
    if prefix is None:
        return None, 0
    space = text.find(" ")
    if space < 0:
        raise LanguageError("nothing follows the time zone", len(text))
    zone = text[len(prefix) : space]
    if not is_zone(zone):
        raise LanguageError(f"there is no time zone {_shown(zone)!r}", len(prefix))
    rest = text[space:]
    return zone, len(text) - len(rest.lstrip())


def _descriptor(text: str, at: int, zone: str | None) -> Schedule:
    descriptor = text[at:].rstrip() if zone is not None else text[at:]
    if descriptor in DESCRIPTORS:
        standard = parse(DESCRIPTORS[descriptor])
        return Schedule(zone, standard.fields)
    if descriptor.startswith(EVERY):
        try:
            return Schedule(zone, (), durations.parse(descriptor.removeprefix(EVERY)))
        except LanguageError as error:
            raise LanguageError(str(error), at + len(EVERY) + error.offset) from None
    known = ", ".join(sorted(DESCRIPTORS))
    raise LanguageError(f"{_shown(descriptor)!r} is unknown; there are {known} and @every with a duration", at)


def _field(text: str, start: int, end: int, bounds: Bounds) -> Field:
    values: set[int] = set()
    is_any = False
    at = start
    for part in text[start:end].split(","):
        if part:
            numbers, starred = _range(part, at, bounds)
            values.update(numbers)
            is_any = is_any or starred
        at += len(part) + 1
    return Field(start, end, frozenset(values), is_any)


def _range(part: str, at: int, bounds: Bounds) -> tuple[range, bool]:
    """The numbers of one part of a field, such as ``1-5/2``, and whether it holds for any value."""
    span, *steps = part.split("/")
    low, *highs = span.split("-")
    if len(steps) > 1 or (len(highs) > 1 and low not in _ANY):
        raise LanguageError(f"{_shown(part)!r} has too many {'/' if len(steps) > 1 else '-'}", at)
    if low in _ANY:
        first, last = bounds.low, bounds.high
    else:
        first = _value(low, at, bounds)
        last = _value(highs[0], at + len(low) + 1, bounds) if highs else first
    step = _integer(steps[0], at + len(span) + 1) if steps else 1
    if steps and not highs:
        last = bounds.high
    _check(first, last, step, at, bounds)
    return range(first, last + 1, step), low in _ANY and step == 1


def _check(first: int, last: int, step: int, at: int, bounds: Bounds) -> None:
    name, low, high = bounds.name, bounds.low, bounds.high
    if first < low or last > high:
        wrong = first if first < low else last
        hint = ": Sunday is 0" if high == 6 and wrong == 7 else ""
        raise LanguageError(f"{wrong} is no {name}, which is from {low} to {high}{hint}", at)
    if first > last:
        raise LanguageError(f"{first}-{last} runs backwards", at)
    if step == 0:
        raise LanguageError("a step is at least 1", at)


def _value(text: str, at: int, bounds: Bounds) -> int:
    number = bounds.number(text)
    return _integer(text, at) if number is None else number


def _integer(text: str, at: int) -> int:
    if not _NUMBER.match(text):
        raise LanguageError(f"{_shown(text)!r} is not a number", at)
    return int(text)


def is_zone(name: str) -> bool:
    """
    Whether Go's ``time.LoadLocation`` knows the time zone: by exact case, the empty name and ``UTC`` being UTC.

    Names that could lead out of the data base's directory are refused there, too.
    """
    return name in ("", "UTC", "Local") or name in zones()


@cache
def zones() -> frozenset[str]:
    """The names of the time zones of the tz data base."""
    listed = resources.files("tzdata").joinpath("zones").read_text("utf-8")
    return frozenset(listed.split())


def _shown(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "…"
