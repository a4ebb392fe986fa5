"""A program without some of its rows, or with a limit of one row changed: other programs, to be tried.

A row that is left out asks nothing and limits nothing; who may do what stays as it is. Of a clinic session
it is the room that goes, of a rotation what it allows in a row or gives as days off, of a pack one rule.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from src.interchange.model import AbsenceStatus, Call, Coverage, Program, Rotation, Staffing
from src.quantities import count
from src.solver.daily.grounds import common_rule, days_off_rules, pack_rule
from src.solver.daily.wanted import Wanted, rooms_in_clinic
from src.solver.plan import Ground
from src.solver.problem import Limits, Problem
from src.solver.year.clash import RULE, VACATION_ROOM
from src.solver.year.clash_rows import UNSIZED, Key
from src.solver.year.model import Side
from src.solver.year.rules import pgy_words

ANY_NUMBER = 9
"""More vacation weeks than a block has."""
IN_A_ROW, ON_VACATION = "max_consecutive", "max_on_vacation"


def rows_of(problem: Problem) -> Mapping[Key, str]:
    """Every row that might be left out, in words; absences and pins, which are facts, come last."""
    found: dict[Key, str] = {}
    for key, words in (*_demands(problem.program), *_rules(problem), *_facts(problem.program)):
        found.setdefault(key, words)
    return found


def without(problem: Problem, keys: Collection[Key]) -> Problem:
    """The problem as it is when these rows say nothing."""
    program, gone = problem.program, frozenset(keys)
    open_rooms = {
        (row.weekday, row.session) for row in rooms_in_clinic(program) if Key("clinics.csv", row.row) in gone
    }
    left = replace(
        program,
        coverage=tuple(row for row in program.coverage if Key("coverage.csv", row.row) not in gone),
        staffing=tuple(row for row in program.staffing if Key("staffing.csv", row.row) not in gone),
        successions=tuple(row for row in program.successions if Key("successions.csv", row.row) not in gone),
        absences=tuple(row for row in program.absences if Key("absences.csv", row.row) not in gone),
        rotation_pins=tuple(row for row in program.rotation_pins if Key("pins.csv", row.row) not in gone),
        call_pins=tuple(row for row in program.call_pins if Key("pins.csv", row.row) not in gone),
        calls=tuple(
            replace(row, min=0, max=None) if Key("calls.csv", row.row) in gone else row
            for row in program.calls
        ),
        requirements=tuple(
            replace(row, min_blocks=0, max_blocks=None) if Key("requirements.csv", row.row) in gone else row
            for row in program.requirements
        ),
        clinics=tuple(
            replace(row, max_at_once=0) if (row.weekday, row.session) in open_rooms else row
            for row in program.clinics
        ),
        max_on_vacation=None if Key("program.toml", 0, ON_VACATION) in gone else program.max_on_vacation,
    )
    return replace(
        problem, program=_freer_rotations(left, gone), limits=_limits_without(problem.limits, gone)
    )


def with_limit(problem: Problem, key: Key, side: Side, by: int) -> Problem | None:
    """The problem with a limit of that row so much wider; None where the row has no such limit.

    A fact or a succession has one step: it goes.
    """
    if key.file in ("absences.csv", "pins.csv", "successions.csv"):
        return without(problem, [key]) if by == 1 and side is Side.LEAST else None
    program = problem.program
    down, up = (by, 0) if side is Side.LEAST else (0, by)
    if key.file == "coverage.csv":
        changed = replace(program, coverage=_wider(program.coverage, key.row, down, up))
    elif key.file == "staffing.csv":
        changed = replace(program, staffing=_wider(program.staffing, key.row, down, up))
    elif key.file == "calls.csv":
        changed = replace(program, calls=_wider(program.calls, key.row, down, up))
    elif key.file == "rotations.csv":
        changed = replace(program, rotations=_wider_rotations(program, key, up))
    elif key.file == "clinics.csv":
        room = next((row for row in program.clinics if row.row == key.row), None)
        rows = (
            replace(row, max_at_once=row.max_at_once + up)
            if row.max_at_once and room and (row.weekday, row.session) == (room.weekday, room.session)
            else row
            for row in program.clinics
        )
        changed = replace(program, clinics=tuple(rows))
    elif key.about == ON_VACATION:
        changed = replace(program, max_on_vacation=(program.max_on_vacation or 0) + up)
    elif key.file == "requirements.csv":
        changed = replace(
            program,
            requirements=tuple(
                replace(
                    row,
                    min_blocks=max(0, row.min_blocks - down),
                    max_blocks=None if row.max_blocks is None else row.max_blocks + up,
                )
                if row.row == key.row
                else row
                for row in program.requirements
            ),
        )
    else:
        return None
    return None if changed == program else replace(problem, program=changed)


def _wider[Row: (Coverage, Staffing, Call)](
    rows: tuple[Row, ...], number: int, down: int, up: int
) -> tuple[Row, ...]:
    return tuple(
        replace(row, min=max(0, row.min - down), max=None if row.max is None else row.max + up)
        if row.row == number
        else row
        for row in rows
    )


def _wider_rotations(program: Program, key: Key, up: int) -> tuple[Rotation, ...]:
    field = {IN_A_ROW: "max_consecutive", UNSIZED: "max_days_off", VACATION_ROOM: "vacation_weeks_max"}[
        key.about
    ]
    return tuple(
        replace(row, **{field: getattr(row, field) + up}) if row.row == key.row else row
        for row in program.rotations
    )


def _freer_rotations(program: Program, gone: frozenset[Key]) -> Program:
    rotations = tuple(
        replace(
            row,
            max_consecutive=None if Key("rotations.csv", row.row, IN_A_ROW) in gone else row.max_consecutive,
            max_days_off=None if Key("rotations.csv", row.row, UNSIZED) in gone else row.max_days_off,
            vacation_weeks_max=ANY_NUMBER
            if Key("rotations.csv", row.row, VACATION_ROOM) in gone
            else row.vacation_weeks_max,
        )
        for row in program.rotations
    )
    return replace(program, rotations=rotations)


def _limits_without(limits: Limits, gone: frozenset[Key]) -> Limits:
    keeps = frozenset(kind for kind in limits.keeps if _key_of_rule(common_rule(kind)) not in gone)
    rows = tuple(row for row in limits.rows if _key_of_rule(pack_rule(row)) not in gone)
    return replace(limits, keeps=keeps, rows=rows)


def _demands(program: Program) -> Iterator[tuple[Key, str]]:
    for covered in program.coverage:
        words = f"{covered.rotation} needs {_between(covered.min, covered.max)} of {pgy_words(covered.pgys)}"
        yield Key("coverage.csv", covered.row), words
    for call in program.calls:
        if call.min > 0 or call.max is not None:
            words = f"{call.id} needs {_between(call.min, call.max)} of {pgy_words(call.pgys)}"
            yield Key("calls.csv", call.row), words
    for staffed in program.staffing:
        needs = f"{staffed.rotation} needs {_between(staffed.min, staffed.max)} of {pgy_words(staffed.pgys)}"
        yield Key("staffing.csv", staffed.row), f"{needs} at work in the {staffed.session}"
    for required in program.requirements:
        if required.min_blocks > 0 or required.max_blocks is not None:
            due = _between(required.min_blocks, required.max_blocks)
            words = f"{pgy_words(required.pgys)} must do {due} blocks of {required.rotation}"
            yield Key("requirements.csv", required.row), words


def _rules(problem: Problem) -> Iterator[tuple[Key, str]]:
    program = problem.program
    for pair in program.successions:
        words = f"{pair.to_rotation} must not directly follow {pair.from_rotation}"
        yield Key("successions.csv", pair.row), words
    for rotation in program.rotations:
        if rotation.max_consecutive is not None:
            most = count(rotation.max_consecutive, "block")
            words = f"{rotation.id} may be done at most {most} in a row"
            yield Key("rotations.csv", rotation.row, IN_A_ROW), words
    for rotation in program.rotations if any(program.vacation_weeks.values()) else ():
        weeks = count(rotation.vacation_weeks_max, "vacation week")
        yield Key("rotations.csv", rotation.row, VACATION_ROOM), f"{rotation.id} allows {weeks} in a block"
    for ground in days_off_rules(program, [rotation.id for rotation in program.rotations]):
        yield Key("rotations.csv", ground.row or 0, UNSIZED), ground.words
    for ground in Wanted(clinics=rooms_in_clinic(program)).grounds():
        yield Key("clinics.csv", ground.row or 0), ground.words
    if program.max_on_vacation is not None:
        most = count(program.max_on_vacation, "trainee")
        yield Key("program.toml", 0, ON_VACATION), f"at most {most} may be on vacation in one week"
    for ground in (*map(common_rule, sorted(problem.limits.keeps)), *map(pack_rule, problem.limits.rows)):
        yield _key_of_rule(ground), ground.words


def _facts(program: Program) -> Iterator[tuple[Key, str]]:
    for absence in program.absences:
        if absence.status is AbsenceStatus.APPROVED:
            words = f"{absence.person} is absent from {absence.start_date} to {absence.end_date}"
            yield Key("absences.csv", absence.row), words
    for pin in program.rotation_pins:
        yield Key("pins.csv", pin.row), f"{pin.person} is pinned to {pin.rotation} in block {pin.block}"
    for taken in program.call_pins:
        yield Key("pins.csv", taken.row), f"{taken.person} is pinned to call {taken.call} on {taken.date}"


def _key_of_rule(ground: Ground) -> Key:
    return Key(ground.file, 0, f"{RULE} {ground.words}")


def _between(least: int, most: int | None) -> str:
    return f"at least {least}" if most is None else f"at least {least} and at most {most}"
