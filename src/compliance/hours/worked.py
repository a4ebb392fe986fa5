"""What an entry of worked hours says, and whether it can be. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from src.compliance.hours.constants import (
    CLOCK_TOLERANCE,
    COUNTED,
    LONGEST_DUTY,
    LONGEST_PAGER,
    PAGER_ONLY,
)
from src.exceptions import InvalidError
from src.interchange.model import DutyType


class UnknownZoneError(InvalidError):
    """The program's time zone is none that this system knows, so that no instant has a local date."""

    code = "UNKNOWN_TIME_ZONE"


@dataclass(frozen=True, slots=True)
class Worked:
    """A stretch of worked time: half-open, aware instants; `reason` is the resident's own word on it."""

    start_at: dt.datetime
    end_at: dt.datetime
    duty_type: DutyType
    reason: str | None = None

    @property
    def identity(self) -> tuple[dt.datetime, dt.datetime, DutyType]:
        """What two entries of a person never share."""
        return (self.start_at, self.end_at, self.duty_type)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an entry cannot be: the field, a stable code and a sentence for a person."""

    field: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Overlap[Key]:
    """Two entries at once; `minutes` of time that counts once (D2)."""

    first: Key
    second: Key
    minutes: int


def zone_of(name: str) -> ZoneInfo:
    """The zone by its IANA name; raises UnknownZoneError."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = f"'{name}' is not a time zone this system knows."
        raise UnknownZoneError(message, details={"time_zone": name}) from error


def local_date(instant: dt.datetime, zone: ZoneInfo) -> dt.date:
    """The local date an instant lies on; an entry belongs to that of its start, however long it runs."""
    return instant.astimezone(zone).date()


def problems_with(worked: Worked, instant: dt.datetime) -> Iterator[Problem]:
    """Everything that is wrong with an entry by itself, at this instant of the clock."""
    naive = [name for name in ("start_at", "end_at") if getattr(worked, name).tzinfo is None]
    for name in naive:
        yield Problem(name, "naive", "has no offset from UTC, so it names no instant")
    if naive:
        return
    length = worked.end_at - worked.start_at
    longest = LONGEST_PAGER if worked.duty_type in PAGER_ONLY else LONGEST_DUTY
    if not length:
        yield Problem("end_at", "zero_length", "is the start: the entry has no length")
    elif length < dt.timedelta():
        yield Problem("end_at", "reversed", "lies before start_at")
    elif length > longest:
        said = f"{length / dt.timedelta(hours=1):.6g}"
        yield Problem(
            "end_at",
            "too_long",
            f"makes {said} hours; one entry of {worked.duty_type} holds at most {_hours(longest)}",
        )
    if worked.end_at > instant + CLOCK_TOLERANCE:
        yield Problem("end_at", "in_the_future", "lies in the future; hours are logged when they are over")
    if worked.duty_type is DutyType.RESIDENT_ELECTED_EXTENSION and not (worked.reason or "").strip():
        yield Problem("reason", "reason_missing", "is needed: why did you stay of your own accord?")


def overlaps[Key](entries: Iterable[tuple[Key, Worked]]) -> list[Overlap[Key]]:
    """Counted entries that begin before an earlier one has ended, each with the one that ends last."""
    found: list[Overlap[Key]] = []
    counted = [(key, worked) for key, worked in entries if worked.duty_type in COUNTED]
    last: tuple[Key, Worked] | None = None
    for key, worked in sorted(counted, key=lambda pair: (pair[1].start_at, pair[1].end_at)):
        if last is not None and worked.start_at < last[1].end_at:
            shared = min(worked.end_at, last[1].end_at) - worked.start_at
            found.append(Overlap(last[0], key, shared // dt.timedelta(minutes=1)))
        if last is None or worked.end_at > last[1].end_at:
            last = (key, worked)
    return found


def minutes_by_start(entries: Iterable[Worked], zone: ZoneInfo) -> dict[dt.date, int]:
    """Counted minutes by the local date on which an entry starts; what two entries share counts once.

    An entry counts whole to the date of its start, as its sheet does: a night belongs to the evening. Seconds
    widen to the minute on both sides, as in the facts that the rules judge.
    """
    found: dict[dt.date, int] = {}
    until: int | None = None
    counted = [(_floor(e.start_at), _ceil(e.end_at), e) for e in entries if e.duty_type in COUNTED]
    for start, end, worked in sorted(counted, key=lambda triple: triple[:2]):
        fresh = end - (start if until is None else max(start, until))
        if fresh > 0:
            day = local_date(worked.start_at, zone)
            found[day] = found.get(day, 0) + fresh
        until = end if until is None else max(until, end)
    return found


def _floor(instant: dt.datetime) -> int:
    return int(instant.timestamp() // 60)


def _ceil(instant: dt.datetime) -> int:
    return int(-(-instant.timestamp() // 60))


def _hours(length: dt.timedelta) -> str:
    return f"{length // dt.timedelta(hours=1)} h"
