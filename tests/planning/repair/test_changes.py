"""Somebody who leaves: out of the program where the year asks no more of them, else absent from then on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from src.interchange.model import AbsenceStatus, Program, Requirement
from src.planning.repair.changes import LEFT, AbsenceIn, BadChangeError, GoneIn, still_owing, with_changes
from src.planning.repair.repair_program import RepairOptions, repair_program
from src.solver.plan import YearPlan
from src.solver.stop import Stop
from tests.solver.hospital import MONDAY, hospital, run
from tests.solver.world import silent

SECOND = MONDAY + timedelta(14)
"""The first day of block 2."""


def plan(*mondays: date) -> YearPlan:
    rotations = {("A", 1): "DESK", ("A", 2): "WARD", ("C", 1): "WARD", ("C", 2): "DESK"}
    return YearPlan(rotations, frozenset(("A", monday, None) for monday in mondays))


def gone(person: str, on: date = SECOND) -> list[GoneIn]:
    return [GoneIn(person=person, from_date=on)]


def asking(person_track: str, *rows: Requirement) -> Program:
    """The hospital with rows of requirements for a track that C is on."""
    program = hospital()
    people = tuple(
        replace(person, track=person_track) if person.id == "C" else person for person in program.people
    )
    return replace(program, people=people, requirements=(*program.requirements, *rows))


def test_who_has_done_all_that_the_year_asks_owes_nothing() -> None:
    assert still_owing(hospital(), gone("A"), plan(MONDAY + timedelta(7))) == ()


def test_a_vacation_week_to_come_is_owed() -> None:
    assert still_owing(hospital(), gone("A"), plan(MONDAY + timedelta(14))) == ("A",)


@pytest.mark.parametrize(("rotation", "owing"), [("WARD", ()), ("DESK", ("C",))])
def test_blocks_to_come_are_owed(rotation: str, owing: tuple[str, ...]) -> None:
    program = asking("t", Requirement((), "t", rotation, 1, None, row=9))
    assert still_owing(program, gone("C"), plan()) == owing


def test_a_block_that_has_begun_counts() -> None:
    program = asking("t", Requirement((), "t", "DESK", 1, None, row=9))
    assert still_owing(program, gone("C", SECOND + timedelta(1)), plan()) == ()


def test_who_owes_nothing_is_out_of_the_program() -> None:
    changed = with_changes(hospital(), [], gone("C"))
    assert changed.person_by_id["C"].end_date == SECOND - timedelta(1)
    assert changed.absences == ()


def test_who_owes_is_absent_to_the_end_of_the_year() -> None:
    changed = with_changes(hospital(), [], gone("C"), ("C",))
    assert changed.person_by_id["C"].end_date is None
    (absence,) = changed.absences
    assert (absence.person, absence.kind, absence.start_date) == ("C", LEFT, SECOND)
    assert (absence.end_date, absence.status) == (changed.year_end_date, AbsenceStatus.APPROVED)


def test_somebody_unknown_owes_nothing_and_is_named() -> None:
    assert still_owing(hospital(), gone("nobody"), plan()) == ()
    with pytest.raises(BadChangeError):
        with_changes(hospital(), [], gone("nobody"))


def left(person: str) -> Program:
    """The hospital that somebody has left already."""
    people = hospital().people
    end = SECOND - timedelta(1)
    return replace(
        hospital(),
        people=tuple(replace(each, end_date=end) if each.id == person else each for each in people),
    )


def test_who_has_left_already_can_neither_be_away_nor_leave() -> None:
    away = AbsenceIn(person="C", start_date=SECOND, end_date=SECOND + timedelta(2))
    with pytest.raises(BadChangeError) as refused:
        with_changes(left("C"), [away], gone("C", SECOND + timedelta(1)))
    assert [error["pointer"] for error in refused.value.details["errors"]] == [
        "/body/absences/0/start_date",
        "/body/gone/0/from_date",
    ]
    assert all("C is not in the program" in error["message"] for error in refused.value.details["errors"])


def test_who_is_there_for_a_part_of_it_can_be_away() -> None:
    away = AbsenceIn(person="C", start_date=MONDAY, end_date=SECOND + timedelta(2))
    assert with_changes(left("C"), [away], []).absences


def test_a_departure_that_leaves_requirements_undone_can_be_repaired() -> None:
    """As somebody out of the program there would be no plan; as somebody absent there is a roster."""
    base = run(hospital()).schedule
    assert base is not None
    base = replace(base, denied=None)
    leaver = next(row.person for row in base.vacations if row.week_start_date >= SECOND)
    owing = still_owing(hospital(), gone(leaver), YearPlan.of_schedule(base))
    assert owing == (leaver,)
    changed = with_changes(hospital(), [], gone(leaver), owing)
    found = repair_program(changed, base, RepairOptions(from_date=SECOND, workers=2), Stop(30), silent)
    assert found.alternatives
    for each in found.alternatives:
        assert not [row for row in each.schedule.assignments if row.person == leaver and row.date >= SECOND]


@pytest.mark.parametrize("owing", [(), ("C",)])
def test_somebody_leaves_once(owing: tuple[str, ...]) -> None:
    """Who stays in the plan left on both dates, and nobody said so."""
    twice = [*gone("C"), *gone("C", SECOND + timedelta(7))]
    with pytest.raises(BadChangeError) as refused:
        with_changes(hospital(), [], twice, owing)
    (error,) = refused.value.details["errors"]
    assert error == {"pointer": "/body/gone/1/person", "message": "C is named as leaving already"}
