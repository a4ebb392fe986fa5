"""What is remembered of a saved state is what judging it again would say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import pytest

from src.assignments import judgement
from src.assignments.judgement import SavedPerson, SavedState, effect_of, judge_saved, known_of, make_frame
from src.assignments.prepared import Prepared
from src.compliance.facts import facts_of
from src.compliance.packs import packs_of
from src.compliance.rules import judge
from src.interchange.schedule import AssignmentRow, Schedule
from tests.factories.schedules_db import PEOPLE, ward_program, ward_schedule

PROGRAM = ward_program()
CONTENT = ward_schedule(PROGRAM)
FREE_DAYS = [day for day in PROGRAM.academic_blocks[0].dates if day.weekday() >= 5]


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    judgement._saved.clear()
    yield
    judgement._saved.clear()


def saved_ward() -> tuple[Prepared, SavedState, dict[str, SavedPerson]]:
    prepared, state = Prepared.of(PROGRAM), (uuid4(), 1)
    frame = make_frame(prepared, state, Schedule())
    return prepared, state, judge_saved(prepared, state, frame, PEOPLE, CONTENT)


def on(day: dt.date, person: str = "R1") -> AssignmentRow:
    """Work from morning to late evening on a day off."""
    model = next(row for row in CONTENT.assignments if row.person == person)
    start = dt.datetime.combine(day, dt.time(8), PROGRAM.zone)
    return replace(model, date=day, start_at=start, end_at=start + dt.timedelta(hours=16))


@pytest.mark.parametrize("count", [1, 4, 8])
def test_a_change_is_judged_as_the_whole_schedule_would_be(count: int) -> None:
    prepared, _, known = saved_ward()
    come = [on(day) for day in FREE_DAYS[:count]]
    gone = [row for row in CONTENT.assignments if row.person == "R2"][:count]
    effect = effect_of(prepared, known, gone, come)
    left = tuple(row for row in CONTENT.assignments if row not in gone)
    whole = judge(facts_of(PROGRAM, replace(CONTENT, assignments=(*left, *come))), packs_of(PROGRAM))
    assert effect.after == whole
    assert {finding.person for finding in effect.worse} <= {"R1"}


def test_taking_a_change_back_brings_the_saved_state_again() -> None:
    prepared, _, known = saved_ward()
    come = [on(day) for day in FREE_DAYS]
    there = effect_of(prepared, known, (), come)
    assert there.worse
    back = effect_of(prepared, there.people, come, ())
    assert {person: one.facts for person, one in back.people.items()} == {
        person: one.facts for person, one in known.items()
    }
    assert (back.after, back.removed) == (
        tuple(f for one in known.values() for f in one.findings),
        there.added,
    )


def test_a_row_that_stands_twice_goes_once() -> None:
    prepared, _, known = saved_ward()
    extra = on(FREE_DAYS[0])
    twice = effect_of(prepared, known, (), [extra, extra])
    once = effect_of(prepared, twice.people, [extra], ())
    assert once.people["R1"].facts == effect_of(prepared, known, (), [extra]).people["R1"].facts


def test_a_state_carried_over_holds_the_changed_and_the_others() -> None:
    prepared, before, known = saved_ward()
    after = (before[0], 2)
    touched = {"R1": known["R1"]}
    effect = effect_of(prepared, touched, (), [on(FREE_DAYS[0])])
    judgement.carry_over(before, after, effect.people)
    found = known_of(after, PEOPLE)
    assert found["R1"].facts == effect.people["R1"].facts
    assert found["R2"] is known["R2"]
    assert known_of(before, PEOPLE) == {}


def test_another_state_knows_nobody() -> None:
    _, state, _ = saved_ward()
    assert known_of((state[0], 2), PEOPLE) == {}
    assert known_of((uuid4(), 1), PEOPLE) == {}


def test_no_more_people_are_remembered_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judgement, "KEPT_IN_MEMORY", 2)
    _, state, _ = saved_ward()
    assert len(known_of(state, PEOPLE)) == 2
