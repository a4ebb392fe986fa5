"""What each date asks of the people a year plan puts there: staffing minima, and residents for calls.

What is posted here holds in every legal schedule; what the block's coverage already guarantees is not posted
at all.
"""

from __future__ import annotations

from datetime import date
from itertools import combinations

from src.interchange.model import Call, DutyType, Person, Staffing, days_between
from src.solver.year.facts import ONE_DAY, YearFacts, matches, minute_of_day, on_weekday
from src.solver.year.model import Source, YearModel
from src.solver.year.presence import Pool, Presence
from src.solver.year.rules import pgy_words
from src.solver.year.wishes import Wishes

MOST_CALLS_TOGETHER = 4


def add_demand(year: YearModel, wishes: Wishes) -> None:
    """Staffing and call minima of every date."""
    presence = Presence(year, wishes)
    minima = _Minima(year)
    for block in year.facts.block_numbers:
        for day in year.facts.dates_of_block[block]:
            minima.add_staffing(presence, block, day)
            minima.add_calls(presence, block, day)


class _Minima:
    """Posts "at least so many of these", once for equal sets of literals."""

    def __init__(self, year: YearModel) -> None:
        self._year = year
        self._facts = year.facts
        self._asked: dict[tuple[str, int | None, tuple[frozenset[int], frozenset[int]]], int] = {}
        self._known_sure: dict[tuple[tuple[int, ...], frozenset[str], int], int] = {}
        self._known_groups: dict[tuple[str, ...], list[tuple[Call, ...]]] = {}

    def _ask(self, pool: Pool, least: int, source: Source) -> None:
        key = (source.file, source.row, pool.key)
        if self._asked.get(key, 0) < least:
            self._asked[key] = least
            self._year.at_least(pool.there, least, source, pool.gone)

    def add_staffing(self, presence: Presence, block: int, day: date) -> None:
        """Residents actually working a session."""
        for row in self._facts.program.staffing:
            if (
                row.min > 0
                and block_has(self._facts, row, day)
                and not self._is_staffed_anyway(row, block, day)
            ):
                pool = Pool()
                for person in self._facts.residents:
                    if matches(row.pgys, person.pgy):
                        pool.add(presence.at_session(person, row.rotation, day, row.session))
                self._ask(pool, row.min, _staffing_source(row, block, day))

    def add_calls(self, presence: Presence, block: int, day: date) -> None:
        """Enough eligible residents for each call, and distinct ones for calls that nobody can combine."""
        asked = tuple(call for call in self._facts.calls_on(day) if call.min > 0)
        for group in self._groups_of(asked):
            if not self._is_guaranteed(group, block, day):
                self._ask_for(presence, group, day)

    def _groups_of(self, calls: tuple[Call, ...]) -> list[tuple[Call, ...]]:
        """Single calls, and groups that nobody can combine though the same residents may take them."""
        key = tuple(call.id for call in calls)
        if key not in self._known_groups:
            sizes = range(1, min(len(calls), MOST_CALLS_TOGETHER) + 1)
            groups = [group for size in sizes for group in combinations(calls, size)]
            self._known_groups[key] = [group for group in groups if self._is_rival(group)]
        return self._known_groups[key]

    def _is_rival(self, group: tuple[Call, ...]) -> bool:
        rotations = self._facts.call_rotations
        reached, left = [group[0]], list(group[1:])
        while left:
            following = [
                call
                for call in left
                if any(
                    _share_pgy(call.pgys, other.pgys) and rotations[call.id] & rotations[other.id]
                    for other in reached
                )
            ]
            if not following:
                return False
            reached += following
            left = [call for call in left if call not in following]
        return _nobody_combines(group)

    def _ask_for(self, presence: Presence, group: tuple[Call, ...], day: date) -> None:
        least = sum(call.min for call in group)
        last = max(touch for call in group for touch in self._facts.call_dates(call, day))
        ends = {week.monday: touch for touch in (day, last) if (week := self._facts.week_of_date.get(touch))}
        rivals = [
            person
            for person in self._facts.residents
            if any(matches(call.pgys, person.pgy) for call in group)
        ]
        for until in ends.values() or (day,):
            if presence.is_repeated(rivals, group, day, until):
                continue
            pool = Pool()
            for person in rivals:
                pool.add(self._able(presence, person, group, day, until))
            self._ask(pool, least, _call_source(group, day))

    def _able(
        self, presence: Presence, person: Person, group: tuple[Call, ...], day: date, until: date
    ) -> Pool:
        """The person for any call of the group; a single pool, or a union that may count too much."""
        pools = [
            presence.for_call(person, call, day, until) for call in group if matches(call.pgys, person.pgy)
        ]
        there = {literal.index: literal for pool in pools for literal in pool.there}
        common = [{v.index for v in pool.gone} for pool in pools if pool.there]
        gone = {v.index: v for pool in pools for v in pool.gone}
        kept = set.intersection(*common) if common else set()
        return Pool(list(there.values()), [v for index, v in gone.items() if index in kept])

    def _is_guaranteed(self, group: tuple[Call, ...], block: int, day: date) -> bool:
        """Whether the block's coverage alone leaves enough residents, whoever is away or wishes to be."""
        if self._year.allow_unmet:
            return False
        least = sum(call.min for call in group)
        for call in group:
            last = self._facts.call_dates(call, day)[-1]
            sure = self._sure_of(call.pgys, self._facts.call_rotations[call.id], block)
            if sure - self._in_doubt(call.pgys, day, last) < least:
                return False
        return True

    def _is_staffed_anyway(self, row: Staffing, block: int, day: date) -> bool:
        if self._year.allow_unmet or day == self._facts.dates_of_block[block][0]:
            return False
        sure = self._sure_of(row.pgys, frozenset([row.rotation]), block)
        return sure - self._in_doubt(row.pgys, day, day + ONE_DAY) - self._at_clinic(row, day) >= row.min

    def _at_clinic(self, row: Staffing, day: date) -> int:
        return sum(
            1
            for person in self._facts.residents
            if matches(row.pgys, person.pgy)
            and any(
                clinic.session is row.session
                for clinic in self._facts.clinics_on(person.id, row.rotation, day)
            )
        )

    def _sure_of(self, pgys: tuple[int, ...], rotations: frozenset[str], block: int) -> int:
        """Residents of those PGYs that coverage rows put on the rotations, vacations taken out."""
        key = (pgys, rotations, block)
        if key not in self._known_sure:
            self._known_sure[key] = self._count_sure(*key)
        return self._known_sure[key]

    def _count_sure(self, pgys: tuple[int, ...], rotations: frozenset[str], block: int) -> int:
        sure, at_risk = 0, 0
        counted: list[tuple[tuple[int, ...], frozenset[str]]] = []
        for row in sorted(self._facts.program.coverage, key=lambda row: -row.min):
            named = self._facts.expand_all([row.rotation])
            within = not pgys or (row.pgys and set(row.pgys) <= set(pgys))
            if (row.blocks and block not in row.blocks) or not named <= rotations or not within:
                continue
            if any(named & other and _share_pgy(row.pgys, whose) for whose, other in counted):
                continue
            counted.append((row.pgys, named))
            if named & self._facts.vacation_rotations:
                at_risk += row.min
            else:
                sure += row.min
        most_away = self._facts.program.max_on_vacation
        return sure + (0 if most_away is None else max(0, at_risk - most_away))

    def _in_doubt(self, pgys: tuple[int, ...], first: date, last: date) -> int:
        """Residents of those PGYs who are absent, or asked for no call or a day off, between two dates."""
        unsure = self._facts.unsure_on
        people = {person for day in days_between(first, last) for person in unsure.get(day, ())}
        pgy_of = self._facts.program.person_by_id
        return sum(1 for person in people if matches(pgys, pgy_of[person].pgy))


def _share_pgy(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return not one or not other or not set(one).isdisjoint(other)


def _nobody_combines(calls: tuple[Call, ...]) -> bool:
    """Calls of one date that exclude each other in pairs: overlapping ones, and any with jeopardy."""
    return all(_exclude_each_other(one, other) for one, other in combinations(calls, 2))


def _exclude_each_other(one: Call, other: Call) -> bool:
    if DutyType.JEOPARDY in (one.duty_type, other.duty_type):
        return True
    start, end = minute_of_day(one), minute_of_day(one) + one.minutes + one.handover_minutes
    second = minute_of_day(other)
    return start < second + other.minutes + other.handover_minutes and second < end


def block_has(facts: YearFacts, row: Staffing, day: date) -> bool:
    """Whether a staffing row asks for anyone on the date: not on holidays its session is not held on."""
    if not on_weekday(row.weekdays, day):
        return False
    return day not in facts.holidays or facts.holds_session(row.rotation, day, row.session)


def _staffing_source(row: Staffing, block: int, day: date) -> Source:
    words = (
        f"{row.rotation} needs {row.min} of {pgy_words(row.pgys)} at work in the {row.session} of {day} "
        f"(block {block})"
    )
    return Source("staffing.csv", row.row, words, f"{day} {row.session}", demand=True)


def _call_source(calls: tuple[Call, ...], day: date) -> Source:
    names = " and ".join(call.id for call in calls)
    least = sum(call.min for call in calls)
    words = f"{names} need {least} eligible residents on {day}"
    return Source("calls.csv", calls[0].row, words, f"{day} {names}", demand=True)
