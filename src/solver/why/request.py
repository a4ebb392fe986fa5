"""What granting a denied request would take: tried in its neighbourhood, and no more said than was shown.

Requests about days and calls are tried in the academic blocks around them, rotations as they are. Requests
about vacations and rotations are tried on the whole year plan, days apart. A repaired plan gives a cost that
granting takes at most; that none exists is only said of what was tried.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from itertools import chain, repeat

from src.interchange.model import Program, Request, RequestKind
from src.interchange.schedule import AssignmentRow, Conflict, Schedule, Scope
from src.solver.advisories import count_advisories
from src.solver.daily.assemble import CancelledError
from src.solver.denied import denied_rows
from src.solver.plan import YearPlan
from src.solver.problem import Limits, Problem
from src.solver.repair.days import DaysRepair, words_of
from src.solver.repair.near import NearModel, Range, changed_cells
from src.solver.scoring import Scorer, is_cost
from src.solver.stop import Stop
from src.solver.swaps.standing import Standing
from src.solver.why.granting import Granting
from src.solver.why.otherwise import OtherWay, other_ways
from src.solver.why.year import YearTrial, try_year

DAYS_AROUND = 14
_ROW = re.compile(r"^(?P<file>[a-z_]+\.(?:csv|toml)):(?P<row>\d+)$")
YEAR_KINDS = frozenset({RequestKind.VACATION, RequestKind.ROTATION})


class Verdict(StrEnum):
    """What was found out about granting a request."""

    GRANTED = "granted"
    POSSIBLE = "possible"
    IMPOSSIBLE = "impossible"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class WhyDenied:
    """`words` say what the verdict rests on.

    `terms` are counts with the request granted less counts without, `score_change` that of the objective's
    tiers: granting costs at most so much. `people` would have other days (or rotations), `conflicts` are
    the rows that stand in the way, `otherwise` what could be had instead.
    """

    request: Request
    verdict: Verdict
    words: str
    terms: Mapping[str, Decimal]
    score_change: tuple[Decimal, ...]
    people: tuple[str, ...]
    cells: int
    conflicts: tuple[Conflict, ...]
    otherwise: tuple[OtherWay, ...]
    schedule: Schedule | None = None
    """The schedule that grants it, where days and calls were worked out; its `denied` is not."""


def why_denied(
    standing: Standing, request: Request, stop: Stop, *, seed: int = 1, workers: int = 4
) -> WhyDenied:
    """Try to grant the request around the schedule as it stands, until the stop."""
    asked = _Asked(standing, request, stop, seed, workers)
    if Scorer(standing.program, standing.schedule, Scope.BOTH).is_granted(request):
        return asked.answer(Verdict.GRANTED, "It is granted in the schedule as it stands now.")
    try:
        return asked.of_the_year() if request.kind in YEAR_KINDS else asked.of_days()
    except CancelledError:
        return asked.answer(Verdict.UNKNOWN, NOT_IN_TIME)


NONE_COSTS_LESS = "No way of granting it there is worth more."
COULD_BE_BETTER = "With it or without, these dates could be planned better than they stand."
IN_THE_WAY_TOO = "This row stands in its way too."
NOT_IN_TIME = "Not found out within the time: it may be possible or not."


class _Asked:
    def __init__(self, standing: Standing, request: Request, stop: Stop, seed: int, workers: int) -> None:
        self._standing = standing
        self._program: Program = standing.program
        self._limits: Limits = standing.limits
        self._request = request
        self._stop = stop
        self._seed = seed
        self._workers = workers

    def of_days(self) -> WhyDenied:
        """Days and calls around the dates, rotations as they are."""
        reach = self._reach()
        if reach is None:
            return self.answer(Verdict.IMPOSSIBLE, "None of its dates lies in the schedule.")
        problem = Problem(self._program, self._limits, seed=self._seed, workers=self._workers)
        near = NearModel(
            problem, self._standing.plan, self._standing, reach, self._stop, granted=(self._request,)
        )
        granting = Granting(near, self._stop, self._seed, self._workers)
        found = granting.find()
        first, last = (self._standing.shared.calendar.date(day) for day in (reach.first, reach.last))
        where = f"with all rotations as they are, and only days and calls from {first} to {last} moving"
        if found is None:
            if not granting.is_impossible:
                return self.answer(Verdict.UNKNOWN, NOT_IN_TIME)
            search = DaysRepair(near, self._stop, self._seed, self._workers)
            named = words_of(near, search.broken_tags())
            conflicts = tuple(Conflict(*each) for each in named if each[0] != "requests.csv")
            return self.answer(
                Verdict.IMPOSSIBLE, f"No legal schedule grants it {where}.", conflicts=conflicts
            )
        told = [f"It can be granted at the cost shown, at most: {where}."]
        told += [NONE_COSTS_LESS] if found.is_least else []
        told += [COULD_BE_BETTER] if found.could_be_better else []
        return self._costed(found.rows, " ".join(told))

    def of_the_year(self) -> WhyDenied:
        """The whole year plan, days and calls apart."""
        trial: YearTrial = try_year(self._standing, self._request, self._stop, self._seed, self._workers)
        if trial.plan is None:
            verdict = Verdict.IMPOSSIBLE if trial.is_impossible else Verdict.UNKNOWN
            words = trial.words if trial.is_impossible else NOT_IN_TIME
            return self.answer(verdict, words, conflicts=trial.conflicts)
        after = Schedule(trial.plan.year_rows(), trial.plan.vacation_rows())
        before = replace(
            after, year=self._standing.schedule.year, vacations=self._standing.schedule.vacations
        )
        terms, tiers = self._difference(before, after, Scope.YEAR)
        moved = trial.moved(self._standing.plan)
        words = (
            f"A year plan grants it at the cost shown, at most, with {len(moved)} rotations or weeks of "
            "others or their own moved; days and calls of those blocks would be planned anew and are not "
            "in the cost."
        )
        people = tuple(sorted({person for person, _ in moved}))
        return self.answer(Verdict.POSSIBLE, words, terms, tiers, people, len(moved))

    def _costed(self, rows: tuple[AssignmentRow, ...], words: str) -> WhyDenied:
        before = self._standing.schedule
        cells = changed_cells(before.assignments, rows)
        people = tuple(sorted({person for person, _ in cells}))
        after = replace(before, assignments=rows)
        terms, tiers = self._difference(before, after, Scope.BOTH, people)
        found = self.answer(Verdict.POSSIBLE, words, terms, tiers, people, len(cells))
        return replace(found, schedule=replace(after, denied=None, findings=None, result=None))

    def _difference(
        self, before: Schedule, after: Schedule, scope: Scope, people: tuple[str, ...] = ()
    ) -> tuple[dict[str, Decimal], tuple[Decimal, ...]]:
        """Counts and tiers, after less before; advisories are those of the people who change."""
        old = Scorer(self._program, before, scope, self._advisories(before, people)).score()
        new = Scorer(self._program, after, scope, self._advisories(after, people)).score()
        terms = {
            term: count - old.terms.get(term, Decimal(0))
            for term, count in new.terms.items()
            if count != old.terms.get(term, Decimal(0))
        }
        return terms, tuple(now - was for now, was in zip(new.tiers, old.tiers, strict=True))

    def _advisories(self, schedule: Schedule, people: tuple[str, ...]) -> int:
        if not people:
            return 0
        some = replace(
            self._program,
            people=tuple(person for person in self._program.people if person.id in people),
        )
        rows = [row for row in schedule.assignments if row.person in people]
        return count_advisories(some, YearPlan.of_schedule(schedule), rows, self._limits)

    def _reach(self) -> Range | None:
        calendar = self._standing.shared.calendar
        days = [calendar.day_of_date(day) for day in self._request.dates]
        inside = [day for day in days if day in self._standing.solved]
        if not inside:
            return None
        low, high = max(0, min(inside) - 1), min(calendar.days - 1, max(inside) + 1)
        blocks = {calendar.block_of[day] for day in range(low, high + 1) if day in self._standing.solved}
        first = max(0, min(inside) - DAYS_AROUND)
        return Range(first, min(calendar.days - 1, max(inside) + DAYS_AROUND), tuple(sorted(blocks)))

    def _in_the_way(self) -> tuple[Conflict, ...]:
        """The rows behind the reason that the schedule itself gives, which the first of them tells."""
        alone = replace(self._program, requests=(self._request,))
        found: list[Conflict] = []
        for row in denied_rows(alone, self._standing.schedule, Scope.BOTH):
            named = [_ROW.match(word) for word in row.blocking.split()]
            places = [(match["file"], int(match["row"])) for match in named if match is not None]
            words = chain((row.reason,), repeat(IN_THE_WAY_TOO))
            found += [
                Conflict(file, number, each) for (file, number), each in zip(places, words, strict=False)
            ]
            if not places:
                found.append(Conflict("requests.csv", self._request.row or None, row.reason))
        return tuple(dict.fromkeys(found))

    def answer(
        self,
        verdict: Verdict,
        words: str,
        terms: Mapping[str, Decimal] | None = None,
        tiers: tuple[Decimal, ...] = (),
        people: tuple[str, ...] = (),
        cells: int = 0,
        conflicts: tuple[Conflict, ...] = (),
    ) -> WhyDenied:
        """The answer, with what could be had instead unless it is granted already."""
        if not conflicts and verdict is not Verdict.GRANTED:
            conflicts = self._in_the_way()
        ways = () if verdict is Verdict.GRANTED else other_ways(self._standing, self._request)
        return WhyDenied(self._request, verdict, words, terms or {}, tiers, people, cells, conflicts, ways)


def cost_of(program: Program, terms: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """What a change of counts costs by term, at the objective's weights: more = worse."""
    weights: defaultdict[str, Decimal] = defaultdict(Decimal)
    for tier in program.objective:
        for term, weight in tier.weights:
            weights[term] += weight if is_cost(term) else -weight
    found = {term: weights[term] * count for term, count in terms.items() if term in weights}
    if "vacation_rank" in terms:
        found["vacation_rank"] = -terms["vacation_rank"]
    return found
