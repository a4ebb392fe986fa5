"""One person's year as rules outside the United States look at it: shifts, on-call, nights and dates.

- A *shift* is a period of work (D6) without returns from home call; resident on-call is a shift.
- *On-call* is an entry of home-call availability; *work* is whatever counts as hours (column A of D2).
- The *horizon* are the dates from the first to the last checked academic block: the dates that are known.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import NamedTuple

from src.compliance.rules.choices import Care
from src.compliance.rules.model import Duty, Rule
from src.compliance.rules.timeline import MergedTime
from src.compliance.rules.view import PersonView
from src.interchange.model import DutyType

WORK_ON_CALL = frozenset({DutyType.HOME_CALL_ONSITE, DutyType.HOME_CALL_REMOTE_CARE})
MINUTES_A_DAY = 24 * 60
SATURDAY, SUNDAY = 5, 6
_CLOCK_CHANGE = 180
"""More minutes than clocks are put forward or back in a day."""


class Shift(NamedTuple):
    """Work from `start` to `end` (minutes); `day` is the local date it starts on, as an ordinal."""

    start: int
    end: int
    day: int
    has_in_house_call: bool


class Book:
    """What the rules ask of one person. Nothing in it changes; each part is computed at its first use."""

    def __init__(self, view: PersonView) -> None:
        self.view = view
        self.calendar = view.facts.calendar
        self._nights: dict[tuple[int, int, int], list[Shift]] = {}

    @cached_property
    def horizon(self) -> tuple[int, int]:
        """The first and the last known date, as ordinals."""
        facts = self.view.facts
        checked = [block for block in facts.blocks if block.number in facts.checked_blocks] or facts.blocks
        first = min((block.start_date for block in checked), default=facts.year_start_date)
        last = max((block.end_date for block in checked), default=facts.year_end_date)
        return first.toordinal(), last.toordinal()

    @cached_property
    def shifts(self) -> list[Shift]:
        """The shifts in order of their start."""
        day_of = self.calendar.day_of
        return [
            Shift(period.start, period.end, day, period.has_in_house_call)
            for period in self.view.rest_periods
            if (day := day_of(period.start)) is not None
        ]

    @cached_property
    def shift_work(self) -> MergedTime:
        """The time actually worked in shifts, without the gaps inside them."""
        return MergedTime(self.view.rest_duties)

    @cached_property
    def work_starts(self) -> list[int]:
        """When each entry of work starts."""
        return [duty.start for duty in self.view.hours_duties]

    @cached_property
    def on_calls(self) -> list[Duty]:
        """The entries of home-call availability: non-resident on-call."""
        return self.of_type(DutyType.HOME_CALL_AVAILABILITY)

    @cached_property
    def on_call_days(self) -> dict[int, list[Duty]]:
        """On-call by the local date it starts on."""
        return self.view.days_of(DutyType.HOME_CALL_AVAILABILITY, self.calendar.day_of)

    @cached_property
    def on_call_work(self) -> MergedTime:
        """What is recorded of work during home call."""
        return MergedTime([duty for duty in self.view.person.duties if duty.type in WORK_ON_CALL])

    @cached_property
    def untold_on_calls(self) -> list[Duty]:
        """On-call of which no work is recorded: how much there was, or is to be expected, is not known."""
        touches = self.on_call_work.touches
        return [duty for duty in self.on_calls if not touches(duty.start, duty.end)]

    @cached_property
    def work_and_untold(self) -> MergedTime:
        """Work and on-call without recorded work as one."""
        both = [*self.view.hours_duties, *self.untold_on_calls]
        return MergedTime(sorted(both, key=lambda duty: (duty.start, duty.end)))

    @cached_property
    def minutes_before(self) -> list[int]:
        """Minutes worked before each midnight of the calendar, from its first date on."""
        midnights, between = self.calendar.midnights, self.view.hours.minutes_between
        total, found = 0, [0]
        for start, end in pairwise(midnights):
            total += between(start, end)
            found.append(total)
        return found

    @cached_property
    def leave_days(self) -> list[int]:
        """Leave without work, as ordinals in order, in the year (D4)."""
        facts, touches, start_of = self.view.facts, self.view.hours.touches, self.calendar.start_of
        first, last = facts.year_start_date.toordinal(), facts.year_end_date.toordinal()
        return [
            day
            for day in sorted(date.toordinal() for date in self.view.person.leave_dates)
            if first <= day <= last and not touches(start_of(day), start_of(day + 1))
        ]

    @cached_property
    def blocks(self) -> list[tuple[int, int]]:
        """First and last date of each checked academic block, as ordinals."""
        facts = self.view.facts
        return [
            (block.start_date.toordinal(), block.end_date.toordinal())
            for block in facts.blocks
            if block.number in facts.checked_blocks
        ]

    def of_type(self, duty_type: DutyType) -> list[Duty]:
        """The entries of one type, in order."""
        return [duty for duty in self.view.person.duties if duty.type is duty_type]

    def minutes_on(self, first: int, last: int) -> int:
        """Minutes worked from one local date to another, both inside."""
        offset = self.calendar.first_day
        return self.minutes_before[last + 1 - offset] - self.minutes_before[first - offset]

    def leave_between(self, first: int, last: int) -> list[int]:
        """The leave dates from one date to another, both inside."""
        return self.leave_days[bisect_left(self.leave_days, first) : bisect_right(self.leave_days, last)]

    def holds(self, first: int, last: int) -> bool:
        """Whether the calendar knows all dates from first to last."""
        return self.calendar.first_day <= first and last <= self.calendar.last_day

    def span(self, first: int, last: int) -> tuple[int, int]:
        """The instants from the first date's begin to the last one's end."""
        return self.calendar.start_of(first), self.calendar.start_of(last + 1)

    def is_meant(self, rule: Rule) -> Callable[[int], bool]:
        """Whether a rule speaks of what a person does on a date: some speak of one kind of place alone."""
        place = place_of(rule)
        if place is None:
            return lambda _: True
        return lambda day: self.view.care_of_rotation(self.view.rotation_on(day)) is place

    def dates(self, start: int, end: int) -> tuple[int, int]:
        """The first and last date that [start, end) touches, as far as the calendar goes."""
        day_of, calendar = self.calendar.day_of, self.calendar
        first, last = day_of(start), day_of(end - 1)
        return (
            calendar.first_day if first is None else first,
            calendar.last_day if last is None else last,
        )

    def nights(self, rule: Rule) -> list[Shift]:
        """The shifts with enough work by night: the rule's hours of the clock, `night_least_minutes`."""
        key = (
            rule.number("night_from_minute"),
            rule.number("night_until_minute"),
            rule.number("night_least_minutes"),
        )
        if key not in self._nights:
            self._nights[key] = [shift for shift in self.shifts if self._is_night(shift, *key)]
        return self._nights[key]

    def _is_night(self, shift: Shift, start_at: int, end_at: int, least: int) -> bool:
        midnight = self.calendar.start_of(shift.day)
        starts_by_day = shift.start - midnight >= end_at + _CLOCK_CHANGE
        if starts_by_day and shift.end - midnight < start_at + least - _CLOCK_CHANGE:
            return False
        at, between = self.calendar.at, self.shift_work.minutes_between
        for day in (shift.day - 1, *range(shift.day, self.calendar.last_day + 1)):
            if day < self.calendar.first_day:
                continue
            start = at(day, start_at)
            if start >= shift.end:
                return False
            begin, end = max(start, shift.start), min(at(day + 1, end_at), shift.end)
            if end - begin >= least and between(begin, end) >= least:
                return True
        return False

    def call_days(self, *types: DutyType) -> dict[int, list[Duty]]:
        """Entries of those types by call date, in order: a start before the cut is of the date before."""
        cut = self.view.parameters.call_date_cut_minutes
        return self._by_date(types, lambda minute: self.calendar.day_by_cut(minute, cut))

    def start_days(self, *types: DutyType) -> dict[int, list[Duty]]:
        """Entries of those types by the local date of their start, in order of date."""
        return self._by_date(types, self.calendar.day_of)

    def _by_date(
        self, types: Sequence[DutyType], day_of: Callable[[int], int | None]
    ) -> dict[int, list[Duty]]:
        found: dict[int, list[Duty]] = {}
        for duty in self.view.person.duties:
            if duty.type in types and (day := day_of(duty.start)) is not None:
                found.setdefault(day, []).append(duty)
        return found


@lru_cache(maxsize=4)
def book_of(view: PersonView) -> Book:
    """The book of a view; made once for all rules of a pack."""
    return Book(view)


def place_of(rule: Rule) -> Care | None:
    """The kind of place a rule speaks of (`emergency_only`, `critical_only`); None = everywhere."""
    for name, care in (("emergency_only", Care.EMERGENCY), ("critical_only", Care.CRITICAL)):
        if name in rule.parameters and rule.choice(name):
            return care
    return None


def runs(days: Iterable[int]) -> Iterator[list[int]]:
    """Dates in order as runs without a date missing; a date named twice counts once."""
    run: list[int] = []
    for day in days:
        if run and day == run[-1]:
            continue
        if run and day != run[-1] + 1:
            yield run
            run = []
        run.append(day)
    if run:
        yield run


def by_day(shifts: Iterable[Shift]) -> dict[int, list[Shift]]:
    """Shifts by the date they start on, in order."""
    found: dict[int, list[Shift]] = {}
    for shift in shifts:
        found.setdefault(shift.day, []).append(shift)
    return found


def weekday(day: int) -> int:
    """Monday = 0 … Sunday = 6, of an ordinal."""
    return (day - 1) % 7


type Entries = Callable[[int, int], tuple[Duty, ...]]
