"""A schedule as it stands: what each resident decided on, what follows from it, and what may change hands.

Days are days of the year, instants minutes (see `daily.calendar`). A resident's days follow from two
decisions alone, days off and calls; what of a schedule no decision explains is told, not guessed at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from src.interchange.model import DutyType, Program, Session
from src.interchange.schedule import AssignmentKind, AssignmentRow, Schedule
from src.solver.daily.calendar import minutes_of
from src.solver.daily.duties import CallDuty, Duty
from src.solver.daily.facts import Fixed, PersonYear, ProgramFacts, fixed_by
from src.solver.expand import home_date, session_by_start
from src.solver.plan import YearPlan
from src.solver.problem import Limits

STRETCH = 28
"""Days that are worked out together."""
CALL_KINDS = frozenset({AssignmentKind.CALL, AssignmentKind.JEOPARDY})


@dataclass(frozen=True, slots=True)
class Piece:
    """A duty that may change hands: a call of a start date, or a rotation's sessions of a date."""

    day: int
    item: str
    is_call: bool


class Span(NamedTuple):
    """One interval of one person, as a row of the schedule holds it."""

    start: int
    end: int
    day: int
    session: Session
    kind: AssignmentKind
    item: str
    duty_type: DutyType


@dataclass(frozen=True, slots=True)
class State:
    """What one resident decided on: days off, and calls taken."""

    off: frozenset[int]
    calls: frozenset[CallDuty]

    def near(self, first: int, last: int) -> dict[int, list[CallDuty]]:
        """The calls that start or end on a date of the stretch, by date."""
        found: defaultdict[int, list[CallDuty]] = defaultdict(list)
        for call in self.calls:
            if call.end_day >= first and call.day <= last:
                for day in {call.day, call.end_day}:
                    found[day].append(call)
        return found


class Holder:
    """One resident as the schedule has them."""

    def __init__(self, year: PersonYear, rows: Sequence[AssignmentRow]) -> None:
        self.year = year
        self.rows = rows
        self._spans_of_calls: dict[CallDuty, tuple[Span, ...]] = {}
        self._spans_by_stretch: dict[int, dict[int, list[Span]]] = {}
        """What the resident works as it stands, stretch by stretch, by day."""
        self.state = self._state_of(rows)

    @property
    def id(self) -> str:
        return self.year.person.id

    def _state_of(self, rows: Iterable[AssignmentRow]) -> State:
        shared, year = self.year.shared, self.year
        calls: set[CallDuty] = set()
        worked: set[int] = set()
        for row in rows:
            day = shared.calendar.day_of_date(row.date)
            call = shared.program.call_by_id.get(row.id)
            if row.kind not in CALL_KINDS:
                worked.add(day)
            elif call is not None and row.duty_type is call.duty_type and day in year.solved:
                calls.add(shared.call_duty(call, day))
        starts = {call.day for call in calls if not call.is_jeopardy}
        idle = frozenset(
            day for day in year.solved - worked - starts if year.due(day) and year.may_be_off(day)
        )
        taken = frozenset(calls)
        return State(idle & self.left_due(State(idle, taken)), taken)

    def left_due(self, state: State, days: range | None = None) -> frozenset[int]:
        """The days off of a state that take something away: sessions are due beside calls and nights."""
        found: set[int] = set()
        near = state.near(-2, len(self.year.rotation) + 2)
        for day in state.off if days is None else state.off.intersection(days):
            dropped = near.get(day, ())
            left = [duty for duty in self.year.due(day) if not any(call.drops(duty) for call in dropped)]
            night_ends = day - 1 not in state.off and any(
                duty.is_night
                and duty.end_day == day
                and not any(c.drops(duty) for c in near.get(day - 1, ()))
                for duty in self._due(day - 1)
            )
            if any(duty.session is Session.NIGHT or not night_ends for duty in left):
                found.add(day)
        return frozenset(found)

    def _due(self, day: int) -> tuple[Duty, ...]:
        return self.year.due(day) if 0 <= day < len(self.year.rotation) else ()

    def sessions(self, state: State, first: int, last: int) -> list[Duty]:
        """The template and clinic sessions of the stretch of days that are left to work in a state."""
        calls = self._standing_calls if state is self.state else state.near(first - 1, last)
        left: list[Duty] = []
        for day in range(first - 1, last + 1):
            if day in state.off:
                continue
            dropping = calls.get(day)
            if dropping is None:
                left += self._due(day)
            else:
                left += [duty for duty in self._due(day) if not any(call.drops(duty) for call in dropping)]
        post_night = {duty.end_day for duty in left if duty.is_night}
        return [
            duty
            for duty in left
            if duty.day >= first and (duty.session is Session.NIGHT or duty.day not in post_night)
        ]

    @cached_property
    def _standing_calls(self) -> Mapping[int, Sequence[CallDuty]]:
        """The calls as they stand that start or end on a date, by date."""
        return self.state.near(-self.year.shared.calendar.BEFORE, len(self.year.rotation))

    @cached_property
    def unexplained(self) -> frozenset[int]:
        """Days on which the schedule's rows are not what the decisions come to."""
        meant = self.spans(self.state, 0, len(self.year.rotation) - 1)
        there = [self.span_of(row) for row in self.rows]
        return frozenset(span.day for span in {*meant} ^ {*there})

    def span_of(self, row: AssignmentRow) -> Span:
        start, end = minutes_of(row.start_at), minutes_of(row.end_at)
        day = self.year.shared.calendar.day_of_date(row.date)
        return Span(start, end, day, row.session, row.kind, row.id, row.duty_type)

    def spans(self, state: State, first: int, last: int) -> list[Span]:
        """The intervals of a stretch of days in a state: those of sessions and calls that start in it."""
        if state is not self.state:
            return self._worked_out(state, first, last)
        found: list[Span] = []
        for number in range(first // STRETCH, last // STRETCH + 1):
            by_day = self._standing_spans(number)
            for day in range(max(first, number * STRETCH), min(last, (number + 1) * STRETCH - 1) + 1):
                found += by_day.get(day, ())
        return found

    def _standing_spans(self, number: int) -> Mapping[int, Sequence[Span]]:
        """What starts in a stretch as it stands, by day; worked out once. A handover goes with its call."""
        found = self._spans_by_stretch.get(number)
        if found is None:
            found = defaultdict(list)
            first, last = number * STRETCH, (number + 1) * STRETCH - 1
            for span in self._session_spans(self.state, first, last):
                found[span.day].append(span)
            for call in self.state.calls:
                if first <= call.day <= last:
                    found[call.day] += self._call_spans(call)
            self._spans_by_stretch[number] = found
        return found

    def _worked_out(self, state: State, first: int, last: int) -> list[Span]:
        found = self._session_spans(state, first, last)
        for call in state.calls:
            if first <= call.day <= last:
                found += self._call_spans(call)
        return found

    def _session_spans(self, state: State, first: int, last: int) -> list[Span]:
        return [
            Span(duty.start, duty.end, duty.day, duty.session, duty.kind, duty.id, duty.duty_type)
            for duty in self.sessions(state, first, last)
        ]

    def _call_spans(self, call: CallDuty) -> tuple[Span, ...]:
        found = self._spans_of_calls.get(call)
        if found is None:
            calendar, name = self.year.shared.calendar, call.call.id
            kind = AssignmentKind.JEOPARDY if call.is_jeopardy else AssignmentKind.CALL
            starts = [(call.start, call.end, call.call.duty_type)]
            if call.end_all > call.end and not call.is_jeopardy:
                starts.append((call.end, call.end_all, DutyType.TRANSITION))
            found = tuple(
                Span(
                    start,
                    end,
                    calendar.day_of(start),
                    session_by_start(calendar.at(start)),
                    kind,
                    name,
                    duty_type,
                )
                for start, end, duty_type in starts
            )
            self._spans_of_calls[call] = found
        return found

    def row_of(self, span: Span) -> AssignmentRow:
        """The span as a row of the schedule."""
        calendar = self.year.shared.calendar
        return AssignmentRow(
            self.id,
            calendar.date(span.day),
            span.session,
            span.kind,
            span.item,
            calendar.at(span.start),
            calendar.at(span.end),
            span.duty_type,
        )

    def pieces(self, first: int, last: int) -> Iterator[Piece]:
        """What the resident could hand over in a stretch of days: calls, and days that may be off."""
        for call in sorted(self.state.calls, key=lambda call: (call.day, call.call.id)):
            if first <= call.day <= last:
                yield Piece(call.day, call.call.id, is_call=True)
        for day in range(max(0, first), min(last, len(self.year.rotation) - 1) + 1):
            if self.gives_day(day):
                yield Piece(day, self.year.rotation[day] or "", is_call=False)

    def gives_day(self, day: int) -> bool:
        """Whether sessions of the rotation are worked on the date that might as well be off."""
        return (
            day in self.year.solved
            and day not in self.state.off
            and bool(self.year.due(day))
            and self.year.may_be_off(day)
            and any(duty.kind is AssignmentKind.ROTATION for duty in self.sessions(self.state, day, day))
        )


class Standing:
    """A schedule of a program, resident by resident as they are asked for."""

    def __init__(self, program: Program, schedule: Schedule, limits: Limits) -> None:
        self.program = program
        self.schedule = schedule
        self.limits = limits
        self.shared = ProgramFacts(program)
        self.plan = YearPlan.of_schedule(schedule)
        calendar = self.shared.calendar
        block_of = program.block_of
        blocks = {block_of(home_date(program, row)) for row in schedule.assignments} - {None}
        self.solved = frozenset(day for block in blocks for day in calendar.days_of_block[block or 0])
        self._rows: defaultdict[str, list[AssignmentRow]] = defaultdict(list)
        for row in schedule.assignments:
            self._rows[row.person].append(row)
        self._holders: dict[str, Holder] = {}

    def holder(self, person: str) -> Holder:
        """The resident of that id; raises KeyError for nobody."""
        found = self._holders.get(person)
        if found is None:
            found = self._make(person)
            self._holders[person] = found
        return found

    def _make(self, person: str) -> Holder:
        own = self.program.person_by_id[person]
        plan = YearPlan(
            {
                (person, block): self.plan.rotation[person, block]
                for block in self.shared.calendar.days_of_block
                if (person, block) in self.plan.rotation
            },
            frozenset(vacation for vacation in self.plan.vacations if vacation[0] == person),
        )
        fixed: Fixed = fixed_by(self.shared, person, self.program.history, ())
        return Holder(PersonYear(self.shared, own, plan, self.solved, fixed), self._rows[person])

    def rows(self, person: str) -> Sequence[AssignmentRow]:
        return self._rows.get(person, ())

    @cached_property
    def by_day(self) -> Mapping[int, Sequence[AssignmentRow]]:
        """All rows by the day they start on."""
        found: defaultdict[int, list[AssignmentRow]] = defaultdict(list)
        for row in self.schedule.assignments:
            found[self.shared.calendar.day_of_date(row.date)].append(row)
        return found

    def call_duty(self, piece: Piece) -> CallDuty:
        return self.shared.call_duty(self.program.call_by_id[piece.item], piece.day)
