"""The sessions that templates and clinics would have people work, before anything stands in their way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import cached_property

from src.compliance.structure.ground import Ground
from src.interchange.model import Clinic, DutyType, Session, Template
from src.interchange.schedule import AssignmentKind

CLINIC_ID = "clinic"

type RowKey = tuple[Session, AssignmentKind, str, float, float, DutyType]
"""What a row of `assignments.csv` says beside its person and date; two equal keys are the same work."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One interval that someone should have as a row. `last_date` is the local date it ends on.

    `source` names the program's row it comes from. `demanded` False: it may be there, but need not.
    `call_row` is the row of duty that makes a call's rows due.
    """

    day: date
    session: Session
    kind: AssignmentKind
    id: str
    start: int
    end: int
    duty_type: DutyType
    last_date: date
    source: str
    may_be_off: bool = False
    demanded: bool = True
    call_row: int | None = None

    @property
    def key(self) -> RowKey:
        return (self.session, self.kind, self.id, self.start, self.end, self.duty_type)


class Timetable:
    """Template sessions by rotation and date, and clinics by person and date."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._pieces: dict[tuple[str, date], tuple[Piece, ...]] = {}

    def template_pieces(self, rotation: str, day: date) -> tuple[Piece, ...]:
        """What the rotation's week holds on a local date; not what is off on a holiday."""
        key = (rotation, day)
        found = self._pieces.get(key)
        if found is None:
            holiday = day in self._ground.holidays
            found = self._pieces[key] = tuple(
                self._template_piece(template, day)
                for template in self._templates.get((rotation, day.weekday()), ())
                if template.holidays or not holiday
            )
        return found

    def clinic_pieces(self, person: str, day: date) -> tuple[Piece, ...]:
        """The person's clinics of a date: never on a holiday, only while the rotation continues them."""
        clinics = self._clinics.get((person, day.weekday()), ())
        if not clinics or day in self._ground.holidays:
            return ()
        rotation = self._ground.rotation_on(person, day)
        if rotation is None or not rotation.clinic:
            return ()
        return tuple(self._clinic_piece(clinic, day) for clinic in clinics)

    def templates_of(self, rotation: str, weekday: int) -> tuple[Template, ...]:
        return tuple(self._templates.get((rotation, weekday), ()))

    @cached_property
    def _templates(self) -> Mapping[tuple[str, int], list[Template]]:
        found: dict[tuple[str, int], list[Template]] = defaultdict(list)
        for template in self._ground.program.templates:
            for weekday in template.weekdays or range(7):
                found[template.rotation, weekday].append(template)
        return found

    @cached_property
    def _clinics(self) -> Mapping[tuple[str, int], list[Clinic]]:
        found: dict[tuple[str, int], list[Clinic]] = defaultdict(list)
        for clinic in self._ground.program.clinics:
            found[clinic.person, clinic.weekday].append(clinic)
        return found

    def _template_piece(self, template: Template, day: date) -> Piece:
        start, end, last_date = self._span(day, template.start, template.minutes)
        return Piece(
            day=day,
            session=template.session,
            kind=AssignmentKind.ROTATION,
            id=template.rotation,
            start=start,
            end=end,
            duty_type=template.duty_type,
            last_date=last_date,
            source=f"templates.csv row {template.row}",
            may_be_off=template.may_be_off,
        )

    def _clinic_piece(self, clinic: Clinic, day: date) -> Piece:
        start, end, last_date = self._span(day, clinic.start, clinic.minutes)
        return Piece(
            day=day,
            session=clinic.session,
            kind=AssignmentKind.CLINIC,
            id=CLINIC_ID,
            start=start,
            end=end,
            duty_type=DutyType.CLINICAL,
            last_date=last_date,
            source=f"clinics.csv row {clinic.row}",
        )

    def _span(self, day: date, at: time, minutes: int) -> tuple[int, int, date]:
        """Start, end and last local date of something that lasts `minutes` of elapsed time."""
        start = self._ground.clock.instant(day, at)
        end = start + 60 * minutes
        return start, end, self._ground.clock.last_date(end)
