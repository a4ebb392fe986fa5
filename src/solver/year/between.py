"""Looking ahead at sessions beside calls: what a date asks of the same residents, who cannot do two of it.

Who takes a call does not work the session that it replaces, nor the morning after it. Where all who could
work the session may take the calls too, as many must be there as session and calls ask for between them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from itertools import combinations

from src.interchange.model import Call, DutyType, Person, PostCall, Session, Staffing, Template
from src.quantities import count
from src.solver.plan import Cut, OnRotation, OnVacation, PlanFact, Present
from src.solver.year.facts import MINUTES_A_DAY, ONE_DAY, YearFacts, matches, minute_of_day
from src.solver.year.presence import Chance, Presence

MOST_CALLS_TOGETHER = 3

Begun = tuple[Call, int]
"""A call, and how many days before a date it begins."""


def look_between(facts: YearFacts, blocks: Collection[int] = ()) -> tuple[Cut, ...]:
    """The cuts of the dates of the blocks (none named = all), each set of residents once.

    They are not called proved: absences and clinics that they count on are not among their grounds.
    """
    between = _Between(facts)
    found: dict[tuple[int, tuple[tuple[int, PlanFact], ...]], Cut] = {}
    for block in blocks or facts.block_numbers:
        for day in facts.dates_of_block[block]:
            for cut in between.cuts(day, block):
                found.setdefault((cut.at_least, cut.terms), cut)
    return tuple(found.values())


class _Between:
    def __init__(self, facts: YearFacts) -> None:
        self._facts = facts
        self._presence = Presence(facts)
        self._known: dict[object, list[tuple[Begun, ...]]] = {}

    def cuts(self, day: date, block: int) -> Iterator[Cut]:
        """What the date asks."""
        first = self._facts.dates_of_block[block][0]
        for row in self._facts.program.staffing:
            if row.min > 0 and row.session is not Session.NIGHT and self._facts.asks_on(row, day):
                for calls in self._groups(row, day):
                    if all(day - ONE_DAY * before >= first for _, before in calls):
                        yield self._cut(row, calls, day)

    def _groups(self, row: Staffing, day: date) -> list[tuple[Begun, ...]]:
        """Sets of calls of the date and its eve no two of which one resident can take."""
        holidays = self._facts.holidays
        kind = (row, day.weekday(), day in holidays, day - ONE_DAY in holidays)
        if kind not in self._known:
            near = [
                (call, before)
                for before in (0, 1)
                for call in self._facts.calls_on(day - ONE_DAY * before)
                if call.min > 0 and self._keeps_all_from(row, (call, before), day)
            ]
            self._known[kind] = [
                group
                for size in range(1, min(len(near), MOST_CALLS_TOGETHER) + 1)
                for group in combinations(near, size)
                if all(_overlap(one, other) for one, other in combinations(group, 2))
            ]
        return self._known[kind]

    def _keeps_all_from(self, row: Staffing, begun: Begun, day: date) -> bool:
        """Whether all whom the row counts may take the call, and then do not work the session."""
        call, _ = begun
        rotations = self._facts.program.expand(row.rotation)
        counts = not call.pgys or (bool(row.pgys) and set(row.pgys) <= set(call.pgys))
        return (
            counts
            and call.duty_type is not DutyType.JEOPARDY
            and self._facts.call_rotations[call.id].issuperset(rotations)
            and all(
                _falls_away(session, begun)
                for rotation in rotations
                for session in self._facts.templates_on(rotation, day)
                if session.session is row.session
            )
        )

    def _cut(self, row: Staffing, calls: Sequence[Begun], day: date) -> Cut:
        least = row.min + sum(call.min for call, _ in calls)
        names = " and ".join(call.id for call, _ in calls)
        residents = count(least, "resident")
        words = f"{row.rotation} in the {row.session} of {day} and {names} need {residents} between them"
        terms = [
            (1, fact) for person in self._facts.residents for fact in self._facts_of(person, row, calls, day)
        ]
        return Cut(tuple(terms), least, words)

    def _facts_of(
        self, person: Person, row: Staffing, calls: Sequence[Begun], day: date
    ) -> Iterator[PlanFact]:
        """With which rotations the resident may work the session or take a call: there, and elsewhere."""
        there = frozenset(self._facts.program.expand(row.rotation))
        taking = [
            chance
            for call, before in calls
            if matches(call.pgys, person.pgy)
            and (chance := self._presence.for_call(person, call, day - ONE_DAY * before))
        ]
        working = [
            chance
            for rotation in sorted(there)
            if matches(row.pgys, person.pgy)
            and (chance := self._presence.at_session(person, rotation, day, row.session))
        ]
        elsewhere = frozenset(name for chance in taking for name in chance.rotations) - there
        for rotations in (there, elsewhere):
            mine = [each for each in (*working, *taking) if each.rotations & rotations]
            if mine:
                yield _any_of(mine, rotations)


def _any_of(chances: Sequence[Chance], rotations: frozenset[str]) -> PlanFact:
    """One of the chances, on those of the rotations that any of them names; weeks that spoil all spoil it."""
    first, *_ = chances
    named = frozenset(name for chance in chances for name in chance.rotations) & rotations
    weeks = [
        {blocker.monday for blocker in chance.blockers if isinstance(blocker, OnVacation)}
        for chance in chances
    ]
    spoilt = tuple(sorted(set.intersection(*weeks)))
    if spoilt:
        return Present(first.person, first.block, named, spoilt)
    return OnRotation(first.person, first.block, named)


def _overlap(one: Begun, other: Begun) -> bool:
    """Whether nobody can take both calls: they overlap, or one is post-call when the other begins."""
    (first, first_end), (second, second_end) = _times(one), _times(other)
    meet = first < second_end and second < first_end
    return meet or _bars(one, second) or _bars(other, first)


def _falls_away(session: Template, begun: Begun) -> bool:
    """Whether who takes the call does not work the session: it is replaced, or post-call."""
    (begin, end), start = _times(begun), minute_of_day(session)
    if begin < start + session.minutes and start < end:
        return True
    return _bars(begun, start)


def _bars(begun: Begun, start: int) -> bool:
    """Whether nothing may begin in that minute, on the date on which the call ends."""
    begin, end = _times(begun)
    bars = {PostCall.OFF_AFTER: end, PostCall.DAY_OFF: begin}.get(begun[0].post_call)
    return bars is not None and (end - 1) // MINUTES_A_DAY == start // MINUTES_A_DAY and start >= bars


def _times(begun: Begun) -> tuple[int, int]:
    """First and last minute of the call, handover included, from the midnight that begins the date."""
    call, before = begun
    begin = minute_of_day(call) - before * MINUTES_A_DAY
    return begin, begin + call.minutes + call.handover_minutes
