"""A sceptic at the schedules of another maker: every changed, dropped or doubled row is named.

Rows are changed many at once, no two of one person and date together, and each must be named by its own row
number. What may be changed without breaking anything is tried row by row, and must then change the count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest

from src.compliance.structure import Examination, examine
from src.interchange.model import DutyType, Program, Session
from src.interchange.reader import load_program
from src.interchange.schedule import AssignmentKind, AssignmentRow, Schedule, VacationRow, YearRow
from src.interchange.schedule_files import load_schedule
from tests.compliance.structure.world import assert_places

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data are not beside this checkout"),
]

ADDED = 1_000_000
"""What is added to the number of a row that is written a second time."""

ONE_IN = {"tiny": 7, "fm-24": 397}
"""Of so many rows one is changed at a time; for the small program in turn each, for the large one some."""


@cache
def folders(name: str) -> tuple[Program, Schedule]:
    return load_program(SHARED / "programs" / name), load_schedule(SHARED / "schedules" / name)


def batches(name: str) -> Iterator[frozenset[int]]:
    """Row numbers to change together: every row in some batch for `tiny`, one batch for `fm-24`."""
    rows = folders(name)[1].assignments
    step = ONE_IN[name]
    for offset in range(step) if name == "tiny" else [17]:
        yield frozenset(row.row for row in rows[offset::step])


def examined(name: str, **changes: object) -> Examination:
    program, schedule = folders(name)
    found = examine(program, replace(schedule, **changes), ())
    assert_places(found)
    return found


def named_rows(found: Examination, file: str = "assignments.csv") -> set[int | None]:
    return {one.row for one in found.broken if one.file == file}


type Change = Callable[[AssignmentRow], AssignmentRow]


def moved(days: int) -> Change:
    by = timedelta(days=days)
    return lambda row: replace(row, date=row.date + by, start_at=row.start_at + by, end_at=row.end_at + by)


def other_session(row: AssignmentRow) -> AssignmentRow:
    return replace(row, session=Session.PM if row.session is Session.AM else Session.AM)


def other_kind(kind: AssignmentKind, instead: AssignmentKind) -> Change:
    return lambda row: replace(row, kind=kind if row.kind is not kind else instead)


def other_id(work_id: str) -> Change:
    return lambda row: replace(row, id=work_id if row.id != work_id else f"{work_id}X")


def other_duty(duty: DutyType) -> Change:
    return lambda row: replace(row, duty_type=duty if row.duty_type is not duty else DutyType.SELF_STUDY)


CHANGES: dict[str, Change] = {
    "person unknown": lambda row: replace(row, person="nobody"),
    "person faculty": lambda row: replace(row, person="F01"),
    "person empty": lambda row: replace(row, person=""),
    "date before": lambda row: replace(row, date=row.date - timedelta(days=1)),
    "date after": lambda row: replace(row, date=row.date + timedelta(days=1)),
    "date a week on": lambda row: replace(row, date=row.date + timedelta(days=7)),
    "date outside the year": lambda row: replace(row, date=date(2030, 1, 1)),
    "moved outside the year": moved(3650),
    "session": other_session,
    "session night": lambda row: replace(
        row, session=Session.PM if row.session is Session.NIGHT else Session.NIGHT
    ),
    "kind rotation": other_kind(AssignmentKind.ROTATION, AssignmentKind.CALL),
    "kind call": other_kind(AssignmentKind.CALL, AssignmentKind.CLINIC),
    "kind clinic": other_kind(AssignmentKind.CLINIC, AssignmentKind.JEOPARDY),
    "kind jeopardy": other_kind(AssignmentKind.JEOPARDY, AssignmentKind.ROTATION),
    "id of nothing": other_id("nothing"),
    "id of a rotation": other_id("ELEC"),
    "id of a call": other_id("JEO"),
    "id of leave": other_id("LEAVE"),
    "starts later": lambda row: replace(row, start_at=row.start_at + timedelta(minutes=30)),
    "starts a second early": lambda row: replace(row, start_at=row.start_at - timedelta(seconds=1)),
    "starts another day": lambda row: replace(row, start_at=row.start_at - timedelta(days=1)),
    "ends later": lambda row: replace(row, end_at=row.end_at + timedelta(minutes=1)),
    "ends earlier": lambda row: replace(row, end_at=row.end_at - timedelta(hours=1)),
    "ends before it starts": lambda row: replace(row, start_at=row.end_at, end_at=row.start_at),
    "lasts no time": lambda row: replace(row, end_at=row.start_at),
    "duty education": other_duty(DutyType.EDUCATION),
    "duty transition": other_duty(DutyType.TRANSITION),
    "duty jeopardy": other_duty(DutyType.JEOPARDY),
    "duty call": other_duty(DutyType.IN_HOUSE_CALL),
}


@pytest.mark.parametrize("name", ["tiny", "fm-24"])
def test_the_schedule_as_it_came_is_legal(name: str) -> None:
    assert examined(name).broken == ()


@pytest.mark.parametrize("what", CHANGES)
def test_every_changed_row_of_the_small_schedule_is_named(what: str) -> None:
    rows = folders("tiny")[1].assignments
    for batch in batches("tiny"):
        changed = tuple(CHANGES[what](row) if row.row in batch else row for row in rows)

        assert batch <= named_rows(examined("tiny", assignments=changed))


def test_changed_rows_of_the_large_schedule_are_named_whatever_was_changed() -> None:
    rows = folders("fm-24")[1].assignments
    kinds = list(CHANGES.values())
    (batch,) = batches("fm-24")
    for offset in range(3):
        turn = {row: kinds[(number + 10 * offset) % len(kinds)] for number, row in enumerate(sorted(batch))}
        changed = tuple(turn[row.row](row) if row.row in turn else row for row in rows)

        assert batch <= named_rows(examined("fm-24", assignments=changed))


@pytest.mark.parametrize("name", ["tiny", "fm-24"])
def test_every_doubled_row_is_named_at_both_places(name: str) -> None:
    rows = folders(name)[1].assignments
    for batch in batches(name):
        again = (replace(row, row=row.row + ADDED) for row in rows if row.row in batch)

        named = named_rows(examined(name, assignments=(*rows, *again)))

        assert {*batch, *(row + ADDED for row in batch)} <= named


@pytest.mark.parametrize("name", ["tiny", "fm-24"])
def test_every_dropped_row_is_missed(name: str) -> None:
    """A session by person and date; who takes a call or jeopardy at least once, by call and date."""
    rows = folders(name)[1].assignments
    for batch in batches(name):
        found = examined(name, assignments=tuple(row for row in rows if row.row not in batch))
        messages = " ".join(one.message for one in found.broken)
        for row in (row for row in rows if row.row in batch and not _is_lone_session(name, row)):
            lacks_row = f"{row.person} {row.date} {row.session} {row.id}: {row.duty_type} is to be worked"
            lacks_taker = f"{row.date}: 0 of"
            assert lacks_row in messages or (row.kind in _BY_TAKER and lacks_taker in messages)


_BY_TAKER = frozenset({AssignmentKind.CALL, AssignmentKind.JEOPARDY})


def _is_lone_session(name: str, row: AssignmentRow) -> bool:
    """Whether the row is all that its person works on a date that may be off: to drop it is a day off."""
    program, schedule = folders(name)
    may_be_off = {(t.rotation, t.session) for t in program.templates if t.may_be_off}
    beside = [one for one in schedule.assignments if (one.person, one.date) == (row.person, row.date)]
    return len(beside) == 1 and row.kind is AssignmentKind.ROTATION and (row.id, row.session) in may_be_off


def test_another_person_in_a_row_is_named_or_is_another_legal_schedule() -> None:
    """Work belongs to a person; a jeopardy may pass to someone else who is free, and then the count moves."""
    program, schedule = folders("tiny")
    before = examined("tiny")
    for row in schedule.assignments[::43]:
        for person in program.residents:
            if person.id == row.person:
                continue
            changed = replace(row, person=person.id)
            rows = tuple(changed if one is row else one for one in schedule.assignments)
            found = examined("tiny", assignments=rows)
            if found.broken:
                assert row.row in named_rows(found) or _is_filled_by_another(found, row)
            else:
                assert row.kind is AssignmentKind.JEOPARDY
                assert (found.score, found.figures) != (before.score, before.figures)


def _is_filled_by_another(found: Examination, row: AssignmentRow) -> bool:
    """The changed row is right for its new person (a date off, half of it): then the old one lacks it."""
    return any(f"{row.person} {row.date}" in one.message for one in found.broken)


def test_a_whole_date_given_off_beyond_need_changes_the_figures_only() -> None:
    _, schedule = folders("tiny")
    before = examined("tiny")
    ward_dates = sorted({(row.person, row.date) for row in schedule.assignments if row.id == "WARD"})
    legal = 0
    for person, day in ward_dates[::7]:
        rows = tuple(row for row in schedule.assignments if (row.person, row.date) != (person, day))
        found = examined("tiny", assignments=rows)
        if not found.broken:
            legal += 1
            assert found.figures["days_off_given"] == before.figures["days_off_given"] + 1
    assert legal > 0


def _year_variants(row: YearRow, program: Program) -> Iterator[tuple[YearRow, ...]]:
    """Dropped, doubled, and each column changed, in turn to something there is and to nothing."""
    turn = row.row % 3
    yield ()
    yield (row, replace(row, row=row.row + ADDED))
    someone = program.residents[row.row % len(program.residents)].id
    yield (replace(row, person=(someone, "F01", "nobody")[turn]),)
    yield (replace(row, block=(row.block % len(program.blocks) + 1, 0, 99)[turn]),)
    something = program.rotations[row.row % len(program.rotations)].id
    yield (replace(row, rotation=(something, "LEAVE", "nothing")[turn]),)


def test_every_change_of_the_year_is_named_at_its_row() -> None:
    program, schedule = folders("tiny")
    for row in schedule.year:
        for variant in _year_variants(row, program):
            if variant == (row,):
                continue
            rows = tuple(one for old in schedule.year for one in (variant if old is row else (old,)))
            found = examined("tiny", year=rows)
            assert {one.row for one in variant} <= named_rows(found, "year.csv")
            assert found.broken


def _vacation_variants(row: VacationRow, program: Program) -> Iterator[tuple[VacationRow, ...]]:
    yield ()
    yield (row, replace(row, row=row.row + ADDED))
    for person in ("R001", "R006", "F01", "nobody"):
        yield (replace(row, person=person),)
    for days in (-7, -1, 1, 7, 3650):
        yield (replace(row, week_start_date=row.week_start_date + timedelta(days=days)),)
    for rank in (None, 1, 2, 3):
        yield (replace(row, request_rank=rank),)


def test_every_change_of_the_vacations_is_named_at_its_row() -> None:
    program, schedule = folders("tiny")
    for row in schedule.vacations:
        for variant in _vacation_variants(row, program):
            if variant == (row,):
                continue
            rows = tuple(one for old in schedule.vacations for one in (variant if old is row else (old,)))
            found = examined("tiny", vacations=rows)
            assert found.broken
            assert {one.row for one in variant} <= named_rows(found, "vacations.csv")
