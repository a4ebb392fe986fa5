"""Changes that reach beyond the dates that may move, or break what lies outside of them only."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from src.interchange.canonical import numbered
from src.interchange.model import Coverage, Program, Succession
from src.interchange.schedule import Schedule, SolveStatus
from src.planning.repair.changes import AbsenceIn, with_changes
from src.planning.repair.repair_program import RepairOptions, RepairSolved, repair_program
from src.solver.stop import Stop
from tests.solver.repair.test_nearest import ONE_DAY, assert_different_and_in_range, gone, span_of, stood
from tests.solver.world import silent


def mended(
    program: Program, base: Schedule, first: date, last: date, *, allow_unmet: bool = False
) -> RepairSolved:
    options = RepairOptions(from_date=first, to_date=last, allow_unmet=allow_unmet, workers=1)
    found = repair_program(program, base, options, Stop(60), silent)
    assert len(found.alternatives) == len(found.repaired.alternatives), "the checker refused one"
    assert_different_and_in_range(found, base, program, first, last)
    return found


def of_blocks(schedule: Schedule, blocks: set[int]) -> set[tuple[str, int, str]]:
    return {(row.person, row.block, row.rotation) for row in schedule.year if row.block in blocks}


@pytest.mark.parametrize("seed", [2009, 2034, 2048, 2055])
def test_who_leaves_keeps_the_rows_of_dates_that_may_not_move(seed: int) -> None:
    """Rotations, weeks and duties after the range stay as they are, and the checker lets them stand."""
    program, base = stood(seed)
    dice = random.Random(seed)  # noqa: S311 - a test's choice, no secret
    first, last = span_of(dice, program, "part")
    changed = numbered(gone(dice, program, first, last))
    found = mended(changed, base, first, last)
    assert found.repaired.status is SolveStatus.FEASIBLE
    kept = {
        block.number
        for block in program.academic_blocks
        if not (first <= block.start_date and block.end_date <= last)
    }
    for each in found.alternatives:
        assert of_blocks(each.schedule, kept) == of_blocks(base, kept)


@pytest.mark.parametrize(
    ("seed", "who", "start", "end", "days"),
    [(6002, "A", 1, 13, 2), (3002, "A", 13, 20, 16), (6011, "A", 1, 13, 4)],
)
def test_an_absence_that_goes_on_after_the_range_leaves_the_work_there(
    seed: int, who: str, start: int, end: int, days: int
) -> None:
    """Hours and free days count what is still to be worked: the search and the checker see the same."""
    program, base = stood(seed)
    first = program.year_start_date
    away = AbsenceIn(person=who, start_date=first + start * ONE_DAY, end_date=first + end * ONE_DAY)
    changed = with_changes(program, [away], [])
    last = first + timedelta(days - 1)
    found = mended(changed, base, first, last)
    assert found.alternatives
    for each in found.alternatives:
        assert not any(
            row.person == who and away.start_date <= row.date <= last for row in each.schedule.assignments
        )
        assert any("absent" in broken.message for broken in each.report.broken), "what stands is not told"


def not_after_one_another(program: Program) -> Program:
    names = [row.id for row in program.rotations]
    rules = tuple(Succession(one, two, (), row=8) for one in names for two in names)
    return replace(program, successions=rules)


def one_more_everywhere(program: Program) -> Program:
    rows = tuple(Coverage(row.id, (), (1,), 99, None, row=8) for row in program.rotations)
    return replace(program, coverage=rows)


def no_weeks_off(program: Program) -> Program:
    return replace(program, vacation_weeks=dict.fromkeys((1, 2), 7))


@pytest.mark.parametrize("change", [not_after_one_another, one_more_everywhere, no_weeks_off])
@pytest.mark.parametrize("allow_unmet", [False, True])
def test_a_new_rule_of_the_year_asks_nothing_of_blocks_that_may_not_move(
    change: Callable[[Program], Program], *, allow_unmet: bool
) -> None:
    """A few days of one block may move: no rotation and no week can."""
    program, base = stood(14)
    block = program.academic_blocks[0]
    first, last = block.start_date + ONE_DAY, block.end_date - ONE_DAY
    found = mended(numbered(change(program)), base, first, last, allow_unmet=allow_unmet)
    assert found.repaired.status is SolveStatus.FEASIBLE
    assert not found.repaired.troubles
    assert [each.comparison.cells for each in found.alternatives] == [0]


def test_a_rule_of_the_year_that_nobody_can_keep_is_named_with_its_row() -> None:
    program, base = stood(14)
    most = replace(program, rotations=tuple(replace(row, max_consecutive=1) for row in program.rotations))
    one = program.rotations[0].id
    changed = replace(
        most,
        requirements=tuple(
            replace(row, rotation=one, min_blocks=0, max_blocks=None) for row in program.requirements
        ),
    )
    found = mended(numbered(changed), base, program.year_start_date, program.year_end_date)
    assert found.repaired.status is SolveStatus.INFEASIBLE
    assert any(each.file in ("rotations.csv", "requirements.csv") for each in found.repaired.conflicts)


@pytest.mark.parametrize(("seed", "allowed"), [(8009, 0), (8023, 0)])
def test_fewer_days_off_than_were_given_is_a_trouble(seed: int, allowed: int) -> None:
    """It was not looked for: the schedule was handed on as it was, and the checker refused it."""
    program, base = stood(seed)
    fewer = tuple(replace(row, max_days_off=allowed) for row in program.rotations)
    changed = numbered(replace(program, rotations=fewer))
    found = mended(changed, base, program.year_start_date, program.year_end_date)
    assert any("days off on" in words for words in found.repaired.troubles)
    for each in found.alternatives:
        assert each.report.ok


def test_demand_that_a_wider_change_meets_is_not_left_open() -> None:
    """What one block cannot do alone, it can when the next one gives way."""
    program, base = stood(3002)
    coverage = Coverage("LAB", (2,), (1,), 1, None, row=9)
    changed = numbered(replace(program, coverage=(*program.coverage, coverage)))
    first, last = program.year_start_date, program.academic_blocks[1].end_date
    assert mended(changed, base, first, last).alternatives, "nothing meets it"
    lenient = mended(changed, base, first, last, allow_unmet=True)
    assert [each.comparison.unmet for each in lenient.alternatives][:1] == [0]
