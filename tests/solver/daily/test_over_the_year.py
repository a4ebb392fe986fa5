"""Calls of a whole year against every third night: no legal stay is worth less than it takes."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest

from src.interchange.model import Absence, AbsenceStatus, Call, DutyType, Program, RotationPin, Setting
from src.interchange.schedule import Scope, SolveStatus
from src.planning.limits import limits_of
from src.solver.daily.over_the_year import SCALE, OverTheYear
from src.solver.engine import solve
from src.solver.plan import Cut, OnRotation, YearPlan
from src.solver.problem import Limits, Problem
from src.solver.result import Result
from src.solver.stop import Stop
from tests.compliance.structure.world import call
from tests.solver.small import MONDAY, covers, nobody, resident, rotation, weekday_session, year_tier
from tests.solver.small import program as small

EVERY_DAY = tuple(range(7))
WARD = rotation("WARD", row=2)
DESK = rotation("DESK", Setting.OUTPATIENT, row=3)
NIGHT = call(
    "NIGHT", weekdays=EVERY_DAY, start=time(18), minutes=600, min=2, max=2, rotations=("WARD",), row=2
)


def hospital(people: int, most: int, *, blocks: tuple[int, ...] = (14, 14), **more: Any) -> Program:
    """Two residents on call every night, of at most so many on the ward."""
    more.setdefault("calls", (NIGHT,))
    more.setdefault("rotations", [WARD, DESK])
    return small(
        tuple(resident(f"R{number}", row=2 + number) for number in range(people)),
        templates=(weekday_session("WARD", row=2), weekday_session("DESK", row=3)),
        coverage=(covers("WARD", 0, most, row=2),),
        rule_packs=("acgme-cpr-2023",),
        objective=(year_tier(rotation_request=1),),
        blocks=blocks,
        **more,
    )


def cuts(program: Program, **more: Any) -> tuple[Cut, ...]:
    return OverTheYear(Problem(program, **more)).short()


def solved(program: Program) -> Result:
    problem = Problem(program, limits=limits_of(program), workers=1, deterministic_limit=20.0)
    return solve(problem, Stop(100.0), nobody)


def test_a_year_of_short_blocks_that_has_too_few_for_every_third_night_is_refused_with_its_size() -> None:
    """Of 56 nights six residents take 54 at most, in whichever of the two blocks each takes more."""
    result = solved(hospital(8, most=6))
    assert result.status is SolveStatus.INFEASIBLE
    rows = {(conflict.file, conflict.row) for conflict in result.conflicts}
    assert rows == {("calls.csv", 2), ("coverage.csv", 2), ("program.toml", None)}
    assert "US-CALL3" in " ".join(conflict.message for conflict in result.conflicts)
    assert "Raise the maximum of coverage.csv row 2 by 1, to 7 (WARD)." in result.way_out
    assert result.notice is None, "each of the rows was shown to be needed"


def test_with_one_more_on_the_ward_the_same_nights_have_a_schedule() -> None:
    assert solved(hospital(8, most=7)).schedule is not None


def test_a_size_is_what_fewer_nights_would_spare() -> None:
    """With three a night and nine on the ward, one less a night is enough; with four, two less are."""
    (cut,) = cuts(hospital(12, most=6, calls=(replace(NIGHT, min=4, max=4),)))
    assert cut.at_least == SCALE * 3 * 4 * 28
    assert [ground.gain for ground in cut.grounds] == [SCALE * 3 * 28, 0]


@pytest.mark.parametrize(
    "more",
    [
        {"allow_unmet": True},
        {"scope": Scope.YEAR},
        {"blocks": (1,)},
        {"limits": Limits(keeps=frozenset({"weekly_hours"}))},
    ],
)
def test_nothing_is_said_where_nights_bind_nobody_or_a_part_of_the_year_is_asked(
    more: dict[str, Any],
) -> None:
    assert cuts(hospital(8, most=2), **more) == ()


@pytest.mark.parametrize(
    "other",
    [
        replace(NIGHT, duty_type=DutyType.HOME_CALL_AVAILABILITY),
        replace(NIGHT, start=time(2), minutes=300),
        replace(NIGHT, min=0),
    ],
)
def test_calls_that_are_no_nights_of_their_date_are_not_counted(other: Call) -> None:
    assert cuts(hospital(8, most=1, calls=(other,))) == ()


def test_calls_that_one_resident_can_take_on_one_date_are_one_night() -> None:
    early = replace(NIGHT, id="DAY", start=time(8), minutes=240, min=1, max=1, row=3)
    (cut,) = cuts(hospital(8, most=2, calls=(NIGHT, early)))
    assert cut.at_least == SCALE * 3 * 2 * 28


def test_a_pinned_rotation_may_be_left_out_so_its_resident_counts_everywhere() -> None:
    (cut,) = cuts(hospital(8, most=1, rotation_pins=(RotationPin("R0", 1, "DESK", row=2),)))
    assert 1 in {fact.block for _, fact in cut.terms if isinstance(fact, OnRotation) and fact.person == "R0"}


def test_no_legal_stay_takes_more_nights_than_it_is_worth() -> None:
    """Random plans, absences and vacation; nights are added as long as US-CALL3 holds, recounted here."""
    counted = full = 0
    for seed in range(80):
        dice = random.Random(seed)  # noqa: S311  # drawn alike every time
        program, plan = one_life(dice)
        (cut,) = cuts(program)
        days = range(sum(program.blocks))
        taken: set[int] = set()
        for day in dice.sample(days, len(days)):
            if is_there(program, plan, day) and holds(program, plan, taken | {day}):
                taken.add(day)
        worth = sum(factor for factor, fact in cut.terms if fact.person == "R0" and fact.holds_in(plan))
        assert SCALE * 3 * len(taken) <= worth, seed
        counted += len(taken)
        full += 3 * len(taken) > worth / SCALE - 3
    assert counted > 300
    assert full > 6, "so tight that one night less would be wrong"


def one_life(dice: random.Random) -> tuple[Program, YearPlan]:
    blocks = tuple(dice.choice((7, 9, 14, 28, 31)) for _ in range(dice.randint(1, 4)))
    last = sum(blocks) - 1
    weeks = dice.choice((0, 0, 1, 2))
    absences = []
    if dice.random() < 0.6:
        first = dice.randint(0, last)
        until = min(last, first + dice.randint(0, 30))
        gone = MONDAY + timedelta(first), MONDAY + timedelta(until)
        absences.append(Absence("R0", "sick", *gone, AbsenceStatus.APPROVED, row=2))
    ward = replace(WARD, vacation_weeks_max=weeks)
    program = hospital(2, most=1, blocks=blocks, rotations=[ward, DESK], absences=tuple(absences))
    numbers = range(1, len(blocks) + 1)
    where = {("R0", number): dice.choice(("WARD", "WARD", "WARD", "DESK")) for number in numbers}
    left = {number: weeks if where["R0", number] == "WARD" else 0 for number in numbers}
    away = []
    for monday in program.weeks:
        block = program.block_of(monday)
        ends_in = program.block_of(monday + timedelta(6))
        if block and ends_in and left[block] and where["R0", ends_in] == "WARD" and dice.random() < 0.5:
            left[block] -= 1
            away.append(("R0", monday, None))
    return program, YearPlan(where, frozenset(away))


def leave(program: Program, plan: YearPlan) -> set[date]:
    weeks = {monday + timedelta(each) for _, monday, _ in plan.vacations for each in range(7)}
    gone = {
        row.start_date + timedelta(each)
        for row in program.absences
        for each in range((row.end_date - row.start_date).days + 1)
    }
    return weeks | gone


def is_there(program: Program, plan: YearPlan, day: int) -> bool:
    block = program.block_of(MONDAY + timedelta(day))
    return plan.rotation["R0", block or 0] == "WARD" and MONDAY + timedelta(day) not in leave(program, plan)


def holds(program: Program, plan: YearPlan, taken: set[int]) -> bool:
    """US-CALL3 by definitions D3 and D4: windows by rotation, small ones by the block around them."""
    gone = {(day - MONDAY).days for day in leave(program, plan)}
    for window in windows(program, plan):
        counted = [day for day in window if day not in gone]
        spans = [counted] if len(counted) >= 7 else enclosing(program, counted, gone)
        for span in spans:
            if len(span) >= 7 and 3 * len(taken.intersection(span)) > len(span):
                return False
    return True


def windows(program: Program, plan: YearPlan) -> Iterator[Sequence[int]]:
    days = [plan.rotation["R0", program.block_of(MONDAY + timedelta(day)) or 0] for day in whole(program)]
    first = 0
    for day in range(1, len(days) + 1):
        if day == len(days) or days[day] != days[first]:
            yield from cut_up(range(first, day))
            first = day


def cut_up(segment: range) -> Iterator[range]:
    if len(segment) <= 31:
        yield segment
        return
    rest = len(segment) % 28
    whole_windows = len(segment) // 28
    for number in range(whole_windows):
        joins = number == whole_windows - 1 and 0 < rest < 7
        yield segment[28 * number : len(segment) if joins else 28 * (number + 1)]
    if rest >= 7:
        yield segment[28 * whole_windows :]


def enclosing(program: Program, counted: Sequence[int], gone: set[int]) -> list[list[int]]:
    numbers = {program.block_of(MONDAY + timedelta(day)) for day in counted}
    return [
        [
            day
            for day in whole(program)
            if program.block_of(MONDAY + timedelta(day)) == number and day not in gone
        ]
        for number in numbers
    ]


def whole(program: Program) -> range:
    return range(sum(program.blocks))
