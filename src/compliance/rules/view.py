"""One person seen through one pack's parameters: what rules share, made once and only when asked for."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from src.compliance.rules.choices import Care, FreeBasis
from src.compliance.rules.duty_types import SCHEDULED_CARE, DutyCounts, duty_counts
from src.compliance.rules.exceptions import Exceptions
from src.compliance.rules.model import Duty, Facts, PersonFacts, RuleParameters
from src.compliance.rules.timeline import MergedTime, WorkPeriod, work_periods
from src.compliance.rules.windows import AveragingWindow, Windows
from src.interchange.model import DutyType


@dataclass(frozen=True, slots=True)
class FreePiece:
    """A stretch of a window free of everything that breaks a free day, with the free days it holds."""

    start: int
    end: int
    days: int


class PersonView:
    """What the rules ask of one person. Nothing in it changes; each part is computed at its first use.

    `tells_kept`: a rule says also what was kept; one to which that is much work may else leave it out.
    `days`: the first and last local date, by ordinal, of which windows are wanted; None = of all.
    """

    def __init__(
        self,
        facts: Facts,
        person: PersonFacts,
        parameters: RuleParameters,
        *,
        exceptions_hold: bool = False,
        tells_kept: bool = True,
        days: tuple[int, int] | None = None,
    ) -> None:
        self.facts = facts
        self.person = person
        self.parameters = parameters
        self.exceptions_hold = exceptions_hold
        self.tells_kept = tells_kept
        self._days = days
        self._counts: DutyCounts = duty_counts(parameters)

    @cached_property
    def hours_duties(self) -> list[Duty]:
        """The entries that count to the 80 hours (column A of D2)."""
        types = self._counts.hours
        return [duty for duty in self.person.duties if duty.type in types]

    @cached_property
    def work_duties(self) -> list[Duty]:
        """The entries that make continuous work (column B of D2)."""
        types = self._counts.work
        return [duty for duty in self.person.duties if duty.type in types]

    @cached_property
    def busy_duties(self) -> list[Duty]:
        """The entries that break a free day (column C of D2)."""
        types = self._counts.busy
        return [duty for duty in self.person.duties if duty.type in types]

    @cached_property
    def hours(self) -> MergedTime:
        return MergedTime(self.hours_duties)

    @cached_property
    def periods(self) -> list[WorkPeriod]:
        """Periods of continuous work, whatever windows, blocks or years they cross (D6)."""
        return work_periods(self.work_duties, self.parameters.merge_gap_minutes, self.parameters.cont_length)

    @cached_property
    def rest_duties(self) -> list[Duty]:
        """The entries that start or restart the eight hours: work, but no return from home call."""
        types = self._counts.rest
        return [duty for duty in self.person.duties if duty.type in types]

    @cached_property
    def rest_periods(self) -> list[WorkPeriod]:
        """The periods between which the eight hours are measured."""
        if len(self.rest_duties) == len(self.work_duties):
            return self.periods
        return work_periods(self.rest_duties, self.parameters.merge_gap_minutes, self.parameters.cont_length)

    @cached_property
    def long_call_periods(self) -> list[WorkPeriod]:
        """Periods of 24 h or more that contain in-house call."""
        trigger = self.parameters.rest_after_call_trigger_minutes
        return [p for p in self.periods if p.has_in_house_call and p.length >= trigger]

    @cached_property
    def free_gaps(self) -> list[tuple[int, int]]:
        """Stretches of at least one free period, before the first and after the last entry included."""
        return self.busy.gaps(self.parameters.free_period_minutes)

    @cached_property
    def busy(self) -> MergedTime:
        """The time that breaks free days."""
        return self.hours if self.busy_duties == self.hours_duties else MergedTime(self.busy_duties)

    @cached_property
    def windows(self) -> tuple[AveragingWindow, ...]:
        """The windows that averaged rules judge."""
        return self._all_windows.judged()

    @cached_property
    def rotation_windows(self) -> tuple[AveragingWindow, ...]:
        """The windows by rotation, whatever the pack's mode."""
        return self._all_windows.by_rotation()

    @cached_property
    def _all_windows(self) -> Windows:
        return Windows(self.facts, self.person, self.hours, self.parameters, self._days)

    @cached_property
    def exceptions(self) -> Exceptions:
        """The dates on which the person's rotation may go beyond the weekly hours."""
        return Exceptions(self.facts, self.person)

    @cached_property
    def free_pieces(self) -> tuple[tuple[FreePiece, ...], ...]:
        """The free pieces of each window, clipped at its edges and at excluded dates (D5)."""
        if self.parameters.free_basis is FreeBasis.CALENDAR:
            return tuple(self._free_dates(window) for window in self.windows)
        return tuple(self.free_pieces_of(window) for window in self.windows)

    def _free_dates(self, window: AveragingWindow) -> tuple[FreePiece, ...]:
        """The counted local dates of a window on which nothing breaks a free day."""
        start_of = self.facts.calendar.start_of
        dates = (
            (start_of(day), start_of(day + 1))
            for day in range(window.first_day, window.last_day + 1)
            if day not in window.excluded
        )
        return tuple(FreePiece(start, end, 1) for start, end in dates if not self.busy.touches(start, end))

    def free_pieces_of(self, window: AveragingWindow) -> tuple[FreePiece, ...]:
        """The continuous free periods of a window, clipped at its edges and at excluded dates."""
        gaps, period = self.free_gaps, self.parameters.free_period_minutes
        found: list[FreePiece] = []
        for start, end in self._counted_stretches(window):
            for index in range(bisect_right(gaps, start, key=_end), len(gaps)):
                gap_start, gap_end = gaps[index]
                if gap_start >= end:
                    break
                piece_start, piece_end = max(start, gap_start), min(end, gap_end)
                if piece_end - piece_start >= period:
                    found.append(FreePiece(piece_start, piece_end, (piece_end - piece_start) // period))
        return tuple(found)

    def _counted_stretches(self, window: AveragingWindow) -> list[tuple[int, int]]:
        """The window less its excluded dates, as stretches from midnight to midnight."""
        start_of = self.facts.calendar.start_of
        stretches: list[tuple[int, int]] = []
        start = window.start
        for day in window.excluded:
            stretches.append((start, start_of(day)))
            start = start_of(day + 1)
        stretches.append((start, window.end))
        return [(begin, end) for begin, end in stretches if begin < end]

    def rotation_on(self, day: int) -> str | None:
        """The person's rotation on a local date, by ordinal; None outside the year or where there is none."""
        index = bisect_right(self._segment_starts, day) - 1
        if index < 0:
            return None
        segment = self.person.segments[index]
        return segment.rotation if day < self._segment_starts[index] + segment.days else None

    @cached_property
    def _segment_starts(self) -> list[int]:
        return [segment.first_date.toordinal() for segment in self.person.segments]

    def care_of_rotation(self, rotation: str | None) -> Care:
        """What kind of place a rotation is."""
        return Care.OTHER if rotation is None else self.facts.care_of_item.get(rotation, Care.OTHER)

    def care_of(self, duty: Duty) -> Care:
        """What kind of place a duty is done in: that of the rotation or clinic its label names.

        A call, history and logged hours name none: they are done where the rotation of their date is.
        """
        known = self.facts.care_of_item.get(item_of(duty))
        if known is not None:
            return known
        day = self.facts.calendar.day_of(duty.start)
        return Care.OTHER if day is None else self.care_of_rotation(self.rotation_on(day))

    def scheduled_care(self, care: Care) -> list[Duty]:
        """The scheduled clinical entries in one kind of place, without hand-over, teaching and overrun."""
        return [
            duty for duty in self.person.duties if duty.type in SCHEDULED_CARE and self.care_of(duty) is care
        ]

    def days_of(self, duty_type: DutyType, day_of: Callable[[int], int | None]) -> dict[int, list[Duty]]:
        """The entries of one type by the local date they belong to, in order of date."""
        found: dict[int, list[Duty]] = {}
        for duty in self.person.duties:
            if duty.type is duty_type and (day := day_of(duty.start)) is not None:
                found.setdefault(day, []).append(duty)
        return found


def item_of(duty: Duty) -> str:
    """The rotation, call or clinic that a duty's label names; empty where it names none."""
    parts = duty.label.split("/")
    return parts[2] if len(parts) > 2 else ""


def _end(gap: tuple[int, int]) -> int:
    return gap[1]


def touching(duties: list[Duty], start: int, end: int) -> tuple[Duty, ...]:
    """The entries that have time inside [start, end), in order."""
    return tuple(duty for duty in duties if duty.start < end and duty.end > start)


def starting_in(duties: list[Duty], start: int, end: int) -> tuple[Duty, ...]:
    """The entries that start inside [start, end), in order."""
    return tuple(duties[bisect_left(duties, start, key=_start) : bisect_left(duties, end, key=_start)])


def _start(duty: Duty) -> int:
    return duty.start
