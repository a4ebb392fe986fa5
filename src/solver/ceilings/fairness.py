"""How near to each other the totals of one PGY can come: counts that do not divide, and earlier years.

Whoever may take a call by PGY counts as able to. Only what must be shared out among residents that are
compared is counted on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from math import gcd, lcm

from src.interchange.model import Call, DutyType, Person, Session
from src.interchange.schedule import AssignmentKind, AssignmentRow
from src.solver.ceilings.crowds import Question
from src.solver.ceilings.spread import Pool, Share, can_all_be_even
from src.solver.ceilings.weekend import SATURDAY
from src.solver.daily.facts import ProgramFacts
from src.solver.daily.objective import history_of
from src.solver.year.facts import matches

Group = tuple[Person, ...]

OF_CALLS = frozenset({"fair_call_points", "fair_jeopardy"})
OF_DATES = frozenset({"fair_weekends", "fair_holidays", "fair_nights"})


class FairShares:
    """Bounds of the `fair_*` terms of days, each summed over the PGYs."""

    def __init__(self, question: Question, shared: ProgramFacts, kept: Sequence[AssignmentRow]) -> None:
        self._question = question
        self._shared = shared
        self._calendar = shared.calendar
        self._kept = kept
        days = range(self._calendar.days)
        self._solved = [day for day in days if self._calendar.block_of[day] in question.solved]

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Residents there all year, by PGY; two at least."""
        found: defaultdict[int | None, list[Person]] = defaultdict(list)
        for person in self._question.facts.residents:
            if self._question.facts.is_there_all_year(person):
                found[person.pgy].append(person)
        return tuple(tuple(group) for group in found.values() if len(group) > 1)

    def least(self, term: str) -> Fraction:
        """The term counts no less in any legal schedule."""
        if self._takes_points(term):
            return Fraction(0)
        pools = self._pools(term)
        alone = [pool.least_spread() for pool in pools]
        if term in OF_DATES:
            return sum(alone, Fraction(0))
        total = Fraction(0)
        for members in self._sharing(term):
            apart = sum((alone[each] for each in members), Fraction(0))
            total += apart or self._least_together(term, [pools[each] for each in members], members)
        return total

    def most(self, term: str) -> Fraction | None:
        """The term counts no more in any legal schedule; None = nothing is known."""
        if self._takes_points(term):
            return None
        return sum((pool.most_spread() for pool in self._pools(term)), Fraction(0))

    def _takes_points(self, term: str) -> bool:
        """Whether some call makes points fewer: no sum of them says anything then."""
        return term in OF_CALLS and any(self._weight(term, call) < 0 for call in self._question.program.calls)

    def _pools(self, term: str) -> list[Pool]:
        make = self._pool_of_calls if term in OF_CALLS else self._pool_of_dates
        return [make(term, group) for group in self.groups]

    def _pool_of_dates(self, term: str, group: Group) -> Pool:
        """Weekends, holidays, nights: each date counts once, whoever else works it."""
        dates = Fraction(self._dates(term))
        history = history_of(self._question.program, term)
        shares = tuple(Share(history.get(person.id, Fraction(0)), dates) for person in group)
        return Pool(shares, Fraction(1), Fraction(0), dates * len(group))

    def _dates(self, term: str) -> int:
        """How many there are in the year."""
        if term == "fair_holidays":
            return len(self._calendar.holidays)
        if term == "fair_weekends":
            days = range(-1, self._calendar.days)
            return sum(self._calendar.weekday(day) == SATURDAY for day in days)
        return sum(
            any(
                row.session is Session.NIGHT
                for rotation in self._question.program.rotations
                for row in self._shared.templates_on(rotation.id, day)
            )
            for day in range(self._calendar.days)
        )

    def _pool_of_calls(self, term: str, group: Group) -> Pool:
        calls = self._calls_of(term, [group])
        asked = [call for call in calls if self._question.demand_is_met and self._is_for(group, call)]
        least = self._sum(term, {call: call.min for call in asked})
        most = self._sum(term, {call: self._most_takers(call, group) for call in calls})
        alone = self._sum(term, dict.fromkeys(calls, 1))
        history = history_of(self._question.program, term)
        shares = tuple(
            Share(history.get(person.id, Fraction(0)) + self._kept_by(term).get(person.id, 0), alone)
            for person in group
        )
        return Pool(shares, _step([self._weight(term, call) for call in calls]), least, most)

    def _calls_of(self, term: str, groups: Iterable[Group]) -> list[Call]:
        """The calls that count and that any of the groups may take."""
        return [
            call
            for call in self._question.program.calls
            if self._weight(term, call) and any(matches(call.pgys, group[0].pgy) for group in groups)
        ]

    @cached_property
    def _held(self) -> Mapping[str, int]:
        """Call -> dates of solved blocks on which it is held."""
        return {
            call.id: sum(self._shared.holds(call, day) for day in self._solved)
            for call in self._question.program.calls
        }

    def _weight(self, term: str, call: Call) -> Fraction:
        if term == "fair_jeopardy":
            return Fraction(call.duty_type is DutyType.JEOPARDY)
        return Fraction(call.points)

    def _sum(self, term: str, takers: Mapping[Call, int]) -> Fraction:
        """What so many takers of each call come to over the year."""
        found = (self._weight(term, call) * count * self._held[call.id] for call, count in takers.items())
        return sum(found, Fraction(0))

    def _most_takers(self, call: Call, group: Group) -> int:
        return len(group) if call.max is None else min(call.max, len(group))

    def _is_for(self, group: Iterable[Person], call: Call) -> bool:
        """Whether nobody else may take the call."""
        inside = {person.id for person in group}
        residents = self._question.facts.residents
        return all(person.id in inside for person in residents if matches(call.pgys, person.pgy))

    def _kept_by(self, term: str) -> Mapping[str, Fraction]:
        """What the days that are not solved bring each resident."""
        call_of = self._question.program.call_by_id
        taken = {
            (row.person, row.date, row.id)
            for row in self._kept
            if row.kind in (AssignmentKind.CALL, AssignmentKind.JEOPARDY)
            and row.id in call_of
            and row.duty_type is call_of[row.id].duty_type
        }
        found: defaultdict[str, Fraction] = defaultdict(Fraction)
        for person, _, name in taken:
            found[person] += self._weight(term, call_of[name])
        return found

    def _sharing(self, term: str) -> list[list[int]]:
        """Groups by place, those together that take calls from one another."""
        found: list[list[int]] = [[place] for place in range(len(self.groups))]
        for call in self._question.program.calls:
            takers = {place for place, group in enumerate(self.groups) if matches(call.pgys, group[0].pgy)}
            if self._weight(term, call) and takers:
                met = [each for each in found if not takers.isdisjoint(each)]
                found = [each for each in found if takers.isdisjoint(each)]
                found.append([place for each in met for place in each])
        return found

    def _least_together(self, term: str, pools: Sequence[Pool], members: Sequence[int]) -> Fraction:
        """One step where not all of them can be even, since what they share does not divide."""
        groups = [self.groups[place] for place in members]
        everyone = [person for group in groups for person in group]
        calls = self._calls_of(term, groups)
        if not self._question.demand_is_met or any(
            call.max is None or not self._is_for(everyone, call) for call in calls
        ):
            return Fraction(0)
        least = self._sum(term, {call: call.min for call in calls})
        most = self._sum(term, {call: call.max or 0 for call in calls})
        if can_all_be_even(pools, least, most):
            return Fraction(0)
        return min(_least_gap(pool) for pool in pools)


def _step(amounts: Sequence[Fraction]) -> Fraction:
    """The largest step all amounts are whole multiples of; 0 for none."""
    scale = lcm(1, *(amount.denominator for amount in amounts))
    return Fraction(gcd(*(int(amount * scale) for amount in amounts)), scale) if amounts else Fraction(0)


def _least_gap(pool: Pool) -> Fraction:
    """The smallest spread of the pool that is more than 0."""
    first = pool.shares[0].before
    return _step([pool.step, *(abs(share.before - first) for share in pool.shares if share.before != first)])
