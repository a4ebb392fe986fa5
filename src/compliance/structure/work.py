"""Item 3: what exactly each resident is to work, recomputed from year, vacations, calls and days off.

A session of a rotation's template is worked unless, in this order,

1. its date, or a date it would reach into, is a vacation or absence date;
2. it starts on a date after a call that closes the date (post-call);
3. it is an AM or PM session or a clinic on a date on which a NIGHT session worked ends (post-night);
4. it is a template session in whose session a clinic is held;
5. it is an AM or PM session or a clinic that overlaps a call or its handover (replaced by the call);
6. all that is left of its local start date may be off and is off, no clinic being held and no call starting.

A NIGHT session is not replaced by a call but excludes it. What a date is off for is seen from the rows: a
date is off where none of its sessions has a row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from src.compliance.structure.broken import Item
from src.compliance.structure.calls import PersonCalls, Taken, session_by_start
from src.compliance.structure.clock import seconds_of
from src.compliance.structure.ground import Entry, Ground
from src.compliance.structure.sessions import Piece, Timetable
from src.interchange.model import DutyType, Session, days_between
from src.interchange.schedule import AssignmentKind

OWN_WORK = frozenset({AssignmentKind.ROTATION, AssignmentKind.CLINIC})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a session of the timetable is not to be worked; `item` is what working it breaks.

    `dates` are the start dates of what stands against it, the session's own apart.
    """

    item: Item
    why: str
    dates: tuple[date, ...] = ()


@dataclass(slots=True)
class PersonWork:
    """What one resident is to have as rows, by the row's local date.

    `refused` holds the sessions of the timetable that are not to be worked. `nights` are the NIGHT sessions
    worked, `days_off` the dates given off, `could_be_off` those that might have been; all in order.
    """

    person: str
    due: dict[date, list[Piece]] = field(default_factory=lambda: defaultdict(list))
    refused: list[tuple[Piece, Refusal]] = field(default_factory=list)
    nights: list[Piece] = field(default_factory=list)
    days_off: list[date] = field(default_factory=list)
    could_be_off: list[date] = field(default_factory=list)


NONE_KNOWN: Mapping[str, PersonWork] = {}


def work_of(
    ground: Ground,
    timetable: Timetable,
    calls: Mapping[str, PersonCalls],
    known: Mapping[str, PersonWork] = NONE_KNOWN,
) -> Mapping[str, PersonWork]:
    """The work of every resident on the judged dates; `known` holds it already for some."""
    return {
        person: known.get(person) or _PersonDays(ground, timetable, person, calls[person]).walk()
        for person in ground.residents
    }


class _PersonDays:
    """Walks through one resident's year, date by date: a night decides about the date it ends on."""

    def __init__(self, ground: Ground, timetable: Timetable, person: str, calls: PersonCalls) -> None:
        self._ground = ground
        self._timetable = timetable
        self._person = person
        self._calls = calls
        self._away = ground.away[person]
        self._work = PersonWork(person)
        self._post_night = set(self._nights_of_history())
        self._call_dates = frozenset(taken.day for taken in calls.calls)
        self._calls_on = self._by_date_touched(calls.calls)
        self._entries_on: dict[date, list[Entry]] = defaultdict(list)
        for entry in ground.entries_of[person]:
            self._entries_on[entry.row.date].append(entry)

    def walk(self) -> PersonWork:
        if not self._ground.judged.days:
            return self._work
        for day in self._ground.dates:
            if day in self._ground.judged_date_set:
                self._judged_day(day)
            else:
                self._carry_over(day)
        for taken in (*self._calls.calls, *self._calls.jeopardies):
            self._rows_of_call(taken)
        return self._work

    def _judged_day(self, day: date) -> None:
        rotation = self._ground.rotation_on(self._person, day)
        templates = () if rotation is None else self._timetable.template_pieces(rotation.id, day)
        clinics = self._timetable.clinic_pieces(self._person, day)
        if not templates and not clinics:
            return
        # Nights first: one that ends on its own start date leaves that date no AM, PM or clinic.
        nights = [p for p in templates if p.session is Session.NIGHT and self._is_free_for(p)]
        post_night = day in self._post_night or any(piece.last_date == day for piece in nights)
        held = [piece for piece in clinics if self._is_free_for(piece, post_night=post_night)]
        left = [*nights, *(piece for piece in held if not self._is_replaced(piece))]
        for piece in templates:
            if piece.session is Session.NIGHT or not self._is_free_for(piece, post_night=post_night):
                continue
            if any(clinic.session is piece.session for clinic in held):
                self._refuse(piece, Item.WORK, "the clinic replaces it")
            elif not self._is_replaced(piece):
                left.append(piece)
        if self._is_off(day, left):
            self._work.days_off.append(day)
            return
        self._work.due[day] += left
        self._work.nights += nights
        self._post_night.update(piece.last_date for piece in nights)

    def _is_free_for(self, piece: Piece, *, post_night: bool = False) -> bool:
        """Whether neither an absence nor what went before keeps the person from a session."""
        reached = self._away_date(piece)
        if reached is not None:
            why = f"the person is {self._away[reached]} on {reached}"
            return self._refuse(piece, Item.VACATIONS, why)
        for closure in self._calls.closures.get(piece.day, ()):
            if closure.closes(piece.start):
                return self._refuse(piece, Item.POST_CALL, f"it starts in {closure.why}", *closure.dates)
        if post_night:
            nights = (night.day for night in self._work.nights if night.last_date == piece.day)
            return self._refuse(piece, Item.WORK, "a night ends on that date", *nights)
        return True

    def _away_date(self, piece: Piece) -> date | None:
        if piece.day in self._away:
            return piece.day
        if piece.last_date > piece.day:
            return next((day for day in days_between(piece.day, piece.last_date) if day in self._away), None)
        return None

    def _is_replaced(self, piece: Piece) -> bool:
        """Whether a call takes the place of a session; never of a NIGHT session, which excludes it."""
        if piece.session is Session.NIGHT:
            return False
        for taken in self._touching(piece):
            if taken.start < piece.end and piece.start < taken.end:
                self._refuse(piece, Item.WORK, f"{taken.call.id} of {taken.day} replaces it", taken.day)
                return True
        if self._overlaps_history(piece):
            self._refuse(piece, Item.WORK, "last year's call replaces it")
            return True
        return False

    def _touching(self, piece: Piece) -> Iterable[Taken]:
        if piece.last_date <= piece.day:
            return self._calls_on.get(piece.day, ())
        return [t for day in days_between(piece.day, piece.last_date) for t in self._calls_on.get(day, ())]

    def _overlaps_history(self, piece: Piece) -> bool:
        """A call of last year that ends on the first day is a call like any other."""
        return any(
            closure.source is None and piece.start < closure.instant
            for closure in self._calls.closures.get(piece.day, ())
        )

    def _refuse(self, piece: Piece, item: Item, why: str, *dates: date) -> bool:
        self._work.refused.append((piece, Refusal(item, why, dates)))
        return False

    def _is_off(self, day: date, left: list[Piece]) -> bool:
        """Whether the date is a day off: everything left of it may be off, and nothing of it has a row."""
        if not left or day in self._call_dates or not all(piece.may_be_off for piece in left):
            return False
        sessions = {piece.session for piece in left}
        entries = self._entries_on.get(day, ())
        if any(row.kind in OWN_WORK and row.session in sessions for row, _, _ in entries):
            self._work.could_be_off.append(day)
            return False
        return True

    def _rows_of_call(self, taken: Taken) -> None:
        """The rows of a call: its duty, and its handover on the local date that one starts on."""
        clock = self._ground.clock
        kind = AssignmentKind.JEOPARDY if taken.is_jeopardy else AssignmentKind.CALL
        spans = [(taken.start, taken.duty_end, taken.call.duty_type)]
        if taken.end > taken.duty_end:
            spans.append((taken.duty_end, taken.end, DutyType.TRANSITION))
        for start, end, duty_type in spans:
            day = clock.date_of(start)
            self._work.due[day].append(
                Piece(
                    day=day,
                    session=session_by_start(clock, start),
                    kind=kind,
                    id=taken.call.id,
                    start=start,
                    end=end,
                    duty_type=duty_type,
                    last_date=clock.last_date(end),
                    source=f"calls.csv row {taken.call.row}",
                    demanded=taken.day in self._ground.judged_date_set,
                    call_row=taken.row,
                )
            )

    def _carry_over(self, day: date) -> None:
        """A date that is not judged stands as it is: its nights decide about the dates they end on."""
        for row, start, end in self._entries_on.get(day, ()):
            if row.kind is AssignmentKind.ROTATION and row.session is Session.NIGHT:
                last_date = self._ground.clock.last_date(end)
                self._post_night.add(last_date)
                self._work.nights.append(
                    Piece(
                        day,
                        row.session,
                        row.kind,
                        row.id,
                        int(start),
                        int(end),
                        row.duty_type,
                        last_date,
                        f"row {row.row}",
                        demanded=False,
                    )
                )

    def _nights_of_history(self) -> Iterator[date]:
        for interval in self._ground.history_of.get(self._person, ()):
            if interval.duty_type is DutyType.NIGHT_FLOAT:
                last_date = self._ground.clock.last_date(seconds_of(interval.end_at))
                if last_date == self._ground.program.year_start_date:
                    yield last_date

    @staticmethod
    def _by_date_touched(calls: tuple[Taken, ...]) -> Mapping[date, tuple[Taken, ...]]:
        found: dict[date, tuple[Taken, ...]] = {}
        for taken in calls:
            for day in days_between(taken.day, taken.last_date):
                found[day] = (*found.get(day, ()), taken)
        return found
