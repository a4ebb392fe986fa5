"""The score of a schedule, term by term, and of each tier of the program's objective.

Counted as interchange.md says under `objective.toml`. Where its sentence leaves a choice, the choice is:

- "nights" (`fair_nights`) are those of `isolated_nights`: rows of `kind` rotation in the session NIGHT;
- history counts add what was done in earlier years; intervals of `history.csv` count nowhere here;
- `unmet_staffing` counts the persons missing in all shortages there are, listed or not;
- with `scope` year only the terms of the year plan are known, and make up the tiers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from src.compliance.structure.calls import PersonCalls
from src.compliance.structure.ground import Ground
from src.compliance.structure.shortage import Shortage
from src.compliance.structure.wishes import Wishes
from src.interchange.model import HistoryCountKind, Request, RequestKind, Session, Setting, Tier
from src.interchange.schedule import AssignmentKind

SATURDAY, SUNDAY = 5, 6
ONE_DAY = timedelta(days=1)
VACATION_RANK = "vacation_rank"
ADVISORIES = "advisories"
HEAVY = frozenset({Setting.INPATIENT, Setting.NIGHT_FLOAT})
YEAR_TERMS = frozenset({"unmet_staffing", VACATION_RANK, "rotation_request", "fair_heavy_blocks"})
"""The terms that the year plan alone decides; the others need the days."""


@dataclass(frozen=True, slots=True)
class Score:
    """`terms` are the counts of the objective's terms, in its order; `tiers` the scores, counted from 1."""

    terms: Mapping[str, Decimal]
    tiers: Mapping[int, Decimal]


def is_cost(term: str) -> bool:
    """Whether a term's weight × count is subtracted."""
    return term.startswith(("unmet_", "fair_")) or term == ADVISORIES


class Scorer:
    """Counts the terms of one schedule. `advisories`: the soft findings of the program's packs."""

    def __init__(
        self,
        ground: Ground,
        touched: Mapping[str, frozenset[date]],
        calls: Mapping[str, PersonCalls],
        shortages: Iterable[Shortage],
        advisories: int,
    ) -> None:
        self._ground = ground
        self._touched = touched
        self._calls = calls
        self._wishes = Wishes(ground, touched)
        self._missing = sum(shortage.missing for shortage in shortages)
        self._advisories = advisories
        self._counters: Mapping[str, Callable[[], Decimal]] = {
            "unmet_staffing": lambda: Decimal(self._missing),
            "rotation_request": self._rotation_requests,
            "day_off_request": lambda: self._granted(RequestKind.DAY_OFF),
            "no_call_request": lambda: self._granted(RequestKind.NO_CALL, RequestKind.CALL),
            "fair_heavy_blocks": lambda: self._spread(self._heavy_blocks),
            "fair_call_points": lambda: self._spread(self._points, HistoryCountKind.POINTS),
            "fair_weekends": lambda: self._spread(self._weekends, HistoryCountKind.WEEKENDS),
            "fair_holidays": lambda: self._spread(self._holidays, HistoryCountKind.HOLIDAYS),
            "fair_nights": lambda: self._spread(self._nights, HistoryCountKind.NIGHTS),
            "fair_jeopardy": lambda: self._spread(self._jeopardies, HistoryCountKind.JEOPARDY),
            ADVISORIES: lambda: Decimal(self._advisories),
            "whole_weekends": self._whole_weekends,
            "isolated_nights": self._isolated_nights,
        }

    def score(self) -> Score:
        terms: dict[str, Decimal] = {}
        for tier in self._ground.program.objective:
            if tier.vacation_rank is not None:
                terms.setdefault(VACATION_RANK, self._vacation_points(tier.vacation_rank))
            for term, _ in tier.weights:
                if term not in terms and self._is_known(term):
                    terms[term] = self._counters[term]()
        tiers = {
            number: self._tier_value(tier, terms)
            for number, tier in enumerate(self._ground.program.objective, start=1)
        }
        return Score(terms, tiers)

    def _is_known(self, term: str) -> bool:
        return term in self._counters and (self._ground.judged.days or term in YEAR_TERMS)

    def _tier_value(self, tier: Tier, terms: Mapping[str, Decimal]) -> Decimal:
        """The sum of weight × count of the known terms, costs subtracted; vacation points are weighted."""
        total = Decimal(0)
        if tier.vacation_rank is not None:
            total += self._vacation_points(tier.vacation_rank)
        for term, weight in tier.weights:
            if term in terms:
                total += -weight * terms[term] if is_cost(term) else weight * terms[term]
        return total

    def _requests(self, *kinds: RequestKind) -> Iterable[Request]:
        return (request for request in self._ground.program.requests if request.kind in kinds)

    def _vacation_points(self, points: tuple[Decimal, ...]) -> Decimal:
        """The points of each ranked request whose week is in `vacations.csv`; past the last rank, nothing."""
        return sum(
            (
                points[request.rank - 1]
                for request in self._requests(RequestKind.VACATION)
                if request.rank is not None
                and 1 <= request.rank <= len(points)
                and self._wishes.has_week(request)
            ),
            Decimal(0),
        )

    def _rotation_requests(self) -> Decimal:
        """The weight of each request whose person has that rotation in that block."""
        requests = self._requests(RequestKind.ROTATION)
        return Decimal(sum(self._wishes.weight(r) for r in requests if self._wishes.has_rotation(r)))

    def _granted(self, *kinds: RequestKind) -> Decimal:
        return Decimal(sum(self._wishes.is_granted(request) for request in self._requests(*kinds)))

    def _spread(self, count: Callable[[str], Decimal], history: HistoryCountKind | None = None) -> Decimal:
        """Max - min inside each PGY, summed over the PGYs, among residents there all year."""
        earlier: dict[str, Decimal] = defaultdict(Decimal)
        for row in self._ground.program.history_counts:
            if row.kind is history:
                earlier[row.person] += row.count
        by_pgy: dict[int | None, list[Decimal]] = defaultdict(list)
        for person in self._ground.program.residents:
            if self._ground.is_there_all_year(person):
                by_pgy[person.pgy].append(count(person.id) + earlier[person.id])
        return sum((max(counts) - min(counts) for counts in by_pgy.values()), Decimal(0))

    def _heavy_blocks(self, person: str) -> Decimal:
        rotations = (self._ground.rotation_in(person, block) for block in self._ground.block_by_number)
        return Decimal(sum(1 for rotation in rotations if rotation and rotation.setting in HEAVY))

    def _points(self, person: str) -> Decimal:
        taken = (*self._calls[person].calls, *self._calls[person].jeopardies)
        return sum((one.call.points for one in taken), Decimal(0))

    def _jeopardies(self, person: str) -> Decimal:
        return Decimal(len(self._calls[person].jeopardies))

    def _weekends(self, person: str) -> Decimal:
        """Saturday-Sunday pairs with either day touched, each known by its Saturday."""
        saturdays = {
            day if day.weekday() == SATURDAY else day - ONE_DAY
            for day in self._touched[person]
            if day.weekday() in (SATURDAY, SUNDAY)
        }
        return Decimal(len(saturdays))

    def _holidays(self, person: str) -> Decimal:
        return Decimal(len(self._touched[person] & self._ground.holidays))

    def _night_dates(self, person: str) -> frozenset[date]:
        return frozenset(
            row.date
            for row, _, _ in self._ground.entries_of[person]
            if row.kind is AssignmentKind.ROTATION and row.session is Session.NIGHT
        )

    def _nights(self, person: str) -> Decimal:
        return Decimal(len(self._night_dates(person)))

    def _whole_weekends(self) -> Decimal:
        """Saturdays with Sunday, wholly in the year, that no work, vacation or absence touches."""
        pairs = [
            (day, day + ONE_DAY)
            for day in self._ground.dates
            if day.weekday() == SATURDAY and day + ONE_DAY in self._ground.block_of
        ]
        return Decimal(
            sum(
                not any(day in self._touched[person] or day in self._ground.away[person] for day in pair)
                for person in self._ground.residents
                for pair in pairs
            )
        )

    def _isolated_nights(self) -> Decimal:
        """NIGHT sessions with none of that person on the date before and after."""
        isolated = 0
        for person in self._ground.residents:
            nights = self._night_dates(person)
            isolated += sum(day - ONE_DAY not in nights and day + ONE_DAY not in nights for day in nights)
        return Decimal(isolated)
