"""What a proof asks of the days of some blocks, and the input rows that ask it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from src.interchange.model import Call, Clinic, Person, Program, Staffing
from src.solver.daily.facts import ProgramFacts
from src.solver.plan import Ground


@dataclass(frozen=True, slots=True)
class Wanted:
    """Minima of calls and staffing rows, maxima of staffing rows, and room in the clinic.

    Nothing at all where residents fail alone.
    """

    calls: tuple[Call, ...] = ()
    staffing: tuple[Staffing, ...] = ()
    maxima: tuple[Staffing, ...] = ()
    clinics: tuple[Clinic, ...] = ()
    """Rows whose `max_at_once` is the least of their session."""

    @property
    def minima(self) -> tuple[Call | Staffing, ...]:
        return (*self.calls, *self.staffing)

    @property
    def asked(self) -> tuple[Call | Staffing | Clinic, ...]:
        return (*self.minima, *self.maxima, *self.clinics)

    def parts(self) -> Iterator[Wanted]:
        """All of it but one row, for each row."""
        for call in self.calls:
            yield replace(self, calls=_without(self.calls, call))
        for row in self.staffing:
            yield replace(self, staffing=_without(self.staffing, row))
        for row in self.maxima:
            yield replace(self, maxima=_without(self.maxima, row))
        for clinic in self.clinics:
            yield replace(self, clinics=_without(self.clinics, clinic))

    def rotations(self, shared: ProgramFacts) -> frozenset[str]:
        """The rotations on which one meets the minima, or counts for a maximum."""
        found: set[str] = set()
        for call in self.calls:
            found |= shared.call_rotations[call.id]
        for row in (*self.staffing, *self.maxima):
            found |= set(shared.program.expand(row.rotation))
        if self.clinics:
            found |= {rotation.id for rotation in shared.program.rotations if rotation.clinic}
        return frozenset(found)

    def counts(self, person: Person) -> bool:
        """Whether any of the rows speaks of the resident."""
        return bool(self.clinics) or self.is_met_by(person, (*self.minima, *self.maxima))

    def is_met_by(self, person: Person, rows: Collection[Call | Staffing] | None = None) -> bool:
        """Whether the resident helps to meet any of the rows (none given: any minimum)."""
        asked = self.minima if rows is None else rows
        return any(not row.pgys or person.pgy in row.pgys for row in asked)

    def in_program(self, program: Program, people: Collection[str]) -> Program:
        """The program with these people and these rows alone; other calls may be taken, none must."""
        named = {call.id for call in self.calls}
        staffing = (
            replace(
                row,
                min=row.min if row in self.staffing else 0,
                max=row.max if row in self.maxima else None,
            )
            for row in dict.fromkeys((*self.staffing, *self.maxima))
        )
        room = {(row.weekday, row.session): row.max_at_once for row in self.clinics}
        return replace(
            program,
            people=tuple(person for person in program.residents if person.id in people),
            calls=tuple(
                replace(call, min=call.min if call.id in named else 0, max=None) for call in program.calls
            ),
            staffing=tuple(staffing),
            clinics=tuple(
                replace(row, max_at_once=room.get((row.weekday, row.session), 0))
                for row in program.clinics
                if row.person in people
            ),
            call_pins=tuple(pin for pin in program.call_pins if pin.person in people),
            rotation_pins=(),
            requests=(),
            absences=tuple(row for row in program.absences if row.person in people),
            history=tuple(row for row in program.history if row.person in people),
            history_counts=(),
            objective=(),
        )

    def grounds(self) -> Iterator[Ground]:
        """The rows, maxima first: to raise one is what helps most."""
        for row in self.maxima:
            words = f"{row.rotation} takes at most {row.max} at work in the {row.session}"
            yield Ground("staffing.csv", row.row, words, most=True)
        for clinic in self.clinics:
            words = f"at most {clinic.max_at_once} are in clinic at once on weekday {clinic.weekday}, "
            yield Ground("clinics.csv", clinic.row, words + clinic.session, most=True)
        for call in self.calls:
            yield Ground("calls.csv", call.row, f"{call.id} needs {call.min}")
        for row in self.staffing:
            words = f"{row.rotation} needs {row.min} at work in the {row.session}"
            yield Ground("staffing.csv", row.row, words)


def rooms_in_clinic(program: Program) -> tuple[Clinic, ...]:
    """The row with the least `max_at_once` of each weekday and session that has a cap."""
    least: dict[tuple[int, str], Clinic] = {}
    for row in program.clinics:
        known = least.get((row.weekday, row.session))
        if row.max_at_once and (known is None or row.max_at_once < known.max_at_once):
            least[row.weekday, row.session] = row
    return tuple(least.values())


def _without[Row](rows: tuple[Row, ...], one: Row) -> tuple[Row, ...]:
    return tuple(row for row in rows if row is not one)
