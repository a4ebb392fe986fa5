"""One resident's intervals as limits look at them: work, rest, on-call, nights, weekends.

- *Work* is what counts as hours, *rest* is broken by work (returns from home call apart), *on-call* is
  home-call availability.
- The *horizons* are stretches of dates that are judged as a whole: from the first to the last academic block
  to be solved, and the whole year where an existing schedule holds the rest of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import time
from functools import cached_property

from src.interchange.model import DutyType
from src.solver.daily.calendar import Calendar
from src.solver.daily.duties import BREAKS_FREE_DAY, CONTINUOUS_WORK, HOURS_COUNTED
from src.solver.daily.limits.shifts import Chain, chains_of
from src.solver.daily.linear import FREE, ONE, Expr, LinearModel, Tag, of
from src.solver.daily.presence import Item, PersonDraft
from src.solver.limit_rows import LimitRow

SATURDAY = 5
MINUTES_A_DAY = 24 * 60
HISTORY_DAYS = 35
"""How far back before the year what was worked is looked at."""


class Book:
    """What all limits of one resident share; each part is made at its first use."""

    def __init__(self, draft: PersonDraft, *, whole_year: bool) -> None:
        self.draft = draft
        self.year = draft.year
        self.calendar: Calendar = draft.year.shared.calendar
        self.solved = draft.year.solved
        self._whole_year = whole_year
        self._chains: dict[int, Sequence[Chain]] = {}
        self._any: dict[tuple[Expr, ...], Expr] = {}

    @cached_property
    def horizons(self) -> tuple[tuple[int, int], ...]:
        """First and last day of each stretch that is judged as a whole."""
        own = (min(self.solved), max(self.solved))
        return tuple(dict.fromkeys([own, (0, self.calendar.days - 1)] if self._whole_year else [own]))

    @cached_property
    def blocks(self) -> list[tuple[int, int]]:
        """First and last day of each academic block of which a day is to be solved."""
        return [
            (days[0], days[-1])
            for days in self.calendar.days_of_block.values()
            if not self.solved.isdisjoint(days)
        ]

    @cached_property
    def hours(self) -> list[Item]:
        """What counts as hours."""
        return [item for item in self.draft.items if item.duty_type in HOURS_COUNTED]

    @cached_property
    def rest(self) -> list[Item]:
        """What makes shifts, and ends a rest between them."""
        work = CONTINUOUS_WORK - {DutyType.HOME_CALL_ONSITE}
        return [item for item in self.draft.items if item.duty_type in work]

    @cached_property
    def busy(self) -> list[Item]:
        """What breaks a free day."""
        return [item for item in self.draft.items if item.duty_type in BREAKS_FREE_DAY]

    @cached_property
    def on_calls(self) -> list[Item]:
        """Home-call availability."""
        return [item for item in self.draft.items if item.duty_type is DutyType.HOME_CALL_AVAILABILITY]

    @cached_property
    def leave(self) -> frozenset[int]:
        """Leave dates of the year on which nothing fixed is worked."""
        worked: set[int] = set()
        for duty in self.year.fixed.duties:
            if duty.duty_type in HOURS_COUNTED:
                worked.update(range(duty.day, self.calendar.end_day(duty.end) + 1))
        return frozenset(day for day in self.year.leave - worked if self.calendar.in_year(day))

    @cached_property
    def saturdays(self) -> list[int]:
        """The Saturdays from some weeks before the year to its end."""
        days = range(-HISTORY_DAYS, self.calendar.days + 7)
        return [day for day in days if self.calendar.weekday(day) == SATURDAY]

    def chains(self, merge_gap: int) -> Sequence[Chain]:
        """Every shift that the resident may work, by its first interval."""
        found = self._chains.get(merge_gap)
        if found is None:
            found = self._chains[merge_gap] = chains_of(self.rest, merge_gap)
        return found

    def at(self, day: int, minute: int) -> int:
        """The instant of a minute of the local day; 1440 = the next midnight."""
        if minute >= MINUTES_A_DAY:
            return self.calendar.midnight(day + 1)
        return self.calendar.instant(day, time(*divmod(minute, 60)))

    def any_of(self, day: int, literals: Iterable[Expr]) -> Expr | None:
        """A truth value that holds where any of them does; None for none of them."""
        distinct = tuple(dict.fromkeys(literals))
        if not distinct:
            return None
        if ONE in distinct:
            return ONE
        if len(distinct) == 1:
            return distinct[0]
        known = self._any.get(distinct)
        if known is None:
            model = self.draft.model
            known = of(model.derived(self.draft.index, day, distinct))
            for each in distinct:
                model.add([(known, 1), (each, -1)], 0, FREE)
            model.add([(known, 1), *((each, -1) for each in distinct)], -FREE, 0)
            self._any[distinct] = known
        return known


class Poster:
    """Posts what one row asks of one resident."""

    def __init__(self, book: Book, row: LimitRow) -> None:
        self.book = book
        self.row = row
        self._first = -FREE if row.first_date is None else book.calendar.day_of_date(row.first_date)
        self._last = FREE if row.last_date is None else book.calendar.day_of_date(row.last_date)

    def speaks_of(self, day: int | None) -> bool:
        """Whether the row speaks of what is done on a day: some speak of some rotations alone."""
        rotations = self.row.rotations
        if rotations is None:
            return True
        return day is not None and self.book.year.rotation_on(day) in rotations

    def holds_from(self, day: int) -> bool:
        """Whether a window or run that begins on the day is judged by the row."""
        return self._first <= day <= self._last

    def is_in_question(self, items: Iterable[Item]) -> bool:
        """Whether something of it lies in the days to be solved; the rest is settled elsewhere."""
        return any(item.day in self.book.solved for item in items)

    def forbid(
        self,
        literals: Collection[Expr],
        first: int,
        last: int,
        unless: Collection[Expr] = (),
        span: tuple[int, int] | None = None,
    ) -> None:
        """Not all of the truth values hold, unless one of the others does."""
        parts = [(each, 1) for each in dict.fromkeys(literals) if each != ONE]
        if ONE in unless or any(each in unless for each, _ in parts):
            return
        excuses = [(each, -1) for each in dict.fromkeys(unless)]
        if not parts and not excuses:
            parts = [(ONE, 1)]
            self.limit(parts, 0, first, last, span)
            return
        self.limit([*parts, *excuses], len(parts) - 1, first, last, span)

    def limit(
        self,
        parts: Iterable[tuple[Expr, int]],
        most: int,
        first: int,
        last: int,
        span: tuple[int, int] | None = None,
    ) -> None:
        """The weighted sum is at most so much, for a window or run from the first to the last day.

        Where what is fixed is too much by itself, nothing that is to be solved may be worked there beside it:
        on those days, or between the instants of `span`.
        """
        if not self.holds_from(first):
            return
        model, tag = self.book.draft.model, self._tag(first, last)
        found = tuple(parts)
        beside = self._beside_fixed(span or self._span(first, last)) if _least(model, found) > most else None
        if beside is None:
            model.add(found, -FREE, most, tag)
            return
        for worked in beside:
            model.add([(worked, 1)], -FREE, 0, tag)

    def _tag(self, first: int, last: int) -> Tag:
        return Tag(self.row.rule, self.book.draft.id, first, last, self.row.pack, reaches_out=True)

    def _span(self, first: int, last: int) -> tuple[int, int]:
        return self.book.calendar.midnight(first), self.book.calendar.midnight(last + 1)

    def _beside_fixed(self, span: tuple[int, int]) -> list[Expr] | None:
        """What is to be solved between two instants; None where nothing is fixed there."""
        solved, (start, end) = self.book.solved, span
        inside = [item for item in self.book.draft.items if item.start < end and start < item.end]
        if all(item.day in solved for item in inside):
            return None
        return list(dict.fromkeys(item.worked for item in inside if item.day in solved))

    def demand(self, parts: Iterable[tuple[Expr, int]], least: int, first: int, last: int) -> None:
        """The weighted sum is at least so much."""
        self.limit([(expr, -factor) for expr, factor in parts], -least, first, last)


def _least(model: LinearModel, parts: Iterable[tuple[Expr, int]]) -> int:
    """The least the weighted sum can be."""
    sums: defaultdict[int, int] = defaultdict(int)
    least = 0
    for expr, factor in parts:
        least += expr.constant * factor
        for variable, coefficient in expr.terms:
            sums[variable] += coefficient * factor
    bounds = model.low, model.high
    return least + sum(factor * bounds[factor < 0][variable] for variable, factor in sums.items())
