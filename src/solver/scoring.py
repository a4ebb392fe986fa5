"""The solver's own score of a finished schedule, term by term and tier by tier (interchange.md, objective).

Counts rest on the schedule's rows alone, as anyone else would count them; history adds its counts to the
fairness terms and nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from src.interchange.model import (
    AbsenceStatus,
    DutyType,
    HistoryCountKind,
    Program,
    Request,
    RequestKind,
    Session,
    Setting,
    Tier,
    days_between,
)
from src.interchange.schedule import AssignmentKind, Schedule, Scope

ONE_DAY = timedelta(days=1)
SATURDAY = 5
HEAVY = frozenset({Setting.INPATIENT, Setting.NIGHT_FLOAT})
REQUESTS = frozenset({"rotation_request", "day_off_request", "no_call_request"})
YEAR_TERMS = frozenset({"unmet_staffing", "vacation_rank", "rotation_request", "fair_heavy_blocks"})
"""Terms that a schedule without days has a score for."""


@dataclass(frozen=True, slots=True)
class Score:
    """Counts by term, and each tier's sum of weight × count over the terms that are known."""

    terms: Mapping[str, Decimal]
    tiers: tuple[Decimal, ...]


class Scorer:
    """Counts one schedule. `advisories` is the number of soft findings, None where days are not judged."""

    def __init__(
        self, program: Program, schedule: Schedule, scope: Scope, advisories: int | None = None
    ) -> None:
        self._program = program
        self._schedule = schedule
        self._scope = scope
        self._advisories = advisories
        self._counters: dict[str, Callable[[], Decimal]] = {
            "unmet_staffing": self._unmet,
            "rotation_request": self._rotation_requests,
            "day_off_request": lambda: self._granted(RequestKind.DAY_OFF),
            "no_call_request": lambda: self._granted(RequestKind.NO_CALL, RequestKind.CALL),
            "fair_heavy_blocks": lambda: self._spread(self._heavy_blocks),
            "fair_call_points": lambda: self._spread(self._points, HistoryCountKind.POINTS),
            "fair_weekends": lambda: self._spread(self._weekends, HistoryCountKind.WEEKENDS),
            "fair_holidays": lambda: self._spread(self._holidays, HistoryCountKind.HOLIDAYS),
            "fair_nights": lambda: self._spread(self._nights, HistoryCountKind.NIGHTS),
            "fair_jeopardy": lambda: self._spread(self._jeopardies, HistoryCountKind.JEOPARDY),
            "advisories": lambda: Decimal(self._advisories or 0),
            "whole_weekends": self._whole_weekends,
            "isolated_nights": self._isolated_nights,
        }

    def score(self) -> Score:
        """Every term that a tier names and the scope decides."""
        terms: dict[str, Decimal] = {}
        tiers = tuple(self._tier(tier, terms) for tier in self._program.objective)
        return Score(terms, tiers)

    def _tier(self, tier: Tier, terms: dict[str, Decimal]) -> Decimal:
        total = Decimal(0)
        if tier.vacation_rank is not None:
            points = self._vacation_points(tier.vacation_rank)
            terms.setdefault("vacation_rank", points)
            total += points
        for term, weight in tier.weights:
            if term not in self._counters or (self._scope is Scope.YEAR and term not in YEAR_TERMS):
                continue
            if term not in terms:
                terms[term] = self._counters[term]()
            total += -weight * terms[term] if is_cost(term) else weight * terms[term]
        return total

    def is_granted(self, request: Request) -> bool:
        """Whether the schedule gives what is asked: where a weight is below 0, not to have the rotation."""
        if request.kind is RequestKind.VACATION:
            return self._has_week(request)
        if request.kind is RequestKind.ROTATION:
            return self._has_rotation(request) is (wish_of(request) >= 0)
        if request.kind is RequestKind.DAY_OFF:
            return self.touched[request.person].isdisjoint(request.dates)
        starts = self.call_starts[request.person].isdisjoint(request.dates)
        return starts is (request.kind is RequestKind.NO_CALL)

    @cached_property
    def touched(self) -> Mapping[str, set[date]]:
        """Person -> local dates on which any part of an interval lies, jeopardy apart."""
        zone = self._program.zone
        found: defaultdict[str, set[date]] = defaultdict(set)
        for row in self._schedule.assignments:
            if row.duty_type is not DutyType.JEOPARDY:
                first = row.start_at.astimezone(zone).date()
                last = (row.end_at.astimezone(zone) - timedelta(microseconds=1)).date()
                if first == last:
                    found[row.person].add(first)
                else:
                    found[row.person].update(days_between(first, last))
        return found

    @cached_property
    def call_starts(self) -> Mapping[str, set[date]]:
        """Person -> start dates of calls and jeopardy."""
        found: defaultdict[str, set[date]] = defaultdict(set)
        for person, day, _ in self._calls:
            found[person].add(day)
        return found

    @cached_property
    def _calls(self) -> frozenset[tuple[str, date, str]]:
        kinds = (AssignmentKind.CALL, AssignmentKind.JEOPARDY)
        call_of = self._program.call_by_id
        return frozenset(
            (row.person, row.date, row.id)
            for row in self._schedule.assignments
            if row.kind in kinds and row.id in call_of and row.duty_type is call_of[row.id].duty_type
        )

    @cached_property
    def _weeks(self) -> frozenset[tuple[str, date]]:
        return frozenset((row.person, row.week_start_date) for row in self._schedule.vacations)

    @cached_property
    def _rotation(self) -> Mapping[tuple[str, int], str]:
        return {(row.person, row.block): row.rotation for row in self._schedule.year}

    @cached_property
    def _away(self) -> Mapping[str, frozenset[date]]:
        """Vacation, approved absence and dates outside the person's own, by resident."""
        program = self._program
        year = tuple(days_between(program.year_start_date, program.year_end_date))
        found = {person.id: {day for day in year if not person.is_there(day)} for person in program.residents}
        for absence in program.absences:
            if absence.status is AbsenceStatus.APPROVED and absence.person in found:
                found[absence.person].update(days_between(absence.start_date, absence.end_date))
        for person, monday in self._weeks:
            if person in found:
                found[person].update(days_between(monday, monday + 6 * ONE_DAY))
        return {person: frozenset(dates) for person, dates in found.items()}

    @cached_property
    def _night_dates(self) -> Mapping[str, set[date]]:
        found: defaultdict[str, set[date]] = defaultdict(set)
        for row in self._schedule.assignments:
            if row.kind is AssignmentKind.ROTATION and row.session is Session.NIGHT:
                found[row.person].add(row.date)
        return found

    def _has_week(self, request: Request) -> bool:
        if request.start_date is None:
            return False
        return (request.person, monday_of(request.start_date)) in self._weeks

    def _has_rotation(self, request: Request) -> bool:
        if request.block is None or request.rotation is None:
            return False
        return self._rotation.get((request.person, request.block)) in self._program.expand(request.rotation)

    def _unmet(self) -> Decimal:
        return Decimal(sum(max(0, row.needed - row.got) for row in self._schedule.unmet))

    def _vacation_points(self, points: tuple[Decimal, ...]) -> Decimal:
        return sum(
            (
                points[request.rank - 1]
                for request in self._program.requests
                if request.kind is RequestKind.VACATION
                and request.rank is not None
                and 1 <= request.rank <= len(points)
                and self._has_week(request)
            ),
            Decimal(0),
        )

    def _rotation_requests(self) -> Decimal:
        return Decimal(
            sum(
                wish_of(request)
                for request in self._program.requests
                if request.kind is RequestKind.ROTATION and self._has_rotation(request)
            )
        )

    def _granted(self, *kinds: RequestKind) -> Decimal:
        asked = (request for request in self._program.requests if request.kind in kinds)
        return Decimal(sum(self.is_granted(request) for request in asked))

    def _spread(self, count: Callable[[str], Decimal], history: HistoryCountKind | None = None) -> Decimal:
        """Max - min inside each PGY, summed, with what earlier years left, among residents there all year."""
        earlier: defaultdict[str, Decimal] = defaultdict(Decimal)
        for row in self._program.history_counts:
            if row.kind is history:
                earlier[row.person] += row.count
        first, last = self._program.year_start_date, self._program.year_end_date
        by_pgy: defaultdict[int | None, list[Decimal]] = defaultdict(list)
        for person in self._program.residents:
            if person.is_there(first) and person.is_there(last):
                by_pgy[person.pgy].append(count(person.id) + earlier[person.id])
        return sum((max(counts) - min(counts) for counts in by_pgy.values()), Decimal(0))

    def _heavy_blocks(self, person: str) -> Decimal:
        rotation_of = self._program.rotation_by_id
        own = (self._rotation.get((person, block.number)) for block in self._program.academic_blocks)
        return Decimal(sum(1 for name in own if name is not None and rotation_of[name].setting in HEAVY))

    def _points(self, person: str) -> Decimal:
        call_of = self._program.call_by_id
        return sum((call_of[call].points for who, _, call in self._calls if who == person), Decimal(0))

    def _jeopardies(self, person: str) -> Decimal:
        call_of = self._program.call_by_id
        return Decimal(
            sum(
                1
                for who, _, call in self._calls
                if who == person and call_of[call].duty_type is DutyType.JEOPARDY
            )
        )

    def _weekends(self, person: str) -> Decimal:
        touched = self.touched[person]
        return Decimal(len({saturday_of(day) for day in touched if day.weekday() >= SATURDAY}))

    def _holidays(self, person: str) -> Decimal:
        return Decimal(len(self.touched[person].intersection(self._program.holidays)))

    def _nights(self, person: str) -> Decimal:
        return Decimal(len(self._night_dates[person]))

    def _whole_weekends(self) -> Decimal:
        first, last = self._program.year_start_date, self._program.year_end_date
        saturdays = [day for day in days_between(first, last - ONE_DAY) if day.weekday() == SATURDAY]
        return Decimal(
            sum(
                1
                for person in self._program.residents
                for day in saturdays
                if self.touched[person.id].isdisjoint((day, day + ONE_DAY))
                and self._away[person.id].isdisjoint((day, day + ONE_DAY))
            )
        )

    def _isolated_nights(self) -> Decimal:
        return Decimal(
            sum(
                1
                for person in self._program.residents
                for day in self._night_dates[person.id]
                if self._night_dates[person.id].isdisjoint((day - ONE_DAY, day + ONE_DAY))
            )
        )


def counts_requests(tier: Tier) -> bool:
    """Whether a tier counts what people asked for."""
    return tier.vacation_rank is not None or any(term in REQUESTS for term, _ in tier.weights)


def is_cost(term: str) -> bool:
    """Costs subtract from a tier's score."""
    return term.startswith(("unmet_", "fair_")) or term == "advisories"


def wish_of(request: Request) -> int:
    """A missing weight is 1."""
    return 1 if request.weight is None else request.weight


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def saturday_of(day: date) -> date:
    """The Saturday of a Saturday or Sunday."""
    return day - timedelta(days=day.weekday() - SATURDAY)
