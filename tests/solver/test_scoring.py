"""The solver's own score: the counts of another maker's checker, and each term by itself."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from src.interchange.model import (
    DutyType,
    HistoryCount,
    HistoryCountKind,
    Program,
    Request,
    RequestKind,
    Session,
    Setting,
    Tier,
)
from src.interchange.reader import load_program
from src.interchange.schedule import (
    AssignmentKind,
    AssignmentRow,
    Schedule,
    Scope,
    UnmetKind,
    UnmetRow,
    VacationRow,
    YearRow,
)
from src.interchange.schedule_files import load_schedule
from src.solver.advisories import count_advisories
from src.solver.plan import YearPlan
from src.solver.problem import Limits
from src.solver.scoring import Scorer
from tests.solver.small import MONDAY, program, resident, rotation, rotation_wish, vacation_wish, year_tier

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
SATURDAY = MONDAY + timedelta(days=5)


def work(person: str, day: date, *, hours: int = 8, session: Session = Session.AM) -> AssignmentRow:
    """A session from 14:00 UTC (09:00 in Chicago)."""
    start = datetime(day.year, day.month, day.day, 14, tzinfo=UTC)
    return AssignmentRow(
        person,
        day,
        session,
        AssignmentKind.ROTATION,
        "WARD",
        start,
        start + timedelta(hours=hours),
        DutyType.CLINICAL,
    )


def of_two(*requests: Request, **weights: int) -> Program:
    people = [resident("A"), resident("B")]
    return program(
        people,
        [rotation("WARD"), rotation("CLIN", Setting.OUTPATIENT)],
        requests=requests,
        objective=(year_tier(10, 5, **weights),),
    )


def counts(made: Program, schedule: Schedule, scope: Scope = Scope.BOTH) -> dict[str, Decimal]:
    return dict(Scorer(made, schedule, scope, 0).score().terms)


@pytest.mark.shared_data
@pytest.mark.parametrize("name", ["tiny", "fm-24", "gs-35"])
def test_another_makers_counts_are_met(name: str) -> None:
    """Every term of the shared schedules, advisories included, is what their checker counted."""
    if not SHARED.exists():
        pytest.skip("../shared/data is not here")
    made = load_program(SHARED / "programs" / name)
    schedule = load_schedule(SHARED / "schedules" / name)
    expected = json.loads((SHARED / "schedules" / name / "expected.json").read_text())["score_terms"]

    plan = YearPlan.of_schedule(schedule)
    advisories = count_advisories(made, plan, schedule.assignments, Limits())
    score = Scorer(made, schedule, Scope.BOTH, advisories).score()

    assert {term: float(count) for term, count in score.terms.items()} == pytest.approx(expected)


def test_a_rank_past_the_last_earns_nothing() -> None:
    made = of_two(vacation_wish("A", MONDAY, 3), vacation_wish("B", MONDAY, 2))
    schedule = Schedule(vacations=(VacationRow("A", MONDAY), VacationRow("B", MONDAY)))

    assert counts(made, schedule)["vacation_rank"] == 5


def test_a_rotation_not_wanted_costs_its_weight() -> None:
    made = of_two(rotation_wish("A", "WARD", 1, -2), rotation_wish("B", "WARD", 1, 3), rotation_request=1)
    schedule = Schedule(year=(YearRow("A", 1, "WARD"), YearRow("B", 1, "CLIN")))

    assert counts(made, schedule)["rotation_request"] == -2


def test_the_end_of_a_night_touches_the_next_date() -> None:
    """A day off is denied by work that began the day before, unless it ended at midnight."""
    wish = Request("A", RequestKind.DAY_OFF, start_date=SATURDAY)
    made = of_two(wish, day_off_request=1)
    long = work("A", SATURDAY - timedelta(days=1), hours=16)
    until_midnight = work("A", SATURDAY - timedelta(days=1), hours=15)

    assert counts(made, Schedule(assignments=(long,)))["day_off_request"] == 0
    assert counts(made, Schedule(assignments=(until_midnight,)))["day_off_request"] == 1


def test_jeopardy_is_no_work_but_denies_no_call() -> None:
    jeopardy = replace(
        work("A", SATURDAY), kind=AssignmentKind.JEOPARDY, id="JEO", duty_type=DutyType.JEOPARDY
    )
    wishes = (
        Request("A", RequestKind.DAY_OFF, start_date=SATURDAY, row=2),
        Request("A", RequestKind.NO_CALL, start_date=SATURDAY, row=3),
    )
    made = replace_calls(of_two(*wishes, day_off_request=1, no_call_request=1))

    found = counts(made, Schedule(assignments=(jeopardy,)))

    assert (found["day_off_request"], found["no_call_request"]) == (1, 0)


def test_a_call_wished_for_is_granted_by_any_date() -> None:
    wish = Request("A", RequestKind.CALL, start_date=MONDAY, end_date=SATURDAY)
    made = replace_calls(of_two(wish, no_call_request=1))
    taken = replace(work("A", SATURDAY), kind=AssignmentKind.JEOPARDY, id="JEO", duty_type=DutyType.JEOPARDY)

    assert counts(made, Schedule(assignments=(taken,)))["no_call_request"] == 1
    assert counts(made, Schedule())["no_call_request"] == 0


def replace_calls(made: Program) -> Program:
    from datetime import time

    from src.interchange.model import Call, HolidayRule, PostCall

    call = Call(
        "JEO",
        "JEO",
        DutyType.JEOPARDY,
        (),
        HolidayRule.WEEKDAYS_AND_HOLIDAYS,
        time(7),
        1440,
        0,
        0,
        1,
        (),
        (),
        Decimal("0.5"),
        PostCall.NONE,
    )
    return replace(made, calls=(call,))


def test_spreads_add_what_earlier_years_left() -> None:
    """The weekend of A's Saturday meets B's two of history."""
    history = (HistoryCount("B", HistoryCountKind.WEEKENDS, Decimal(2)),)
    made = replace(of_two(fair_weekends=1), history_counts=history)

    assert counts(made, Schedule(assignments=(work("A", SATURDAY),)))["fair_weekends"] == 1
    assert counts(made, Schedule())["fair_weekends"] == 2


def test_who_is_not_there_all_year_is_out_of_the_spread() -> None:
    late = resident("B", start_date=MONDAY + timedelta(days=1))
    made = replace(of_two(fair_weekends=1), people=(resident("A"), late))

    assert counts(made, Schedule(assignments=(work("A", SATURDAY),)))["fair_weekends"] == 0


def test_a_weekend_of_vacation_is_not_whole() -> None:
    made = of_two(whole_weekends=1)
    free = counts(made, Schedule())["whole_weekends"]

    away = counts(made, Schedule(vacations=(VacationRow("A", MONDAY),)))["whole_weekends"]

    assert (free, away) == (16, 15)


def test_unmet_counts_the_persons_missing() -> None:
    made = of_two(unmet_staffing=1000)
    rows = (UnmetRow(UnmetKind.STAFFING, "WARD", "2026-07-01", Session.AM, (), 3, 1),)

    score = Scorer(made, Schedule(unmet=rows), Scope.BOTH, 0).score()

    assert (score.terms["unmet_staffing"], score.tiers) == (2, (Decimal(-2000),))


def test_a_schedule_of_the_year_alone_has_no_score_for_days() -> None:
    made = of_two(day_off_request=3, fair_heavy_blocks=5)

    assert "day_off_request" not in counts(made, Schedule(), Scope.YEAR)


def test_a_term_nobody_knows_does_not_count() -> None:
    made = replace(of_two(), objective=(Tier((("moon_phase", Decimal(3)),)),))

    score = Scorer(made, Schedule(), Scope.BOTH, 0).score()

    assert (dict(score.terms), score.tiers) == ({}, (Decimal(0),))


def test_a_sunday_alone_makes_a_weekend() -> None:
    made = of_two(fair_weekends=1)
    sunday = work("A", SATURDAY + timedelta(days=1))

    assert counts(made, Schedule(assignments=(sunday,)))["fair_weekends"] == 1
