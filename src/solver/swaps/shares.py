"""What changes of hands do to the score: fairness spreads by PGY, free weekends, single nights, wishes.

Advisories are left out: they are the judge's to count, and an offer names its findings beside its score.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from src.interchange.model import DutyType, HistoryCountKind, Program, RequestKind, Session
from src.interchange.schedule import AssignmentKind
from src.solver.daily.calendar import Calendar
from src.solver.scoring import is_cost
from src.solver.swaps.moves import Move
from src.solver.swaps.standing import CALL_KINDS, Span, Standing

SATURDAY = 5
HISTORY_OF = {
    "fair_call_points": HistoryCountKind.POINTS,
    "fair_weekends": HistoryCountKind.WEEKENDS,
    "fair_holidays": HistoryCountKind.HOLIDAYS,
    "fair_nights": HistoryCountKind.NIGHTS,
    "fair_jeopardy": HistoryCountKind.JEOPARDY,
}
DAILY_KINDS = frozenset({RequestKind.DAY_OFF, RequestKind.NO_CALL, RequestKind.CALL})
OWN_TERMS = ("whole_weekends", "isolated_nights", "day_off_request", "no_call_request")


@dataclass(frozen=True, slots=True)
class Around:
    """What a resident works on the days first … last and those beside, before a move and after it."""

    first: int
    last: int
    before: list[Span]
    after: list[Span]


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """Counts by term, after minus before; `fairness` is the weighted change of all spreads (more = less fair)
    and `score` that of the whole objective without advisories (more = better).
    """

    terms: Mapping[str, Decimal]
    fairness: Decimal
    score: Decimal


class Shares:
    """Each resident's share of what the year spreads out, as the schedule stands."""

    def __init__(self, standing: Standing) -> None:
        self._standing = standing
        self._program = standing.program
        self._calendar = standing.shared.calendar
        self._weights = _weights(self._program)
        self._totals: dict[tuple[str, int], dict[str, Decimal]] = {}
        self._known: dict[int, tuple[Move, Mapping[str, Decimal]]] = {}
        """What each move does by itself, by its identity; the move is held so that this stays its own."""
        self._wishes: defaultdict[str, list[tuple[RequestKind, frozenset[int]]]] = defaultdict(list)
        for request in self._program.requests:
            if request.kind in DAILY_KINDS:
                days = frozenset(self._calendar.day_of_date(day) for day in request.dates)
                if days:
                    self._wishes[request.person].append((request.kind, days))
        self._counters: dict[str, Callable[[Iterable[Span]], Decimal]] = {
            "fair_call_points": self._points,
            "fair_weekends": self._weekends,
            "fair_holidays": self._holidays,
            "fair_nights": self._nights,
            "fair_jeopardy": self._jeopardies,
        }

    def change(self, moves: Iterable[Move]) -> ScoreChange:
        """What the moves together do to every term that the objective names."""
        moves = [move for move in moves if move.gone or move.come]
        terms: dict[str, Decimal] = {}
        for term in self._counters:
            if term in self._weights:
                terms[term] = self._spread_change(term, moves)
        for term in OWN_TERMS:
            if term in self._weights:
                terms[term] = sum((self._alone(move)[term] for move in moves), Decimal(0))
        terms = {term: count for term, count in terms.items() if count}
        fairness = sum(
            (self._weights[term] * count for term, count in terms.items() if term in HISTORY_OF), Decimal(0)
        )
        score = sum(
            (
                -self._weights[term] * count if is_cost(term) else self._weights[term] * count
                for term, count in terms.items()
            ),
            Decimal(0),
        )
        return ScoreChange(terms, fairness, score)

    def _spread_change(self, term: str, moves: Iterable[Move]) -> Decimal:
        changed: defaultdict[int, dict[str, Decimal]] = defaultdict(dict)
        for move in moves:
            pgy = move.holder.year.person.pgy
            difference = self._alone(move)[term]
            if pgy is not None and difference:
                changed[pgy][move.holder.id] = difference
        return sum((self._of_pgy(term, pgy, each) for pgy, each in changed.items()), Decimal(0))

    def _alone(self, move: Move) -> Mapping[str, Decimal]:
        """What a move does to its resident's own counts."""
        known = self._known.get(id(move))
        if known is None:
            around = _spans_around(move)
            counts = {
                term: self._difference(term, move, around) for term in self._counters if term in self._weights
            }
            counts |= {term: self._own(term, move, around) for term in OWN_TERMS if term in self._weights}
            known = (move, counts)
            self._known[id(move)] = known
        return known[1]

    def _of_pgy(self, term: str, pgy: int, changed: Mapping[str, Decimal]) -> Decimal:
        totals = self._totals_of(term, pgy)
        if not totals:
            return Decimal(0)
        after = {person: total + changed.get(person, 0) for person, total in totals.items()}
        before = max(totals.values()) - min(totals.values())
        return max(after.values()) - min(after.values()) - before

    def _totals_of(self, term: str, pgy: int) -> dict[str, Decimal]:
        key = (term, pgy)
        if key not in self._totals:
            first, last = self._program.year_start_date, self._program.year_end_date
            earlier: defaultdict[str, Decimal] = defaultdict(Decimal)
            for row in self._program.history_counts:
                if row.kind is HISTORY_OF[term]:
                    earlier[row.person] += row.count
            self._totals[key] = {
                person.id: earlier[person.id] + self._counters[term](self._all(person.id))
                for person in self._program.residents
                if person.pgy == pgy and person.is_there(first) and person.is_there(last)
            }
        return self._totals[key]

    def _all(self, person: str) -> list[Span]:
        holder = self._standing.holder(person)
        return [holder.span_of(row) for row in holder.rows]

    def _difference(self, term: str, move: Move, around: Sequence[Around]) -> Decimal:
        count = self._counters[term]
        if term not in ("fair_weekends", "fair_holidays"):
            return count(move.come) - count(move.gone)
        before = {span for stretch in around for span in stretch.before}
        after = {span for stretch in around for span in stretch.after}
        return count(after) - count(before)

    def _points(self, spans: Iterable[Span]) -> Decimal:
        call_of = self._program.call_by_id
        return sum(
            (
                call_of[span.item].points
                for span in spans
                if span.kind in CALL_KINDS and span.duty_type is call_of[span.item].duty_type
            ),
            Decimal(0),
        )

    def _jeopardies(self, spans: Iterable[Span]) -> Decimal:
        return Decimal(sum(span.kind is AssignmentKind.JEOPARDY for span in spans))

    def _nights(self, spans: Iterable[Span]) -> Decimal:
        return Decimal(len({span.day for span in spans if _is_night(span)}))

    def _weekends(self, spans: Iterable[Span]) -> Decimal:
        touched = _touched(self._calendar, spans)
        return Decimal(len({_saturday(self._calendar, day) for day in touched} - {None}))

    def _holidays(self, spans: Iterable[Span]) -> Decimal:
        return Decimal(len(_touched(self._calendar, spans) & self._calendar.holidays))

    def _own(self, term: str, move: Move, around: Sequence[Around]) -> Decimal:
        """A term that is a sum over residents: after minus before, around what changes."""
        if term in ("day_off_request", "no_call_request"):
            return Decimal(self._granted(term, move))
        found = 0
        for stretch in around:
            for spans, sign in ((stretch.before, -1), (stretch.after, 1)):
                found += sign * self._own_count(term, move, spans, (stretch.first, stretch.last))
        return Decimal(found)

    def _own_count(self, term: str, move: Move, spans: list[Span], reach: tuple[int, int]) -> int:
        first, last = reach
        if term == "whole_weekends":
            touched = _touched(self._calendar, spans)
            leave = move.holder.year.leave
            return sum(
                self._calendar.weekday(day) == SATURDAY
                and not {day, day + 1} & touched
                and not {day, day + 1} & leave
                for day in range(max(0, first + 1), min(last, self._calendar.days - 1))
            )
        nights = {span.day for span in spans if _is_night(span)}
        return sum(day - 1 not in nights and day + 1 not in nights for day in nights if first < day < last)

    def _granted(self, term: str, move: Move) -> int:
        """Requests granted after the move, less those granted before it."""
        changed = {day for first, last in move.stretches for day in range(first, last + 1)}
        found = 0
        for kind, days in self._wishes.get(move.holder.id, ()):
            if days.isdisjoint(changed) or (kind is RequestKind.DAY_OFF) is not (term == "day_off_request"):
                continue
            for state, sign in ((move.holder.state, -1), (move.state, 1)):
                spans = move.holder.spans(state, min(days) - 2, max(days))
                found += sign * self._is_granted(kind, days, spans)
        return found

    def _is_granted(self, kind: RequestKind, days: frozenset[int], spans: list[Span]) -> bool:
        if kind is RequestKind.DAY_OFF:
            return days.isdisjoint(_touched(self._calendar, spans))
        starts = {
            span.day
            for span in spans
            if span.kind in CALL_KINDS and span.duty_type is not DutyType.TRANSITION
        }
        return days.isdisjoint(starts) is (kind is RequestKind.NO_CALL)


def _weights(program: Program) -> dict[str, Decimal]:
    """Each term's weight, over all tiers."""
    found: defaultdict[str, Decimal] = defaultdict(Decimal)
    for tier in program.objective:
        for term, weight in tier.weights:
            found[term] += weight
    return dict(found)


def _around(move: Move) -> Iterable[tuple[int, int]]:
    """Stretches wide enough to hold the weekends and the neighbouring nights of what changes."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted((first - 3, last + 3) for first, last in move.stretches):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def _spans_around(move: Move) -> tuple[Around, ...]:
    holder = move.holder
    return tuple(
        Around(
            first,
            last,
            holder.spans(holder.state, first - 1, last + 1),
            holder.spans(move.state, first - 1, last + 1),
        )
        for first, last in _around(move)
    )


def _touched(calendar: Calendar, spans: Iterable[Span]) -> set[int]:
    """Dates that work lies on; jeopardy is none."""
    return {
        day
        for span in spans
        if span.kind is not AssignmentKind.JEOPARDY
        for day in range(span.day, calendar.end_day(span.end) + 1)
    }


def _saturday(calendar: Calendar, day: int) -> int | None:
    weekday = calendar.weekday(day)
    return day - (weekday - SATURDAY) if weekday >= SATURDAY else None


def _is_night(span: Span) -> bool:
    return span.kind is AssignmentKind.ROTATION and span.session is Session.NIGHT
