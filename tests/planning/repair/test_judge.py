"""Repairs as judged: what stood before where nothing may move is let stand, what is new is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import pytest

from src.compliance.check import Checked, checked
from src.interchange.model import Absence, AbsenceStatus, Coverage, Program, RuleOverride, Staffing
from src.interchange.schedule import AssignmentKind, ResultFile, Schedule, Scope, Severity, SolveStatus
from src.planning.generation.covered import covered_blocks
from src.planning.generation.solve_program import IllegalScheduleError
from src.planning.limits import limits_of
from src.planning.repair.judge import Judge, JudgedRepair
from src.planning.repair.repair_program import RepairOptions, RepairSolved, repair_program
from src.solver.expand import home_date
from src.solver.repair.model import Alternative, Repaired, RepairProblem
from src.solver.stop import Stop
from src.solver.swaps.standing import Standing
from tests.factories.schedules_db import START
from tests.planning.generation.test_narrowed import busy_ward, rest_of, solved
from tests.solver.hospital import MONDAY, hospital, run
from tests.solver.world import silent


def day(number: int) -> date:
    return MONDAY + timedelta(number)


@cache
def stood() -> Schedule:
    schedule = run(hospital()).schedule
    assert schedule is not None
    return schedule


def two_every_tuesday() -> Program:
    """A rule that is new today: two at work in the ward on Tuesday mornings, of all weeks."""
    program = hospital()
    row = Staffing("WARD", (1,), program.staffing[0].session, (), 2, 2, row=3)
    return replace(program, staffing=(*program.staffing, row))


def with_a_tuesday_off(schedule: Schedule) -> Schedule:
    """Nobody but one works in the ward on the first Tuesday."""
    there = [row for row in schedule.assignments if row.id == "WARD" and row.date == day(1)]
    spared = sorted({row.person for row in there})[1:]
    kept = (row for row in schedule.assignments if row not in there or row.person not in spared)
    return replace(schedule, assignments=tuple(kept))


def mended(program: Program, base: Schedule, **options: object) -> RepairSolved:
    return repair_program(program, base, RepairOptions(workers=2, **options), Stop(30), silent)  # type: ignore[arg-type]


def test_a_new_rule_does_not_ask_for_another_past() -> None:
    base = with_a_tuesday_off(stood())
    found = mended(two_every_tuesday(), base, from_date=day(7), allow_unmet=False)
    assert found.repaired.status is SolveStatus.FEASIBLE
    assert found.alternatives
    for each in found.alternatives:
        before = {row for row in base.assignments if row.date < day(7)}
        assert {row for row in each.schedule.assignments if row.date < day(7)} == before


def test_in_the_range_the_new_rule_holds() -> None:
    base = with_a_tuesday_off(stood())
    found = mended(two_every_tuesday(), base, from_date=day(0), allow_unmet=False)
    assert found.alternatives
    for each in found.alternatives:
        assert each.report.ok


@pytest.mark.parametrize("from_day", [0, 14])
def test_a_further_pack_is_kept_from_the_first_date_that_may_move(from_day: int) -> None:
    """New York asks for eight hours between duties: what broke it in the range is mended, the past stays."""
    program = replace(hospital(), rule_packs=("us-ny-405",))
    base = replace(stood(), denied=None)
    found = mended(program, base, from_date=day(from_day))
    assert found.alternatives
    for each in found.alternatives:
        hard = [one for one in each.report.findings if one.severity is Severity.HARD]
        assert all(one.window_start_at.date() < day(from_day) for one in hard)
        assert {row for row in each.schedule.assignments if row.date < day(from_day)} == {
            row for row in base.assignments if row.date < day(from_day)
        }


def hours_a_week(hours: int) -> RuleOverride:
    """A rule that is new today, and holds for all weeks."""
    dates = (MONDAY - timedelta(60), MONDAY + timedelta(60))
    agreed = ("agreed", "the board", *dates)
    return RuleOverride("acgme-cpr-2023", None, "weekly_minutes", 60 * hours, *agreed, row=2)


@pytest.mark.parametrize(("hours", "first", "last"), [(45, 10, 12), (40, 6, 27), (30, 20, 27)])
def test_a_window_that_stood_broken_and_begins_before_the_range_stays_so_and_gets_no_worse(
    hours: int, first: int, last: int
) -> None:
    """Such repairs ended `infeasible`: what had been worked before the range was over the new limit."""
    program = replace(hospital(), rule_overrides=(hours_a_week(hours),))
    base = replace(stood(), denied=None)
    found = mended(program, base, from_date=day(first), to_date=day(last), allow_unmet=False)
    assert found.repaired.status is SolveStatus.FEASIBLE
    assert found.alternatives
    assert len(found.alternatives) == len(found.repaired.alternatives), "the checker refused one"
    before = {
        (one.person, one.rule, one.window_start_at): one.value
        for one in checked(program, base).report.findings
        if one.severity is Severity.HARD
    }
    for each in found.alternatives:
        for one in each.report.findings:
            if one.severity is Severity.HARD:
                assert not day(first) <= one.window_start_at.date() <= day(last)
                assert one.value <= before[one.person, one.rule, one.window_start_at]


def test_a_window_that_begins_in_the_range_is_not_excused() -> None:
    program = replace(hospital(), rule_overrides=(hours_a_week(20),))
    base = replace(stood(), denied=None)
    found = mended(program, base, from_date=day(6), allow_unmet=False).repaired
    assert found.status is SolveStatus.INFEASIBLE
    assert any("US-80 from 2026-07-20" in each.message for each in found.conflicts)


def test_days_off_that_were_given_before_the_range_stay_and_none_is_added() -> None:
    """At most two may be given in a block now: who had more by the range's first date gets no other."""
    ward, desk = hospital().rotations
    program, base = hospital(rotations=(replace(ward, max_days_off=2), desk)), replace(stood(), denied=None)
    found = mended(program, base, from_date=day(20), allow_unmet=False)
    assert found.alternatives
    assert len(found.alternatives) == len(found.repaired.alternatives), "the checker refused one"


def test_what_is_broken_in_the_range_is_refused_though_it_was_so_before() -> None:
    program, base = two_every_tuesday(), replace(with_a_tuesday_off(stood()), denied=None)
    problem = RepairProblem(program, base, limits_of(program), from_date=day(0))
    with Judge(problem) as judge:
        judge.take(Alternative(base, (), (), is_least=True))
        with pytest.raises(IllegalScheduleError, match="WARD"):
            judge.judged(in_haste=False)


def test_what_is_broken_anew_outside_of_the_range_is_refused_too() -> None:
    program, base = hospital(), replace(stood(), denied=None)
    problem = RepairProblem(program, base, limits_of(program), from_date=day(14))
    worse = replace(base, assignments=base.assignments[1:])
    with Judge(problem) as judge:
        judge.take(Alternative(worse, (), (), is_least=True))
        with pytest.raises(IllegalScheduleError):
            judge.judged(in_haste=False)


def sick_on_call(*overrides: RuleOverride) -> RepairSolved:
    """Who has the first call of the busy ward is sick then; all must be at work on Mondays."""
    ward = busy_ward()
    base = solved(ward).schedule
    assert base is not None
    call = next(row for row in base.assignments if row.kind is AssignmentKind.CALL)
    out = Absence(call.person, "sick", call.date, call.date, AbsenceStatus.APPROVED)
    return mended(
        replace(ward, absences=(out,), rule_overrides=overrides), base, from_date=START, allow_unmet=False
    )


def test_limits_that_are_stricter_than_rules_of_some_dates_prove_no_repair_impossible() -> None:
    """By the judge others can take the call: 30 hours of rest are asked for on two dates without any."""
    assert sick_on_call().alternatives
    found = sick_on_call(rest_of(30, 0, 1)).repaired
    assert (found.status, found.conflicts, found.way_out) == (SolveStatus.UNKNOWN, (), ())
    assert "proves nothing" in (found.notice or "")
    assert sick_on_call(rest_of(30, -60, 60)).repaired.status is SolveStatus.INFEASIBLE


def test_under_such_limits_no_repair_is_said_to_change_least() -> None:
    assert any(each.comparison.is_least for each in sick_on_call().alternatives)
    found = sick_on_call(rest_of(16, 0, 1)).alternatives
    assert found
    assert not any(each.comparison.is_least for each in found)


def test_the_schedule_as_it_stood_is_judged_once_and_not_before_a_search_begins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    program, base = hospital(), replace(stood(), denied=None)
    asked: list[Program] = []

    def counted(program: Program, schedule: Schedule) -> Checked:
        asked.append(program)
        return checked(program, schedule)

    monkeypatch.setattr("src.planning.repair.judge.checked", counted)
    with Judge(RepairProblem(program, base, limits_of(program))) as judge:
        assert not asked
        judge.begin()
        judge.begin()
        judge.take(Alternative(base, (), (), is_least=True))
        assert judge.judged(in_haste=False)
    assert asked == [program]


def test_one_that_is_refused_takes_nothing_from_the_others() -> None:
    program, base = hospital(), replace(stood(), denied=None)
    problem = RepairProblem(program, base, limits_of(program))
    with Judge(problem) as judge:
        judge.take(Alternative(replace(base, assignments=base.assignments[1:]), (), (), is_least=True))
        judge.take(Alternative(base, (), (), is_least=True))
        passed = judge.judged(in_haste=False)
    assert [each.schedule.assignments for each in passed] == [base.assignments]


@pytest.mark.parametrize(
    ("passed", "cancelled", "told"),
    [
        (3, True, None),
        (2, True, "1 of those found was not judged any more, for the repair was cancelled."),
        (1, False, "2 of those found were refused by the checker."),
    ],
)
def test_what_was_found_and_is_not_handed_on_is_told(
    monkeypatch: pytest.MonkeyPatch, passed: int, told: str | None, *, cancelled: bool
) -> None:
    """It said "3 of 4 alternatives" where two were there: the last was not judged after the stop."""
    base, judged = stood(), Judge.judged
    found = Alternative(replace(base, denied=None), (), (), is_least=True)

    def three(
        problem: RepairProblem,
        stop: Stop,
        progress: object,
        take: Callable[[Alternative], None],
        *_others: object,
    ) -> Repaired:
        for _ in range(3):
            take(found)
        if cancelled:
            stop.cancel()
        return Repaired(SolveStatus.FEASIBLE, (found,) * 3)

    def some(judge: Judge, *, in_haste: bool) -> tuple[JudgedRepair, ...]:
        assert in_haste == cancelled
        return judged(judge, in_haste=False)[:passed]

    monkeypatch.setattr("src.solver.repair.repair.repair", three)
    monkeypatch.setattr(Judge, "judged", some)
    assert mended(hospital(), base).repaired.notice == told


def test_a_handover_alone_makes_no_block_one_with_days() -> None:
    """A version of block 1 whose last call is handed over on the first day of block 2 is of block 1 alone."""
    call = replace(hospital().calls[0], weekdays=(6,))
    program = hospital(calls=(call,))
    result = run(program)
    assert result.schedule is not None
    rows = tuple(row for row in result.schedule.assignments if home_date(program, row) <= day(13))
    assert any(row.date == day(14) for row in rows)
    part = replace(result.schedule, assignments=rows, denied=None)
    file = ResultFile(SolveStatus.FEASIBLE, Scope.BOTH, (1,))
    assert covered_blocks(program, part, file) == (1,)
    standing = Standing(program, part, limits_of(program))
    assert max(standing.solved) == 13


def short_handed(**rows: object) -> tuple[Program, Schedule]:
    """A program that asks for more than it has, and the schedule that says what it leaves open."""
    program = hospital(**rows)
    schedule = run(program, allow_unmet=True).schedule
    assert schedule is not None
    assert schedule.unmet
    return program, replace(schedule, denied=None)


def three_every_wednesday() -> Staffing:
    return Staffing("WARD", (2,), hospital().staffing[0].session, (), 3, None, row=3)


SHORT_HANDED = (
    {"staffing": (*hospital().staffing, three_every_wednesday())},
    {"coverage": (Coverage("WARD", (), (1,), 2, 2, row=2), Coverage("WARD", (), (2,), 5, None, row=3))},
)


@pytest.mark.parametrize("rows", SHORT_HANDED, ids=["staffing", "coverage"])
def test_demand_that_was_open_when_the_schedule_was_made_is_told_and_does_not_stand_in_the_way(
    rows: dict[str, object],
) -> None:
    program, base = short_handed(**rows)
    away = Absence("C", "sick", day(15), day(17), AbsenceStatus.APPROVED)
    changed = replace(program, absences=(away,))
    found = mended(changed, base, from_date=day(14))
    assert found.alternatives
    for each in found.alternatives:
        assert each.report.ok
        before = [row for row in base.unmet if row.date_or_block < str(day(14))]
        assert [row for row in each.schedule.unmet if row.date_or_block < str(day(14))] == before


def test_a_schedule_that_is_as_short_as_before_is_left_as_it_is() -> None:
    program, base = short_handed(**SHORT_HANDED[0])
    found = mended(program, base, from_date=day(0))
    assert found.repaired.troubles == ()
    assert [each.comparison.cells for each in found.alternatives] == [0]
    assert found.alternatives[0].schedule.unmet == base.unmet


def test_without_leave_to_stay_short_what_was_open_is_trouble() -> None:
    program, base = short_handed(**SHORT_HANDED[0])
    found = mended(program, base, from_date=day(14), allow_unmet=False)
    assert found.repaired.status is SolveStatus.INFEASIBLE
    assert found.repaired.troubles
