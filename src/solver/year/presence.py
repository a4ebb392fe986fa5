"""Who, of those a year plan puts on a rotation, is free for a session or a call of a date.

Nobody works while on vacation or absent, at clinic instead, on a day off granted, or on the morning after a
night.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from src.interchange.model import Call, DutyType, Person, RequestKind, Session
from src.solver.plan import OnRotation, OnVacation, YearPlan
from src.solver.year.facts import ONE_DAY, YearFacts, minute_of_day, reaches_next_date


@dataclass(frozen=True, slots=True)
class WishGranted:
    """True when the request of that row of requests.csv is granted."""

    row: int


Blocker = OnVacation | OnRotation | WishGranted


@dataclass(frozen=True, slots=True)
class Chance:
    """True when the person has one of `rotations` in the block and none of the blockers is true."""

    person: str
    block: int
    rotations: frozenset[str]
    blockers: tuple[Blocker, ...] = ()

    def holds_in(self, plan: YearPlan, granted: frozenset[int]) -> bool:
        if plan.rotation.get((self.person, self.block)) not in self.rotations:
            return False
        return not any(
            blocker.row in granted if isinstance(blocker, WishGranted) else blocker.holds_in(plan)
            for blocker in self.blockers
        )


class Presence:
    """Chances of residents to be at a session or to take a call."""

    def __init__(self, facts: YearFacts) -> None:
        self._facts = facts
        self._days_off: Mapping[tuple[str, date], list[WishGranted]] = _by_date(facts, RequestKind.DAY_OFF)
        self._no_calls: Mapping[tuple[str, date], list[WishGranted]] = _by_date(facts, RequestKind.NO_CALL)
        self._takers: dict[tuple[str, int, bool], frozenset[str]] = {}
        self._takers_of: dict[tuple[tuple[str, ...], frozenset[str]], frozenset[str]] = {}
        self._long: dict[tuple[str, Session, int, bool], bool] = {}

    def at_session(self, person: Person, rotation: str, day: date, session: Session) -> Chance | None:
        """The person works that session of the rotation; None where that cannot be."""
        block = self._facts.program.block_of(day)
        if block is None or rotation not in self._facts.options.get((person.id, block), ()):
            return None
        touched = self._touched(rotation, day, session)
        if not self._facts.away_dates[person.id].isdisjoint(touched):
            return None
        if any(row.session is session for row in self._facts.clinics_on(person.id, rotation, day)):
            return None
        is_first = day == self._facts.program.year_start_date
        if is_first and person.id in self._facts.post_call_at_start:
            return None
        if is_first and session is not Session.NIGHT and person.id in self._facts.post_night_at_start:
            return None
        blockers: list[Blocker] = []
        for touch in touched:
            if rotation in self._facts.vacation_rotations or self._facts.program.block_of(touch) != block:
                blockers += self._vacations(person.id, touch)
            blockers += self._days_off.get((person.id, touch), ())
        if session is not Session.NIGHT:
            blockers += self._nights_into(person.id, day, rotation)
        return Chance(person.id, block, frozenset([rotation]), tuple(dict.fromkeys(blockers)))

    def for_call(self, person: Person, call: Call, day: date) -> Chance | None:
        """The person may take that call; None where that cannot be."""
        block = self._facts.program.block_of(day)
        dates = self._facts.call_dates(call, day)
        if block is None or not self._facts.away_dates[person.id].isdisjoint(dates):
            return None
        if day == self._facts.program.year_start_date and person.id in self._facts.post_call_at_start:
            return None
        rotations = self._takers_among(self._facts.options.get((person.id, block), ()), call, day)
        if not rotations:
            return None
        blockers: list[Blocker] = list(self._no_calls.get((person.id, day), ()))
        for touch in dates:
            blockers += self._vacations(person.id, touch)
            if call.duty_type is not DutyType.JEOPARDY:
                blockers += self._days_off.get((person.id, touch), ())
        return Chance(person.id, block, rotations, tuple(dict.fromkeys(blockers)))

    def _takers_among(self, options: tuple[str, ...], call: Call, day: date) -> frozenset[str]:
        """Those of the rotations whose residents may take the call: all dates of a kind are alike."""
        facts = self._facts
        kind = (call.id, day.weekday(), day in facts.holidays)
        if kind not in self._takers:
            self._takers[kind] = frozenset(
                rotation
                for rotation in facts.call_rotations[call.id]
                if not _night_excludes(facts, rotation, call, day)
            )
        takers = self._takers[kind]
        known = self._takers_of.get((options, takers))
        if known is None:
            known = self._takers_of[options, takers] = takers.intersection(options)
        return known

    def _vacations(self, person: str, day: date) -> list[Blocker]:
        week = self._facts.week_of_date.get(day)
        return [] if week is None else [OnVacation(person, week.monday)]

    def _touched(self, rotation: str, day: date, session: Session) -> tuple[date, ...]:
        kind = (rotation, session, day.weekday(), day in self._facts.holidays)
        if kind not in self._long:
            self._long[kind] = any(
                row.session is session and reaches_next_date(minute_of_day(row), row.minutes)
                for row in self._facts.templates_on(rotation, day)
            )
        return (day, day + ONE_DAY) if self._long[kind] else (day,)

    def _nights_into(self, person: str, day: date, rotation: str) -> list[Blocker]:
        """Rotations of the block before that end with a night nobody may be off from."""
        eve_block = self._facts.program.block_of(day - ONE_DAY)
        if eve_block is None or eve_block == self._facts.program.block_of(day):
            return []
        if day - ONE_DAY in self._facts.away_dates[person]:
            return []
        bound = frozenset(
            other
            for other in self._facts.options.get((person, eve_block), ())
            if other != rotation
            and other not in self._facts.vacation_rotations
            and self._facts.surely_works_into(other, day)
        )
        return [OnRotation(person, eve_block, bound)] if bound else []


def _by_date(facts: YearFacts, kind: RequestKind) -> Mapping[tuple[str, date], list[WishGranted]]:
    found: defaultdict[tuple[str, date], list[WishGranted]] = defaultdict(list)
    for request in facts.program.requests:
        if request.kind is kind:
            for day in request.dates:
                found[request.person, day].append(WishGranted(request.row))
    return found


def _night_excludes(facts: YearFacts, rotation: str, call: Call, day: date) -> bool:
    """Whether a night session of that date that must be worked overlaps the call.

    Where the same residents take other calls, one of them may have made the night fall away.
    """
    others = (other for other in facts.program.calls if other.id != call.id)
    if any(rotation in facts.call_rotations[other.id] for other in others):
        return False
    start, end = minute_of_day(call), minute_of_day(call) + call.minutes + call.handover_minutes
    return any(
        row.session is Session.NIGHT
        and not row.may_be_off
        and (
            call.duty_type is DutyType.JEOPARDY
            or (minute_of_day(row) < end and start < minute_of_day(row) + row.minutes)
        )
        for row in facts.templates_on(rotation, day)
    )
