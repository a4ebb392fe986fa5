"""What dates ask of a year plan, seen without any search."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from src.interchange.model import (
    Absence,
    AbsenceStatus,
    Call,
    Clinic,
    DutyType,
    HistoryInterval,
    HolidayRule,
    PostCall,
    Program,
    Request,
    RequestKind,
    Session,
    Setting,
    Staffing,
)
from src.solver.plan import YearPlan
from src.solver.problem import Problem
from src.solver.stop import Stop
from src.solver.year.demand import broken_by, demands
from src.solver.year.facts import YearFacts
from src.solver.year.layer import YearLayer
from tests.solver.small import MONDAY, program, resident, rotation, weekday_session

TUESDAY = MONDAY + timedelta(days=1)
NOTHING: frozenset[int] = frozenset()


def ward(least: int = 1, **more: Any) -> Program:
    """Two residents, a ward that needs staff on weekday mornings, a clinic rotation and night float."""
    return program(
        [resident("A"), resident("B")],
        [
            rotation("WARD", clinic=True, vacation_weeks_max=1),
            rotation("CLIN", Setting.OUTPATIENT, vacation_weeks_max=1),
            rotation("NF", Setting.NIGHT_FLOAT),
        ],
        blocks=(14, 14),
        templates=(
            weekday_session("WARD"),
            weekday_session("NF", Session.NIGHT, weekdays=(0, 1, 2, 3, 4, 5, 6)),
        ),
        staffing=(Staffing("WARD", (0, 1, 2, 3, 4), Session.AM, (), least, row=2),),
        **more,
    )


def plan(a: tuple[str, str], b: tuple[str, str], *vacations: tuple[str, int]) -> YearPlan:
    rotations = {("A", 1): a[0], ("A", 2): a[1], ("B", 1): b[0], ("B", 2): b[1]}
    weeks = frozenset((person, MONDAY + timedelta(weeks=week), None) for person, week in vacations)
    return YearPlan(rotations, weeks)


def broken(made: Program, tried: YearPlan, granted: frozenset[int] = NOTHING) -> set[str]:
    """The dates and sessions of the demands that the plan breaks."""
    return {demand.source.part for demand in broken_by(demands(YearFacts(made)), tried, granted)[0]}


def test_someone_on_the_rotation_is_enough() -> None:
    assert broken(ward(), plan(("WARD", "CLIN"), ("CLIN", "WARD"))) == set()


def test_nobody_on_the_rotation_leaves_every_date_of_the_block_short() -> None:
    found = demands(YearFacts(ward()))

    missing = [
        demand for demand in found if demand.missing(plan(("CLIN", "WARD"), ("CLIN", "CLIN")), NOTHING) > 0
    ]

    assert missing
    assert all(chance.block == 1 for demand in missing for chance in demand.chances)


def test_a_vacation_week_takes_its_dates_away() -> None:
    assert broken(ward(), plan(("WARD", "CLIN"), ("CLIN", "WARD"), ("A", 0))) != set()


def test_an_absence_counts_whatever_the_plan() -> None:
    absent = Absence("A", "sick", MONDAY, MONDAY, AbsenceStatus.APPROVED)
    made = ward(absences=(absent,))

    assert broken(made, plan(("WARD", "CLIN"), ("CLIN", "WARD"))) == {f"{MONDAY} AM"}
    requested = replace(absent, status=AbsenceStatus.REQUESTED)
    assert broken(ward(absences=(requested,)), plan(("WARD", "CLIN"), ("CLIN", "WARD"))) == set()


def test_who_is_at_clinic_does_not_staff_the_session() -> None:
    clinic = Clinic("A", 1, Session.AM, time(8), 240)

    found = broken(ward(clinics=(clinic,)), plan(("WARD", "CLIN"), ("CLIN", "WARD")))

    assert found == {f"{TUESDAY} AM", f"{TUESDAY + timedelta(days=7)} AM"}


def test_a_clinic_is_not_held_on_holidays() -> None:
    clinic = Clinic("A", 1, Session.AM, time(8), 240)
    holidays = (TUESDAY, TUESDAY + timedelta(days=7))

    found = broken(ward(clinics=(clinic,), holidays=holidays), plan(("WARD", "CLIN"), ("CLIN", "WARD")))

    assert found == set()


def test_a_day_off_that_is_granted_is_a_morning_less() -> None:
    wish = Request("A", RequestKind.DAY_OFF, start_date=TUESDAY, row=7)
    made = ward(requests=(wish,))
    tried = plan(("WARD", "CLIN"), ("CLIN", "WARD"))

    assert broken(made, tried) == set()
    assert broken(made, tried, frozenset({7})) == {f"{TUESDAY} AM"}


def test_the_morning_after_the_last_night_of_a_block_is_not_worked() -> None:
    found = broken(ward(), plan(("WARD", "CLIN"), ("NF", "WARD")))

    assert found == {f"{MONDAY + timedelta(days=14)} AM"}


def test_history_takes_the_first_morning() -> None:
    """Night float or in-house call that ends on the year's first date leaves no morning."""
    evening = datetime(2026, 6, 29, 0, tzinfo=UTC)
    tried = plan(("WARD", "CLIN"), ("CLIN", "WARD"))
    for duty in (DutyType.NIGHT_FLOAT, DutyType.IN_HOUSE_CALL):
        before = HistoryInterval("A", evening, evening + timedelta(hours=12), duty)
        assert broken(ward(history=(before,)), tried) == {f"{MONDAY} AM"}
    other = HistoryInterval("A", evening, evening + timedelta(hours=12), DutyType.CLINICAL)
    assert broken(ward(history=(other,)), tried) == set()


def call(name: str, duty: DutyType = DutyType.HOME_CALL_AVAILABILITY, **more: Any) -> Call:
    values: dict[str, Any] = {
        "weekdays": (1,),
        "holidays": HolidayRule.WEEKDAYS_AND_HOLIDAYS,
        "start": time(18),
        "minutes": 720,
        "handover_minutes": 0,
        "min": 1,
        "max": 1,
        "pgys": (),
        "rotations": ("CLIN",),
        "points": Decimal(1),
        "post_call": PostCall.NONE,
    }
    return Call(name, name, duty, **{**values, **more})


def test_a_call_needs_someone_eligible_and_present() -> None:
    made = ward(calls=(call("HOME"),))
    both_away = plan(("WARD", "CLIN"), ("CLIN", "WARD"), ("B", 0))

    assert broken(made, plan(("WARD", "CLIN"), ("CLIN", "WARD"))) == set()
    assert any("HOME" in part for part in broken(made, both_away))
    assert any("HOME" in part for part in broken(made, plan(("WARD", "CLIN"), ("WARD", "CLIN"))))


def test_calls_that_overlap_need_two() -> None:
    one = ward(calls=(call("ONE"),))
    two = ward(calls=(call("ONE"), call("TWO", start=time(20))))
    apart = ward(calls=(call("ONE", start=time(8), minutes=60), call("TWO", start=time(20), minutes=60)))
    tried = plan(("WARD", "CLIN"), ("CLIN", "WARD"))

    assert broken(one, tried) == set()
    assert any("ONE and TWO" in part for part in broken(two, tried))
    assert broken(apart, tried) == set()


def test_jeopardy_excludes_every_other_call_of_its_date() -> None:
    made = ward(calls=(call("ONE", start=time(8), minutes=60), call("JEO", DutyType.JEOPARDY)))

    assert any("JEO" in part for part in broken(made, plan(("WARD", "CLIN"), ("CLIN", "WARD"))))


def test_a_must_work_night_keeps_from_a_call_that_overlaps() -> None:
    made = ward(calls=(call("HOME", rotations=("NF",)),))

    assert any("HOME" in part for part in broken(made, plan(("WARD", "NF"), ("NF", "WARD"))))


def test_what_nobody_wants_any_more_is_not_worked_out() -> None:
    """A run that was cancelled left a thread behind that took the processor from the next for seconds."""
    stop = Stop(60.0)
    stop.cancel()
    assert demands(YearFacts(ward()), (), stop) == ()
    assert demands(YearFacts(ward()), (), Stop(60.0)) == demands(YearFacts(ward()))


def test_what_was_given_up_at_a_cancel_is_there_in_full_for_who_asks() -> None:
    stop = Stop(60.0)
    stop.cancel()
    layer = YearLayer(Problem(ward()))
    layer.work_out(stop)
    assert layer.demands == demands(layer.facts)
    assert layer.demands
