"""What is shared out over the year: call points, weekends, holidays, nights, jeopardy; and whole weekends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from src.interchange.model import Program
from src.interchange.schedule import AssignmentKind
from src.solver.daily.linear import FREE, ONE, ZERO, Expr, of
from src.solver.daily.nights import night_counts
from src.solver.daily.objective import Objective, history_of
from src.solver.daily.presence import Item, PersonDraft

_SATURDAY = 5

Touching = Mapping[int, list[Item]]
"""Day -> the items that touch its local date."""

Parts = list[tuple[Expr, int]]
"""What a total is the sum of: expressions, each times a whole number."""


@dataclass(frozen=True, slots=True)
class Spread:
    """A fairness term inside one PGY: each resident's total, the most and the least, in its units."""

    term: str
    totals: Mapping[int, int]
    """Person -> the variable of the total."""
    rows: Mapping[int, int]
    """Variable of a total -> the row that defines it; none where nothing is left to decide."""
    most: int
    least: int


def touching_items(draft: PersonDraft) -> dict[int, list[Item]]:
    """The items by each local date any part of them lies on."""
    calendar = draft.year.shared.calendar
    found: defaultdict[int, list[Item]] = defaultdict(list)
    for item in draft.items:
        for day in range(item.day, calendar.end_day(item.end) + 1):
            found[day].append(item)
    return found


def count_weekends(draft: PersonDraft, touching: Touching, objective: Objective) -> list[Expr]:
    """Whether each weekend is touched by work; free ones without leave count for the objective."""
    calendar = draft.year.shared.calendar
    found: list[Expr] = []
    for saturday in range(-1, calendar.days):
        sunday = saturday + 1
        if calendar.weekday(saturday) != _SATURDAY:
            continue
        touched = _touched(draft, touching, (saturday, sunday))
        found.append(touched)
        whole = saturday >= 0 and sunday < calendar.days
        if whole and saturday not in draft.year.leave and sunday not in draft.year.leave:
            objective.count("whole_weekends", touched.negated)
    return found


def count_holidays(draft: PersonDraft, touching: Touching) -> list[Expr]:
    return [_touched(draft, touching, (day,)) for day in sorted(draft.year.shared.calendar.holidays)]


def _touched(draft: PersonDraft, touching: Touching, days: Sequence[int]) -> Expr:
    """Exactly whether any of the items on those dates is worked."""
    parts = list(dict.fromkeys(item.worked for day in days for item in touching.get(day, ())))
    if ONE in parts:
        return ONE
    if len(parts) <= 1:
        return parts[0] if parts else ZERO
    touched = of(draft.model.derived(draft.index, days[0], parts))
    for part in parts:
        draft.model.add([(touched, 1), (part, -1)], 0, FREE)
    draft.model.add([(touched, 1), *((part, -1) for part in parts)], -FREE, 0)
    return touched


def points_of(draft: PersonDraft, unit: int) -> Parts:
    """The resident's call points in the year, calls and jeopardy alike, in units."""
    parts = [
        (option.taken, int(option.duty.call.points * unit))
        for options in draft.calls.values()
        for option in options
    ]
    return parts + [(ONE, int(call.call.points * unit)) for call in draft.year.fixed.calls]


def jeopardy_of(draft: PersonDraft) -> Parts:
    parts = [
        (option.taken, 1) for options in draft.calls.values() for option in options if option.duty.is_jeopardy
    ]
    fixed = [duty for duty in draft.year.fixed.duties if duty.kind is AssignmentKind.JEOPARDY]
    return parts + [(ONE, 1) for _ in fixed]


class Fairness:
    """Collects each resident's shares and turns them into spreads by PGY."""

    def __init__(self, program: Program, objective: Objective) -> None:
        self._program = program
        self._objective = objective
        self._shares: defaultdict[tuple[str, int | None], list[tuple[PersonDraft, Parts]]] = defaultdict(list)
        self._history = {
            term: history_of(program, term)
            for term in ("fair_call_points", "fair_weekends", "fair_holidays", "fair_nights", "fair_jeopardy")
        }

    def share(self, draft: PersonDraft, weekends: Iterable[Expr], holidays: Iterable[Expr]) -> None:
        """Note what one resident has of everything; only residents there all year are compared."""
        self.take(draft, self.shares_of(draft, weekends, holidays))

    def shares_of(
        self, draft: PersonDraft, weekends: Iterable[Expr], holidays: Iterable[Expr]
    ) -> dict[str, Parts]:
        """What one resident has of each term that counts, in its units; nothing of who is not compared."""
        person = draft.year.person
        first, last = self._program.year_start_date, self._program.year_end_date
        if person.pgy is None or not (person.is_there(first) and person.is_there(last)):
            return {}
        parts = {
            "fair_call_points": points_of(draft, self._objective.unit("fair_call_points")),
            "fair_weekends": self._in_units("fair_weekends", weekends),
            "fair_holidays": self._in_units("fair_holidays", holidays),
            "fair_nights": self._in_units("fair_nights", night_counts(draft)),
            "fair_jeopardy": [
                (expr, count * self._objective.unit("fair_jeopardy")) for expr, count in jeopardy_of(draft)
            ],
        }
        return {term: found for term, found in parts.items() if term in self._objective}

    def take(self, draft: PersonDraft, shares: Mapping[str, Parts]) -> None:
        """Note the shares of one resident, of whom the draft is."""
        for term, found in shares.items():
            self._shares[term, draft.year.person.pgy].append((draft, found))

    def _in_units(self, term: str, counted: Iterable[Expr]) -> Parts:
        unit = self._objective.unit(term)
        return [(expr, unit) for expr in counted]

    def spread_out(self) -> list[Spread]:
        """One spread for each term and PGY with two residents or more, counted as a cost."""
        return [
            self._spread(term, members) for (term, _), members in self._shares.items() if len(members) > 1
        ]

    def _spread(self, term: str, members: Sequence[tuple[PersonDraft, Parts]]) -> Spread:
        unit = self._objective.unit(term)
        totals: dict[int, int] = {}
        rows: dict[int, int] = {}
        for draft, parts in members:
            before = int(self._history[term].get(draft.id, Fraction(0)) * unit)
            low, high = _reach(parts)
            total = draft.model.derived(
                draft.index, -1, (expr for expr, _ in parts), low + before, high + before
            )
            row = draft.model.add(
                [(of(total), 1), (Expr(before), -1), *((expr, -n) for expr, n in parts)], 0, 0
            )
            totals[draft.index] = total
            if row is not None:
                rows[total] = row
        model = members[0][0].model
        causes = [of(total) for total in totals.values()]
        lows, highs = (
            [model.low[total] for total in totals.values()],
            [model.high[total] for total in totals.values()],
        )
        most = model.derived(-1, -1, causes, max(lows), max(highs))
        least = model.derived(-1, -1, causes, min(lows), min(highs))
        for cause in causes:
            model.add([(of(most), 1), (cause, -1)], 0, FREE)
            model.add([(cause, 1), (of(least), -1)], 0, FREE)
        self._objective.count(term, Expr(0, ((most, 1), (least, -1))))
        return Spread(term, totals, rows, most, least)


def _reach(parts: Iterable[tuple[Expr, int]]) -> tuple[int, int]:
    """The least and the largest sum of factor * expression."""
    low = high = 0
    for expr, factor in parts:
        settled = factor * expr.constant
        reach = [factor * weight for _, weight in expr.terms]
        low += settled + sum(each for each in reach if each < 0)
        high += settled + sum(each for each in reach if each > 0)
    return low, high
