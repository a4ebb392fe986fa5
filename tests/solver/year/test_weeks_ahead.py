"""Looking ahead at weeks: who is alone on a service worked every day has no rest that each week must hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from src.compliance.check import check
from src.interchange.model import Absence, AbsenceStatus, Coverage, Program, Session, Staffing, Template
from src.interchange.schedule import ResultFile, Scope, SolveStatus
from src.planning.limits import limits_of
from src.solver.engine import solve
from src.solver.limit_rows import LimitRow
from src.solver.plan import YearPlan
from src.solver.problem import Limits, Problem
from src.solver.stop import Stop
from src.solver.year.facts import YearFacts
from src.solver.year.layer import YearLayer
from src.solver.year.weeks_ahead import WeeklyRest, look_at_weeks, weekly_rests
from tests.solver.small import MONDAY, program, resident, rotation, vacation_wish, weekday_session, year_tier
from tests.solver.world import silent

EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
FREE_DAY = WeeklyRest("NY-FREE", 6, 24 * 60)
LONG_REST = WeeklyRest("EU-35", 0, 35 * 60)
DAILY = weekday_session("WARD", weekdays=EVERY_DAY, may_be_off=True)
WEEKDAYS, WEEKENDS = weekday_session("WARD"), weekday_session("WARD", weekdays=(5, 6), may_be_off=True)
ONE_A_DAY = Staffing("WARD", EVERY_DAY, Session.AM, (), 1, row=2)
SECOND, THIRD, FOURTH = (MONDAY + timedelta(days) for days in (7, 14, 21))


def ward(*templates: Template, **changes: object) -> Program:
    """Three residents and two blocks of two weeks; somebody must be on the ward every day."""
    made = program(
        [resident("A"), resident("B"), resident("C", 2)],
        [rotation("WARD", vacation_weeks_max=1), rotation("DESK")],
        blocks=(14, 14),
        templates=templates or (DAILY,),
        staffing=(ONE_A_DAY,),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def plan(first: str, second: str, *away: tuple[str, date]) -> YearPlan:
    """Who is on the ward in each block, and vacation weeks by their Monday."""
    rotations = {
        (name, block): "WARD" if name in there else "DESK"
        for block, there in ((1, first), (2, second))
        for name in "ABC"
    }
    return YearPlan(rotations, frozenset((name, monday, None) for name, monday in away))


def short(made: Program, tried: YearPlan, rest: WeeklyRest = LONG_REST) -> list[date]:
    """The first dates of the weeks that a plan leaves too few for."""
    cuts = look_at_weeks(YearFacts(made), (rest,))
    assert not any(cut.proved for cut in cuts)
    words = [cut.words for cut in cuts if not cut.is_kept_by(tried)]
    return [date.fromisoformat(each.split("week of ")[1][:10]) for each in words]


@pytest.mark.parametrize("rest", [FREE_DAY, LONG_REST])
def test_two_residents_share_every_week(rest: WeeklyRest) -> None:
    assert short(ward(), plan("AB", "BC"), rest) == []


def test_one_resident_alone_has_no_rest_in_any_whole_week() -> None:
    assert short(ward(), plan("A", "A")) == [MONDAY, SECOND, THIRD, FOURTH]


def test_weeks_begin_on_the_weekday_of_the_rule_and_count_only_if_whole() -> None:
    """From Sundays on, 5 and 19 July; the week of the 12th has a date in the first block, six in the next."""
    assert short(ward(), plan("A", "B"), FREE_DAY) == [date(2026, 7, 5), date(2026, 7, 19)]


def test_a_vacation_week_leaves_the_other_alone() -> None:
    assert short(ward(), plan("AB", "AB", ("A", SECOND))) == [SECOND]
    assert short(ward(), plan("ABC", "AB", ("A", SECOND))) == []


def test_a_vacation_week_takes_no_more_than_its_dates() -> None:
    """Of a week from Sunday on, a vacation from Monday leaves the Sunday, the one before leaves the rest."""
    assert short(ward(), plan("AB", "AB", ("A", SECOND)), FREE_DAY) == []
    assert short(ward(), plan("AB", "AB", ("A", FOURTH)), FREE_DAY) == []


def test_an_absence_leaves_the_other_alone() -> None:
    away = Absence("A", "loa", SECOND, SECOND + timedelta(6), AbsenceStatus.APPROVED, row=2)
    assert short(ward(absences=(away,)), plan("AB", "AB")) == [SECOND]


def test_where_weekdays_must_be_worked_one_can_work_a_date_of_the_weekend() -> None:
    """From Saturday noon to Monday are 36 hours, from Friday noon to Sunday 44; not so with both dates."""
    assert short(ward(WEEKDAYS, WEEKENDS), plan("A", "A")) == [MONDAY, SECOND, THIRD, FOURTH]
    assert short(ward(WEEKDAYS, WEEKENDS), plan("AB", "AB")) == []


def test_staffing_by_pgy_counts_those_alone() -> None:
    juniors = (replace(ONE_A_DAY, pgys=(1,)),)
    assert short(ward(staffing=juniors), plan("AC", "AB")) == [MONDAY, SECOND]


def test_a_session_that_is_not_asked_for_every_day_leaves_a_date_free() -> None:
    six = (replace(ONE_A_DAY, weekdays=(0, 1, 2, 3, 4, 5)),)
    assert short(ward(staffing=six), plan("A", "A")) == []


def test_blocks_that_are_not_asked_for_are_not_looked_at() -> None:
    cuts = look_at_weeks(YearFacts(ward()), (LONG_REST,), (2,))
    assert [cut.words.split("week of ")[1][:10] for cut in cuts] == [str(THIRD), str(FOURTH)]


def row(kind: str, **numbers: int) -> LimitRow:
    return LimitRow(kind, "R", "P", tuple(sorted(numbers.items())))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (row("free_each_week", week_start=6, free_period_minutes=1440), [WeeklyRest("R", 6, 1440)]),
        (
            row("rests_in_period", days=7, rests=1, first_weekday=0, rest_minutes=2100),
            [WeeklyRest("R", 0, 2100)],
        ),
        (row("rests_in_period", days=14, rests=2, first_weekday=0, rest_minutes=2100), []),
        (row("free_days", free_period_minutes=1440), []),
    ],
)
def test_rests_of_single_weeks_are_read_from_rows(given: LimitRow, expected: list[WeeklyRest]) -> None:
    assert list(weekly_rests([given])) == expected


def test_a_program_without_such_a_rule_is_asked_nothing_more() -> None:
    made = ward(rule_packs=("acgme-cpr-2023",))
    with_rule = Problem(made, replace(Limits(), rows=(row("free_each_week", free_period_minutes=1440),)))
    assert not any(" with R" in cut.words for cut in YearLayer(Problem(made, Limits())).foreseen)
    assert any(" with R" in cut.words for cut in YearLayer(with_rule).foreseen)


def test_a_year_under_a_weekly_rest_comes_out_legal() -> None:
    """Both on the ward wish for the same week; whichever goes, a third resident is there beside the other."""
    made = ward(
        rule_packs=("us-ny-405",),
        coverage=(Coverage("WARD", (), (), 2, 3, row=2),),
        requests=(vacation_wish("A", SECOND, 1), vacation_wish("B", SECOND, 1, row=3)),
        objective=(year_tier(5, 3, 1),),
        vacation_weeks={1: 1, 2: 1},
    )
    problem = Problem(made, limits_of(made), workers=1, deterministic_limit=4.0)
    result = solve(problem, Stop(60.0), silent)
    assert result.schedule is not None
    file = ResultFile(status=SolveStatus.FEASIBLE, scope=Scope.BOTH, blocks=(1, 2))
    assert check(made, replace(result.schedule, denied=None, findings=None, result=file)).ok
    tried = YearPlan.of_schedule(result.schedule)
    assert all(
        cut.is_kept_by(tried) for cut in look_at_weeks(YearFacts(made), weekly_rests(problem.limits.rows))
    )
