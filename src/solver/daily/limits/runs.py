"""Runs: how many long shifts, late shifts, nights or days in a row, and the rest that follows.

A shift belongs to the local date of its start. A truth value for each date says whether something of the kind
starts on it; a run that is too long is so many of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from src.solver.daily.limits.book import SATURDAY, Book, Poster
from src.solver.daily.limits.shifts import Chain, shortest
from src.solver.daily.linear import FREE, ONE, Expr, of
from src.solver.daily.presence import Item
from src.solver.limit_rows import LimitRow

_NO_LIMIT_OF_START = 1440


@dataclass(frozen=True, slots=True, eq=False)
class Ending:
    """How a date's duty may end: then, when all of the literals hold and none of the others."""

    end: int
    literals: tuple[Expr, ...]
    others: tuple[Expr, ...]


class Run:
    """Dates with something of a kind: `marks` by day, and how the duty that starts on each may end."""

    def __init__(self, book: Book, first_chains: Iterable[Chain], whole_chains: Iterable[Chain]) -> None:
        self._book = book
        by_day: dict[int, list[Chain]] = {}
        for chain in first_chains:
            by_day.setdefault(chain.day, []).append(chain)
        self.marks: dict[int, Expr] = {}
        for day, chains in by_day.items():
            self.marks[day] = _mark(book, day, chains)
        self.endings: dict[int, list[Ending]] = {}
        for chain in whole_chains:
            ending = Ending(chain.end, chain.literals, chain.others)
            self.endings.setdefault(chain.day, []).append(ending)

    @classmethod
    def of_shifts(cls, book: Book, merge_gap: int, is_of: Callable[[Chain], bool]) -> Run:
        """The run of shifts of a kind, that a shift which goes on longer stays of."""
        chains = book.chains(merge_gap)
        return cls(
            book,
            shortest(chains, is_of),
            (chain for chain in chains if chain.is_whole and is_of(chain)),
        )

    def add(self, items: Iterable[Item]) -> None:
        """Count the dates on which these start, too."""
        for item in items:
            known = [self.marks[item.day]] if item.day in self.marks else []
            mark = self._book.any_of(item.day, (*known, item.worked))
            if mark is not None:
                self.marks[item.day] = mark
            literals = () if item.worked == ONE else (item.worked,)
            self.endings.setdefault(item.day, []).append(Ending(item.end, literals, ()))


def _mark(book: Book, day: int, chains: Sequence[Chain]) -> Expr:
    """Whether one of the chains is worked and begins there."""
    literals: list[Expr] = []
    model, person = book.draft.model, book.draft.index
    for chain in chains:
        if not chain.literals and not chain.earlier:
            return ONE
        if len(chain.literals) == 1 and not chain.earlier:
            literals.append(chain.literals[0])
            continue
        begins = of(model.derived(person, day, (*chain.literals, *chain.earlier)))
        terms = [(begins, 1), *((each, 1) for each in chain.earlier)]
        terms += [(each, -1) for each in chain.literals]
        model.add(terms, 1 - len(chain.literals), FREE)
        for each in chain.literals:
            model.add([(begins, 1), (each, -1)], -FREE, 0)
        literals.append(begins)
    return book.any_of(day, literals) or ONE


def long_shifts_in_row(post: Poster) -> None:
    """At most `most` shifts beyond `long_minutes` on consecutive dates, then `rest_minutes` off."""
    least = post.row.number("long_minutes")
    _run_then_rest(post, lambda chain: chain.length > least)


def late_shifts_in_row(post: Poster) -> None:
    """The same of long shifts that end after `ends_after_minute`, begun before `starts_before_minute`."""
    row, book = post.row, post.book
    least, latest = row.number("long_minutes"), row.number("starts_before_minute")

    def is_late(chain: Chain) -> bool:
        starts_early = latest >= _NO_LIMIT_OF_START or chain.start < book.at(chain.day, latest)
        is_long = chain.length > least
        return is_long and starts_early and chain.end > book.at(chain.day, row.number("ends_after_minute"))

    _run_then_rest(post, is_late)


def night_shifts_in_row(post: Poster) -> None:
    """At most `most` night shifts on consecutive dates."""
    _run_then_rest(post, night_of(post.book, post.row))


def night_of(book: Book, row: LimitRow) -> Callable[[Chain], bool]:
    """Whether a shift holds `night_least_minutes` of work in one night of the row's clock."""
    begin, finish = row.number("night_from_minute"), row.number("night_until_minute")
    least = row.number("night_least_minutes")

    def is_night(chain: Chain) -> bool:
        last = book.calendar.day_of(chain.end)
        for day in range(chain.day - 1, last + 1):
            start, end = book.at(day, begin), book.at(day + 1, finish)
            worked = sum(max(0, min(item.end, end) - max(item.start, start)) for item in chain.items)
            if worked >= least:
                return True
        return False

    return is_night


def _run_then_rest(post: Poster, is_of: Callable[[Chain], bool]) -> None:
    row = post.row
    run = Run.of_shifts(post.book, row.number("merge_gap_minutes"), is_of)
    most, rest = row.number("most"), row.number("rest_minutes")
    _limit_run(post, run, most)
    if rest:
        _rest_after_run(post, run, most, rest, post.book.hours, {})


def days_in_row(post: Poster) -> None:
    """At most `most` dates in a row with duty, on-call where it counts, then `rest_minutes` off.

    Where all Saturdays and Sundays of a run are on-call alone, `low_intensity_most` dates may follow one
    another: a plan does not hold how much work on-call brings.
    """
    row, book = post.row, post.book
    gap = row.number("merge_gap_minutes")
    run = Run.of_shifts(book, gap, lambda _: True)
    shifts = dict(run.marks)
    on_calls = book.on_calls if row.choice("on_call_counts") else []
    run.add(on_calls)
    events = sorted([*book.rest, *on_calls], key=lambda item: (item.start, item.end))
    most, exception = row.number("most"), row.number("low_intensity_most")
    light = _light_weekends(book, shifts, on_calls) if exception else {}
    _limit_run(post, run, most, light)
    if exception:
        _limit_run(post, run, exception)
    if row.number("rest_minutes"):
        _rest_after_run(post, run, most, row.number("rest_minutes"), events, light, on_later_dates=True)


def _light_weekends(book: Book, shifts: Mapping[int, Expr], on_calls: Iterable[Item]) -> dict[int, Expr]:
    """By Saturday and Sunday: whether there is on-call on it, and no shift."""
    model, person = book.draft.model, book.draft.index
    by_day: dict[int, list[Expr]] = {}
    for item in on_calls:
        if book.calendar.weekday(item.day) >= SATURDAY:
            by_day.setdefault(item.day, []).append(item.worked)
    found: dict[int, Expr] = {}
    for day, taken in by_day.items():
        on_call, shift = book.any_of(day, taken), shifts.get(day)
        if on_call is None or shift == ONE:
            continue
        if shift is None:
            found[day] = on_call
            continue
        light = of(model.derived(person, day, (on_call, shift)))
        model.add([(light, 1), (on_call, -1)], -FREE, 0)
        model.forbid_all((light, shift))
        found[day] = light
    return found


def _excuse(post: Poster, days: range, light: Mapping[int, Expr]) -> Expr | None:
    """Whether all Saturdays and Sundays of the days are light; None where they never are."""
    weekend = [day for day in days if post.book.calendar.weekday(day) >= SATURDAY]
    if not any(day + 1 in weekend for day in weekend) or any(day not in light for day in weekend):
        return None
    literals = [light[day] for day in weekend]
    draft = post.book.draft
    excuse = of(draft.model.derived(draft.index, days[0], literals))
    for each in literals:
        draft.model.add([(excuse, 1), (each, -1)], -FREE, 0)
    return excuse


def _limit_run(post: Poster, run: Run, most: int, light: Mapping[int, Expr] | None = None) -> None:
    """No more than `most` dates in a row."""
    solved = post.book.solved
    for first in sorted(run.marks):
        days = range(first, first + most + 1)
        if solved.isdisjoint(days) or any(day not in run.marks for day in days):
            continue
        excuse = _excuse(post, days, light) if light else None
        parts = [(run.marks[day], 1) for day in days]
        post.limit([*parts, *([] if excuse is None else [(excuse, -1)])], most, days[0], days[-1])


def _rest_after_run(
    post: Poster,
    run: Run,
    most: int,
    rest: int,
    items: Sequence[Item],
    light: Mapping[int, Expr],
    *,
    on_later_dates: bool = False,
) -> None:
    """After a run of exactly so many dates nothing starts for so long after its end.

    With `on_later_dates` what starts on the run's last date is part of it.
    """
    starts = [item.start for item in items]
    for day in sorted(run.endings):
        days = range(day - most + 1, day + 1)
        if any(each not in run.marks for each in days):
            continue
        excuse = _excuse(post, days, light) if light else None
        excuses = [] if excuse is None else [excuse]
        if days[0] <= 0:  # a longer run, in history, is too long by itself and asks for no rest
            excuses += [run.marks[each] for each in (days[0] - 1, day + 1) if each in run.marks]
        before = [run.marks[each] for each in days[:-1]]
        for ending in run.endings[day]:
            first, last = bisect_left(starts, ending.end), bisect_left(starts, ending.end + rest)
            later = [item for item in items[first:last] if item.day > day or not on_later_dates]
            if not post.is_in_question(later) and post.book.solved.isdisjoint(days):
                continue
            bar(post, (*before, *ending.literals), (*ending.others, *excuses), later, days[0])


def bar(
    post: Poster, literals: Iterable[Expr], others: Sequence[Expr], items: Sequence[Item], first: int
) -> None:
    """Where all of the literals hold and none of the others, none of the items is worked: one row for all."""
    holding = [each for each in dict.fromkeys(literals) if each != ONE]
    barred = [each for each in dict.fromkeys(item.worked for item in items) if each not in holding]
    if not barred or ONE in others or any(each in others for each in holding):
        return
    weight = len(barred)
    parts = [(each, 1) for each in barred]
    parts += [(each, weight) for each in holding]
    parts += [(each, -weight) for each in dict.fromkeys(others)]
    post.limit(parts, weight * len(holding), first, max(item.day for item in items))


def rest_after_nights(post: Poster) -> None:
    """From the last of a run of at least `least_nights` to the next work by day `rest_minutes`."""
    row, book = post.row, post.book
    is_night = night_of(book, row)
    run = Run.of_shifts(book, row.number("merge_gap_minutes"), is_night)
    chains = book.chains(row.number("merge_gap_minutes"))
    in_nights = {item for chain in chains if chain.is_whole and is_night(chain) for item in chain.items}
    by_day = [item for item in book.hours if item not in in_nights]
    day_starts = [item.start for item in by_day]
    mixed = [
        chain for chain in chains if chain.items[0] in in_nights and chain.is_whole and not is_night(chain)
    ]
    for day in sorted(run.endings):
        days = range(day - row.number("least_nights") + 1, day + 1)
        if any(each not in run.marks for each in days):
            continue
        before = [run.marks[each] for each in days[:-1]]
        for ending in run.endings[day]:
            literals = (*before, *ending.literals)
            until = ending.end + row.number("rest_minutes")
            later = by_day[bisect_left(day_starts, ending.end) : bisect_left(day_starts, until)]
            if post.is_in_question(later) or not post.book.solved.isdisjoint(days):
                bar(post, literals, ending.others, later, days[0])
            for chain in mixed:
                if ending.end <= chain.start < until and post.is_in_question(chain.items):
                    everything = (*literals, *chain.literals)
                    post.forbid(everything, days[0], chain.day, (*ending.others, *chain.others))
