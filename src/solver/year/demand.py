"""What each date asks of the people a year plan puts there: staffing minima, and residents for calls.

A `Demand` counts residents who are on a rotation and free to work. All of them hold in every legal schedule.
There are thousands and few ever bind, so they are posted to a model only once a plan has broken them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import combinations
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from src.interchange.model import Call, DutyType, Staffing
from src.quantities import count
from src.solver.plan import YearPlan
from src.solver.stop import Stop
from src.solver.year.facts import YearFacts, matches, minute_of_day
from src.solver.year.model import Source, YearModel
from src.solver.year.presence import Chance, Presence
from src.solver.year.rules import pgy_words
from src.solver.year.wishes import Wishes

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

MOST_CALLS_TOGETHER = 4


@dataclass(frozen=True, slots=True)
class Demand:
    """At least `least` of the chances must come true; of one resident's chances no two ever do."""

    source: Source
    least: int
    chances: tuple[Chance, ...]

    def missing(self, plan: YearPlan, granted: frozenset[int]) -> int:
        """How many residents are short (negative: to spare) when requests of those rows are granted."""
        return self.least - sum(chance.holds_in(plan, granted) for chance in self.chances)


def demands(facts: YearFacts, blocks: Collection[int] = (), stop: Stop | None = None) -> tuple[Demand, ...]:
    """The staffing and call minima of every date of the blocks (none named = all), each set once.

    Once `stop` is cancelled nobody wants them any more: what is found by then is not all of them.
    """
    collector = _Collector(facts)
    for block in blocks or facts.block_numbers:
        for day in facts.dates_of_block[block]:
            if stop is not None and stop.cancelled:
                return collector.found()
            collector.add_staffing(day)
            collector.add_calls(day)
    return collector.found()


def demands_on(facts: YearFacts, day: date) -> tuple[Demand, ...]:
    """What one date asks."""
    collector = _Collector(facts)
    collector.add_staffing(day)
    collector.add_calls(day)
    return collector.found()


def broken_by(
    asked: Iterable[Demand], plan: YearPlan, granted: frozenset[int]
) -> tuple[list[Demand], list[Demand]]:
    """Demands that the plan breaks; and those of the same rows that it just meets."""
    missing = {demand: demand.missing(plan, granted) for demand in asked}
    broken = [demand for demand, short in missing.items() if short > 0]
    rows = {demand.source.place for demand in broken}
    met = [demand for demand, short in missing.items() if short == 0 and demand.source.place in rows]
    return broken, met


def post_demand(year: YearModel, wishes: Wishes, demand: Demand) -> None:
    """Make every plan of the model meet the demand."""
    terms: list[cp_model.IntVar] = []
    for chance in demand.chances:
        here = year.literals(chance.person, chance.block, chance.rotations)
        blockers = [literal for blocker in chance.blockers for literal in wishes.literals(year, blocker)]
        if here and blockers:
            terms.append(year.free(here, blockers))
        else:
            terms += here
    year.at_least(terms, demand.least, demand.source)


class _Collector:
    """Gathers demands, and keeps one of those that ask the same of the same people."""

    def __init__(self, facts: YearFacts) -> None:
        self._facts = facts
        self._presence = Presence(facts)
        self._found: dict[tuple[str, int | None, tuple[Chance, ...]], Demand] = {}
        self._known_groups: dict[tuple[tuple[str, int], ...], list[tuple[Call, ...]]] = {}

    def found(self) -> tuple[Demand, ...]:
        return tuple(self._found.values())

    def _ask(self, chances: list[Chance], least: int, source: Source) -> None:
        key = (source.file, source.row, tuple(chances))
        known = self._found.get(key)
        if known is None or known.least < least:
            self._found[key] = Demand(source, least, key[2])

    def add_staffing(self, day: date) -> None:
        """Residents actually working a session."""
        for row in self._facts.program.staffing:
            if row.min > 0 and is_staffed(self._facts, row, day):
                chances = [
                    chance
                    for person in self._facts.residents
                    if matches(row.pgys, person.pgy)
                    for rotation in self._facts.program.expand(row.rotation)
                    if (chance := self._presence.at_session(person, rotation, day, row.session))
                ]
                self._ask(chances, row.min, _staffing_source(row, day))

    def add_calls(self, day: date) -> None:
        """Enough eligible residents for each call, and distinct ones for calls that nobody can combine."""
        asked = tuple(call for call in self._facts.calls_on(day) if call.min > 0)
        alone = {
            (person.id, call.id): chance
            for call in asked
            for person in self._facts.residents
            if matches(call.pgys, person.pgy) and (chance := self._presence.for_call(person, call, day))
        }
        for group in self._groups_of(asked, day):
            found = (
                [each for call in group if (each := alone.get((person.id, call.id)))]
                for person in self._facts.residents
            )
            chances = [_any_of(mine) for mine in found if mine]
            self._ask(chances, sum(call.min for call in group), _call_source(group, day))

    def _groups_of(self, calls: tuple[Call, ...], day: date) -> list[tuple[Call, ...]]:
        """Single calls, and groups that nobody can combine though the same residents may take them."""
        key = tuple((call.id, _since_midnight(call, day, self._facts.program.zone)) for call in calls)
        if key not in self._known_groups:
            sizes = range(1, min(len(calls), MOST_CALLS_TOGETHER) + 1)
            groups = [group for size in sizes for group in combinations(calls, size)]
            self._known_groups[key] = [group for group in groups if self._is_rival(group, day)]
        return self._known_groups[key]

    def _is_rival(self, group: tuple[Call, ...], day: date) -> bool:
        zone = self._facts.program.zone
        reached, left = [group[0]], list(group[1:])
        while left:
            following = [call for call in left if any(self._share(call, other) for other in reached)]
            if not following:
                return False
            reached += following
            left = [call for call in left if call not in following]
        return all(exclude_each_other(one, other, day, zone) for one, other in combinations(group, 2))

    def _share(self, one: Call, other: Call) -> bool:
        rotations = self._facts.call_rotations
        alike = not one.pgys or not other.pgys or not set(one.pgys).isdisjoint(other.pgys)
        return alike and not rotations[one.id].isdisjoint(rotations[other.id])


def _any_of(chances: Sequence[Chance]) -> Chance:
    """A person for any call of a group: what keeps one from all of them keeps one from the group."""
    first, *others = chances
    if all((other.rotations, other.blockers) == (first.rotations, first.blockers) for other in others):
        return first
    rotations = first.rotations.union(*(other.rotations for other in others))
    kept = tuple(blocker for blocker in first.blockers if all(blocker in each.blockers for each in others))
    return Chance(first.person, first.block, rotations, kept)


def exclude_each_other(one: Call, other: Call, day: date, zone: ZoneInfo) -> bool:
    """Calls of one date that nobody can combine: overlapping ones, and any with jeopardy.

    By the clock alone, but on a date whose clocks go back: what is an hour longer may hold both.
    """
    if DutyType.JEOPARDY in (one.duty_type, other.duty_type):
        return True
    by_clock = _overlap(one, minute_of_day(one), other, minute_of_day(other))
    return by_clock and _overlap(
        one, _since_midnight(one, day, zone), other, _since_midnight(other, day, zone)
    )


def _overlap(one: Call, start: int, other: Call, second: int) -> bool:
    """Whether they do, hand-over and all, when they begin at those minutes."""
    end = start + one.minutes + one.handover_minutes
    return start < second + other.minutes + other.handover_minutes and second < end


def _since_midnight(call: Call, day: date, zone: ZoneInfo) -> int:
    """Minutes that have passed on the date when the call begins."""
    midnight, start = (datetime.combine(day, clock, zone).timestamp() for clock in (time(), call.start))
    return round(start - midnight) // 60


def is_staffed(facts: YearFacts, row: Staffing, day: date) -> bool:
    """Whether a staffing row asks for anyone on the date."""
    return facts.asks_on(row, day)


def _staffing_source(row: Staffing, day: date) -> Source:
    words = f"{row.rotation} needs {row.min} of {pgy_words(row.pgys)} at work in the {row.session} of {day}"
    return Source("staffing.csv", row.row, words, f"{day} {row.session}", demand=True)


def _call_source(calls: tuple[Call, ...], day: date) -> Source:
    names = " and ".join(call.id for call in calls)
    least = sum(call.min for call in calls)
    words = f"{names} {'needs' if len(calls) == 1 else 'need'} {count(least, 'eligible resident')} on {day}"
    return Source("calls.csv", calls[0].row, words, f"{day} {names}", demand=True)
