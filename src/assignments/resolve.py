"""From what a person asks for ("R001 takes WE on Saturday") to the intervals it means. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from src.assignments.schemas import AssignmentFields
from src.assignments.storage import CLINIC_ID
from src.compliance.structure.calls import session_by_start
from src.compliance.structure.ground import Ground
from src.compliance.structure.sessions import Timetable
from src.interchange.model import Call, DutyType, Person, PersonKind, Program, Session
from src.interchange.schedule import AssignmentKind, AssignmentRow, Schedule


class UnresolvedError(Exception):
    """The wish does not fit the program; the message is the reason, for a person."""


@dataclass(frozen=True, slots=True)
class Resolver:
    """Knows a program's sessions, calls and clinics by date."""

    program: Program
    ground: Ground
    timetable: Timetable

    @classmethod
    def of(cls, program: Program) -> Resolver:
        ground = Ground(program, Schedule())
        return cls(program, ground, Timetable(ground))

    def rows(self, wish: AssignmentFields) -> list[AssignmentRow]:
        """The intervals a wish means: one, or two for a call with a handover and the program's times.

        Raises UnresolvedError.
        """
        self._resident(wish.person)
        if self.program.block_of(wish.date) is None:
            raise UnresolvedError(f"{wish.date} is not in the year of the program")
        if wish.kind is AssignmentKind.ROTATION:
            found = [self._rotation(wish)]
        elif wish.kind is AssignmentKind.CLINIC:
            found = [self._clinic(wish)]
        else:
            found = self._call(wish)
        if wish.start_at is not None and wish.end_at is not None:
            found = [self._with_times(found[0], wish.start_at, wish.end_at)]
        if wish.duty_type is not None:
            found[0] = replace(found[0], duty_type=wish.duty_type)
        return found

    def _resident(self, code: str) -> Person:
        person = self.program.person_by_id.get(code)
        if person is None or person.kind is not PersonKind.RESIDENT:
            raise UnresolvedError(f"there is no resident {code}")
        return person

    def _rotation(self, wish: AssignmentFields) -> AssignmentRow:
        if wish.item not in self.program.rotation_by_id:
            raise UnresolvedError(f"there is no rotation {wish.item}")
        for piece in self.timetable.template_pieces(wish.item, wish.date):
            if piece.session is wish.session:
                return self._row(wish, piece.session, piece.start, piece.end, piece.duty_type)
        if wish.start_at is None:
            raise UnresolvedError(
                f"{wish.item} holds no {wish.session} session on {wish.date}; say start_at and end_at"
            )
        return self._row(wish, wish.session or Session.AM, 0, 60, DutyType.CLINICAL)

    def _clinic(self, wish: AssignmentFields) -> AssignmentRow:
        if wish.item != CLINIC_ID:
            raise UnresolvedError(f"the item of a clinic assignment is '{CLINIC_ID}', not '{wish.item}'")
        for clinic in self.program.clinics:
            if (clinic.person, clinic.weekday, clinic.session) == (
                wish.person,
                wish.date.weekday(),
                wish.session,
            ):
                start = self.ground.clock.instant(wish.date, clinic.start)
                end = start + 60 * clinic.minutes
                return self._row(wish, clinic.session, start, end, DutyType.CLINICAL)
        if wish.start_at is None:
            raise UnresolvedError(
                f"{wish.person} has no {wish.session} clinic on that weekday; say start_at and end_at"
            )
        return self._row(wish, wish.session or Session.AM, 0, 60, DutyType.CLINICAL)

    def _call(self, wish: AssignmentFields) -> list[AssignmentRow]:
        call = self.program.call_by_id.get(wish.item)
        if call is None:
            raise UnresolvedError(f"there is no call {wish.item}")
        if (call.duty_type is DutyType.JEOPARDY) != (wish.kind is AssignmentKind.JEOPARDY):
            raise UnresolvedError(f"{call.id} is of type {call.duty_type}, which is not kind {wish.kind}")
        start = self.ground.clock.instant(wish.date, call.start)
        end = start + 60 * call.minutes
        rows = [self._row(wish, session_by_start(self.ground.clock, start), start, end, call.duty_type)]
        if call.handover_minutes and wish.kind is AssignmentKind.CALL:
            rows.append(self._handover(wish, call, end))
        return rows

    def _handover(self, wish: AssignmentFields, call: Call, start: int) -> AssignmentRow:
        end = start + 60 * call.handover_minutes
        session = session_by_start(self.ground.clock, start)
        row = self._row(wish, session, start, end, DutyType.TRANSITION)
        return replace(row, date=self.ground.clock.date_of(start))

    def moved_handover(self, handover: AssignmentRow, call: AssignmentRow) -> AssignmentRow:
        """The handover of a call that was moved: as long as it was, from the call's present end on."""
        start, zone = call.end_at.timestamp(), self.program.zone
        if start == handover.start_at.timestamp():
            return replace(handover, person=call.person)
        end = start + handover.end_at.timestamp() - handover.start_at.timestamp()
        start_at = dt.datetime.fromtimestamp(start, zone)
        return replace(
            handover,
            person=call.person,
            date=start_at.date(),
            session=session_by_start(self.ground.clock, start),
            start_at=start_at,
            end_at=dt.datetime.fromtimestamp(end, zone),
        )

    def _with_times(self, row: AssignmentRow, start_at: dt.datetime, end_at: dt.datetime) -> AssignmentRow:
        local = start_at.astimezone(self.program.zone)
        if local.date() != row.date:
            raise UnresolvedError(
                f"start_at is on {local.date()} in {self.program.time_zone}, but date is {row.date}"
            )
        session = row.session
        if row.kind in (AssignmentKind.CALL, AssignmentKind.JEOPARDY):
            session = session_by_start(self.ground.clock, start_at.timestamp())
        return replace(row, start_at=local, end_at=end_at.astimezone(self.program.zone), session=session)

    def _row(
        self, wish: AssignmentFields, session: Session, start: int, end: int, duty_type: DutyType
    ) -> AssignmentRow:
        zone = self.program.zone
        return AssignmentRow(
            person=wish.person,
            date=wish.date,
            session=session,
            kind=wish.kind,
            id=wish.item,
            start_at=dt.datetime.fromtimestamp(start, zone),
            end_at=dt.datetime.fromtimestamp(end, zone),
            duty_type=duty_type,
        )
