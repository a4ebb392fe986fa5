"""Averaging windows by rotation (D3, D4): the solver's, against the checker's and against the words."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.compliance.facts import facts_of
from src.compliance.packs import load_pack
from src.compliance.rules.timeline import MergedTime
from src.compliance.rules.windows import windows_of as checked_windows
from src.interchange.model import Absence, AbsenceStatus, HistoryInterval, Program
from src.interchange.schedule import Schedule
from src.solver.daily.facts import Fixed, PersonYear, ProgramFacts
from src.solver.daily.windows import Window, excluded_days, windows_of
from src.solver.expand import fixed_of_all
from src.solver.plan import YearPlan
from src.solver.problem import Limits
from tests.compliance.structure.world import CLINICAL, MONDAY, A, small_program
from tests.solver.world import before, plan_of

LIMITS = Limits()


def program_of(
    blocks: tuple[int, ...],
    leave: tuple[tuple[int, int], ...] = (),
    history: tuple[HistoryInterval, ...] = (),
) -> Program:
    """Blocks of those lengths, and absences from one day number to another."""
    absences = tuple(
        Absence("A", "loa", MONDAY + timedelta(first), MONDAY + timedelta(last), AbsenceStatus.APPROVED)
        for first, last in leave
    )
    return small_program(blocks=blocks, absences=absences, history=history, people=(A,))


def found_windows(program: Program, plan: YearPlan) -> tuple[Window, ...]:
    shared = ProgramFacts(program)
    fixed = fixed_of_all(program, shared, ()).get("A", Fixed())
    solved = frozenset(range(sum(program.blocks)))
    year = PersonYear(shared, program.residents[0], plan, solved, fixed)
    return windows_of(year, LIMITS, excluded_days(year))


def spans(program: Program, *rotations: str) -> list[tuple[int, int, int]]:
    """First day, last day and counted days of each window."""
    return [(w.first, w.last, w.counted) for w in found_windows(program, plan_of(A=rotations))]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (7, [(0, 6)]),
        (28, [(0, 27)]),
        (31, [(0, 30)]),
        (32, [(0, 31)]),
        (33, [(0, 32)]),
        (34, [(0, 33)]),
        (35, [(0, 27), (28, 34)]),
        (55, [(0, 27), (28, 54)]),
        (56, [(0, 27), (28, 55)]),
        (57, [(0, 27), (28, 56)]),
        (62, [(0, 27), (28, 61)]),
        (63, [(0, 27), (28, 55), (56, 62)]),
        (84, [(0, 27), (28, 55), (56, 83)]),
        (90, [(0, 27), (28, 55), (56, 89)]),
        (91, [(0, 27), (28, 55), (56, 83), (84, 90)]),
    ],
)
def test_a_long_rotation_is_cut_into_28_days_and_the_rest_joins_or_stands(
    days: int, expected: list[tuple[int, int]]
) -> None:
    assert spans(program_of((days,)), "WARD") == [(first, last, last - first + 1) for first, last in expected]


def test_blocks_of_one_rotation_in_a_row_are_one_segment() -> None:
    assert spans(program_of((14, 14)), "WARD", "WARD") == [(0, 27, 28)]


def test_another_rotation_between_cuts_the_segment() -> None:
    assert spans(program_of((14, 14, 14)), "WARD", "DESK", "WARD") == [
        (0, 13, 14),
        (14, 27, 14),
        (28, 41, 14),
    ]


def test_leave_does_not_cut_the_segment_but_is_not_counted() -> None:
    assert spans(program_of((28,), leave=((7, 13),)), "WARD") == [(0, 27, 21)]


def test_leave_that_is_worked_into_from_history_is_counted() -> None:
    program = program_of((28,), ((0, 6),), (before(-1, "18:00", 0, "06:00", CLINICAL),))
    assert spans(program, "WARD") == [(0, 27, 22)]


def test_history_that_ends_at_midnight_does_not_touch_the_leave_after_it() -> None:
    program = program_of((28,), ((0, 6),), (before(-1, "18:00", 0, "00:00", CLINICAL),))
    assert spans(program, "WARD") == [(0, 27, 21)]


def test_a_window_of_leave_alone_is_not_judged() -> None:
    assert spans(program_of((14, 14), leave=((0, 13),)), "WARD", "DESK") == [(14, 27, 14)]


def test_a_small_window_gives_way_to_the_block_that_holds_it() -> None:
    """Six counted days of the second rotation: its whole block of 14 days is judged, leave aside."""
    program = program_of((14, 14), leave=((14, 21),))
    assert spans(program, "WARD", "DESK") == [(0, 13, 14)]


def test_a_small_window_within_one_block_has_nothing_judged_when_the_block_is_small_too() -> None:
    assert spans(program_of((6, 14)), "WARD", "DESK") == [(6, 19, 14)]


def test_a_window_of_exactly_seven_counted_days_is_judged() -> None:
    assert spans(program_of((14, 14), leave=((14, 20),)), "WARD", "DESK") == [(0, 13, 14), (14, 27, 7)]


def test_a_joined_rest_may_leave_a_small_window_whose_blocks_are_judged() -> None:
    """Two blocks of a rotation; leave in most of it leaves six days, spread over both."""
    program = program_of((10, 10, 10), leave=((3, 16),))
    assert spans(program, "WARD", "WARD", "DESK") == [(20, 29, 10)]


def test_a_block_that_a_small_window_reaches_only_with_leave_is_not_judged_for_it() -> None:
    """The ward's last six counted days lie in block 2; of block 3 it holds nothing but leave."""
    program = program_of((28, 7, 14), leave=((28, 28), (35, 41)))
    assert spans(program, "WARD", "DESK", "DESK") == [(0, 27, 28), (28, 48, 13)]
    program = program_of((14, 7, 14, 14), leave=((14, 14), (21, 34)))
    assert spans(program, "WARD", "DESK", "DESK", "WARD") == [(0, 13, 14), (35, 48, 14)]


@settings(max_examples=60, deadline=None)
@given(
    blocks=st.lists(st.integers(3, 40), min_size=1, max_size=5),
    chosen=st.lists(st.sampled_from(["WARD", "DESK"]), min_size=5, max_size=5),
    leave=st.lists(st.tuples(st.integers(0, 120), st.integers(0, 30)), max_size=3),
    worked_into=st.booleans(),
)
def test_the_solver_judges_the_windows_that_the_checker_judges(
    blocks: list[int], chosen: list[str], leave: list[tuple[int, int]], worked_into: bool
) -> None:
    days = sum(blocks)
    spells = tuple((first, min(first + more, days - 1)) for first, more in leave if first < days)
    history = (before(-1, "18:00", 0, "06:00", CLINICAL),) if worked_into else ()
    program = program_of(tuple(blocks), spells, history)
    plan = plan_of(A=tuple(chosen[: len(blocks)]))
    mine = {(w.first, w.last, w.counted) for w in found_windows(program, plan)}
    assert mine == judged_by_the_checker(program, plan)


def judged_by_the_checker(program: Program, plan: YearPlan) -> set[tuple[int, int, int]]:
    facts = facts_of(program, Schedule(plan.year_rows(), plan.vacation_rows()))
    (person,) = facts.people
    parameters = load_pack("acgme-cpr-2023").parameters
    hours = MergedTime(person.duties)
    first = date.toordinal(program.year_start_date)
    return {
        (window.first_day - first, window.last_day - first, window.counted_days)
        for window in checked_windows(facts, person, hours, parameters)
        if not window.is_small and window.counted_days
    }
