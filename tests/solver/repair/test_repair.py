"""Repairs against the judge: legal, within their range, different, and honest when there is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest

from src.compliance.check import check
from src.interchange.model import Absence, AbsenceStatus, CallPin, Coverage, Program, Staffing
from src.interchange.reader import load_program
from src.interchange.schedule import Schedule, SolveStatus, UnmetKind
from src.interchange.schedule_files import load_schedule
from src.planning.limits import limits_of
from src.solver.expand import home_date
from src.solver.problem import Progress
from src.solver.repair import days
from src.solver.repair.model import NothingMayMoveError, Repaired, RepairProblem
from src.solver.repair.repair import repair
from src.solver.stop import Stop
from tests.solver.hospital import MONDAY, hospital, run
from tests.solver.world import silent

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
AMPLE_SECONDS = 100.0


@cache
def stood() -> tuple[Program, Schedule]:
    """The small hospital and a legal schedule of it."""
    program = hospital()
    schedule = run(program).schedule
    assert schedule is not None
    return program, replace(schedule, denied=None)


def day(number: int) -> date:
    return MONDAY + timedelta(number)


@pytest.fixture(autouse=True)
def ample(monkeypatch: pytest.MonkeyPatch) -> None:
    """Searches end by what they prove: how many alternatives there are is not for a busy machine to say."""
    for name in ("SECONDS_TO_FIND", "SECONDS_FOR_ANOTHER", "MOST_SECONDS_FOR_ANOTHER"):
        monkeypatch.setattr(days, name, AMPLE_SECONDS)


def away(person: str, first: date, last: date) -> Absence:
    return Absence(person, "sick", first, last, AbsenceStatus.APPROVED)


def without(program: Program, person: str, first: int, last: int) -> Program:
    return replace(program, absences=(*program.absences, away(person, day(first), day(last))))


def mended(program: Program, base: Schedule, **options: object) -> Repaired:
    given = {"workers": 2, "limits": limits_of(program), **options}
    return repair(RepairProblem(program, base, **given), Stop(AMPLE_SECONDS), silent)  # type: ignore[arg-type]


def assert_legal(program: Program, found: Repaired) -> None:
    assert found.status is SolveStatus.FEASIBLE
    assert found.alternatives
    for each in found.alternatives:
        report = check(program, each.schedule)
        assert report.ok, [one.message for one in report.broken][:3]


def assert_within(base: Schedule, found: Repaired, first: date, last: date) -> None:
    """What differs is what is told, and lies in the range (a handover on the morning after its call)."""
    for each in found.alternatives:
        before, after = {*base.assignments}, {*each.schedule.assignments}
        changed = {(row.person, row.date) for row in before ^ after}
        assert changed == set(each.cells)
        program = hospital()
        moved = [row for row in before ^ after if not first <= home_date(program, row) <= last]
        assert not moved


def on_call(schedule: Schedule) -> tuple[str, date]:
    """Who has the first call, and when."""
    row = min((row for row in schedule.assignments if row.id == "CALL"), key=lambda row: row.start_at)
    return row.person, row.date


def test_an_absence_is_repaired_legally_in_different_ways() -> None:
    program, base = stood()
    most = 0
    for person in program.residents:
        changed = without(program, person.id, 8, 10)
        found = mended(changed, base, from_date=day(7))
        assert_legal(changed, found)
        assert_within(base, found, day(7), day(27))
        made = [frozenset(each.schedule.assignments) for each in found.alternatives]
        assert len(set(made)) == len(made)
        cells = [len(each.cells) for each in found.alternatives]
        assert max(cells) <= 2 * cells[0] + 6
        assert {each.schedule.unmet for each in found.alternatives} == {()}
        most = max(most, len(made))
    assert most == 3


def test_fewest_cells_come_first_and_are_proved_to_be_fewest() -> None:
    program, base = stood()
    person, on = on_call(base)
    changed = replace(program, absences=(away(person, on, on),))
    found = mended(changed, base)
    counts = [len(each.cells) for each in found.alternatives]
    assert counts == sorted(counts)
    assert found.alternatives[0].is_least


def test_a_schedule_that_still_holds_stays_as_it_is() -> None:
    program, base = stood()
    found = mended(program, base)
    assert [each.cells for each in found.alternatives] == [()]
    assert found.troubles == ()


def test_nothing_outside_the_range_moves() -> None:
    program, base = stood()
    person, _ = on_call(base)
    changed = without(program, person, 15, 17)
    found = mended(changed, base, from_date=day(14), to_date=day(19))
    assert found.alternatives
    assert_within(base, found, day(14), day(19))


def test_an_absence_that_goes_on_after_the_range_changes_nothing_there() -> None:
    """Somebody is away for a fortnight, but only three days may move: what follows is left for later."""
    program, base = stood()
    for person in program.residents:
        changed = without(program, person.id, 14, 27)
        found = mended(changed, base, from_date=day(14), to_date=day(16))
        assert found.status is SolveStatus.FEASIBLE
        assert_within(base, found, day(14), day(16))


def test_a_call_of_the_last_day_takes_nothing_from_the_day_after() -> None:
    """Whoever takes over on the range's last Saturday must be free on the Sunday as it stands."""
    program, base = stood()
    moved = 0
    for person, on in {(row.person, row.date) for row in base.assignments if row.id == "CALL"}:
        if on + timedelta(1) > day(27):
            continue
        changed = replace(program, absences=(away(person, on, on),))
        found = mended(changed, base, from_date=on, to_date=on, allow_unmet=False)
        assert_within(base, found, on, on)
        moved += sum(len(each.cells) > 0 for each in found.alternatives)
    assert moved


def test_a_pin_stays_where_it_is() -> None:
    program, base = stood()
    person, on = on_call(base)
    other = next(each.id for each in program.residents if each.id != person)
    changed = replace(
        program, call_pins=(CallPin(person, on, "CALL", row=2),), absences=(away(other, on, on),)
    )
    found = mended(changed, base)
    assert_legal(changed, found)
    for each in found.alternatives:
        assert any(row.person == person and row.date == on for row in each.schedule.assignments)


def test_new_demand_is_met_with_the_least_change() -> None:
    """Two at work every morning instead of one, as far as days off allow."""
    program, base = stood()
    asked = (Staffing("WARD", (0, 1), program.staffing[0].session, (), 2, 2, row=3),)
    changed = replace(program, staffing=(*program.staffing, *asked))
    found = mended(changed, base)
    assert_legal(changed, found)
    assert found.alternatives[0].is_least
    assert {each.schedule.unmet for each in found.alternatives} == {()}


def test_a_call_that_somebody_may_no_longer_take_goes_to_others() -> None:
    program, base = stood()
    person, _ = on_call(base)
    pgy = program.person_by_id[person].pgy
    others = tuple({each.pgy or 0 for each in program.residents} - {pgy})
    changed = replace(program, calls=tuple(replace(call, pgys=others) for call in program.calls))
    found = mended(changed, base)
    assert found.status is SolveStatus.FEASIBLE
    assert any("cannot take CALL" in words for words in found.troubles)
    for each in found.alternatives:
        takers = {row.person for row in each.schedule.assignments if row.id == "CALL"}
        if not each.schedule.unmet:
            assert all(program.person_by_id[taker].pgy in others for taker in takers)


def test_what_nobody_can_do_stays_open_and_says_so() -> None:
    program, base = stood()
    on = on_call(base)[1]
    changed = replace(program, absences=tuple(away(each.id, on, on) for each in program.residents))
    found = mended(changed, base)
    assert found.status is SolveStatus.FEASIBLE
    for each in found.alternatives:
        assert {row.what for row in each.schedule.unmet} >= {UnmetKind.CALL}
        assert check(changed, each.schedule).ok
    assert any("lacks 1 of 1" in sentence for sentence in found.way_out)
    assert any(conflict.file == "calls.csv" for conflict in found.conflicts)


def test_without_leave_to_stay_short_it_is_infeasible_and_names_the_rows() -> None:
    program, base = stood()
    on = on_call(base)[1]
    changed = replace(program, absences=tuple(away(each.id, on, on) for each in program.residents))
    found = mended(changed, base, allow_unmet=False)
    assert found.status is SolveStatus.INFEASIBLE
    assert not found.alternatives
    assert {(conflict.file, conflict.row) for conflict in found.conflicts} >= {("calls.csv", 2)}


def test_a_pin_of_somebody_absent_is_named() -> None:
    program, base = stood()
    person, on = on_call(base)
    changed = replace(
        program, call_pins=(CallPin(person, on, "CALL", row=9),), absences=(away(person, on, on),)
    )
    found = mended(changed, base, allow_unmet=False)
    assert found.status is SolveStatus.INFEASIBLE
    assert any(conflict.file == "pins.csv" for conflict in found.conflicts)


def test_rotations_move_where_coverage_asks_for_others() -> None:
    """Block 2 wants one on the ward where two were: the plan changes there alone."""
    program, base = stood()
    changed = replace(
        program, coverage=(Coverage("WARD", (), (1,), 2, 2, row=2), Coverage("WARD", (), (2,), 3, 3, row=3))
    )
    found = mended(changed, base)
    assert_legal(changed, found)
    for each in found.alternatives:
        assert len(each.year_cells) == 1
        assert {block for _, block in each.year_cells} == {2}
        assert not each.is_least


def test_somebody_gone_leaves_the_year_plan() -> None:
    program, base = stood()
    gone = replace(program.residents[3], end_date=day(13))
    others = program.people[:3]
    changed = replace(program, people=(*others, gone), coverage=(Coverage("WARD", (), (), 1, 2, row=2),))
    found = mended(changed, base, from_date=day(14))
    assert_legal(changed, found)
    for each in found.alternatives:
        assert all(row.person != gone.id or row.block == 1 for row in each.schedule.year)


def left_alone() -> tuple[Program, Schedule]:
    """After the first block all but one are gone; the base has a vacation week of B in the second."""
    program, base = stood()
    gone = tuple(replace(each, end_date=day(13)) for each in program.residents[1:])
    return replace(program, people=(program.people[0], *gone)), base


def test_a_vacation_week_of_who_is_gone_collides_where_coverage_may_stay_open() -> None:
    """Vacation weeks apply in full to who is there for part of the year, and what is past may not move."""
    changed, base = left_alone()
    found = mended(changed, base, from_date=day(14))
    assert found.status is SolveStatus.INFEASIBLE
    assert [(each.file, each.message) for each in found.conflicts] == [
        ("program.toml", "B must get 1 vacation week, but is not there any more in that of 2026-07-27")
    ]
    assert found.way_out


def test_too_few_left_for_the_coverage_is_infeasible_by_counting() -> None:
    changed, base = left_alone()
    found = mended(changed, base, from_date=day(14), allow_unmet=False)
    assert found.status is SolveStatus.INFEASIBLE
    assert any(conflict.file == "coverage.csv" for conflict in found.conflicts)
    assert found.way_out
    assert not any(".:" in sentence for sentence in found.way_out)


def test_fewer_alternatives_than_asked_for_are_said_to_be_fewer() -> None:
    program, base = stood()
    seen = set()
    for person in program.residents:
        found = mended(without(program, person.id, 8, 10), base, from_date=day(7), alternatives=4)
        made = len(found.alternatives)
        if not found.troubles:
            assert (made, found.notice) == (1, None)
            continue
        seen.add(made < 4)
        assert (found.notice is None) == (made == 4)
        if made < 4:
            assert str(found.notice).startswith(f"{made} of 4 alternatives: ")
    assert True in seen


def test_every_alternative_is_told_of_as_it_is_found() -> None:
    program, base = stood()
    changed = without(program, program.residents[0].id, 8, 10)
    told: list[Progress] = []
    problem = RepairProblem(changed, base, limits_of(changed), from_date=day(7), workers=2)
    found = repair(problem, Stop(30), told.append)
    phases = [each.phase for each in told]
    for number in range(1, len(found.alternatives) + 1):
        assert f"{number} of 3 alternatives found" in phases
    fractions = [each.fraction for each in told]
    assert fractions == sorted(fractions)


def test_the_rows_that_ask_for_open_demand_are_named_with_their_dates() -> None:
    program, base = stood()
    on = on_call(base)[1]
    changed = replace(program, absences=tuple(away(each.id, on, on) for each in program.residents))
    found = mended(changed, base)
    unmet = {(row.id, row.date_or_block) for row in found.alternatives[0].schedule.unmet}
    assert unmet
    for item, when in unmet:
        assert any(item in row.message and when in row.message and row.row for row in found.conflicts)


def test_a_cancelled_repair_offers_nothing_and_claims_nothing() -> None:
    program, base = stood()
    person, on = on_call(base)
    stop = Stop(30)
    stop.cancel()
    changed = replace(program, absences=(away(person, on, on),))
    found = repair(RepairProblem(changed, base, limits_of(changed)), stop, silent)
    assert found.status is SolveStatus.UNKNOWN
    assert found.cancelled
    assert not found.alternatives


def test_a_repair_cancelled_at_its_first_answer_keeps_that_and_says_why_there_are_no_more() -> None:
    program, base = stood()
    person, on = on_call(base)
    stop = Stop(30)
    changed = replace(program, absences=(away(person, on, on),))
    problem = RepairProblem(changed, base, limits_of(changed), alternatives=3)
    found = repair(problem, stop, silent, lambda _: stop.cancel())
    assert_legal(changed, found)
    assert len(found.alternatives) == 1
    assert found.notice == "1 of 3 alternatives: it was cancelled before another was found."


def test_a_range_beside_the_year_is_refused() -> None:
    program, base = stood()
    with pytest.raises(NothingMayMoveError, match="no date of the year"):
        mended(program, base, from_date=day(10), to_date=day(9))


def test_a_year_plan_alone_cannot_be_repaired_day_by_day() -> None:
    program, base = stood()
    with pytest.raises(NothingMayMoveError, match="with days"):
        mended(program, replace(base, assignments=()))


def test_a_handover_belongs_to_the_date_its_call_starts_on() -> None:
    program, base = stood()
    _, on = on_call(base)
    rows = [row for row in base.assignments if row.id == "CALL" and row.date in (on, on + timedelta(1))]
    assert {row.date for row in rows} == {on, on + timedelta(1)}
    assert {home_date(program, row) for row in rows} == {on}


@pytest.mark.shared_data
@pytest.mark.skipif(not SHARED.exists(), reason="../shared/data is not there")
@pytest.mark.parametrize(("person", "start"), [("R003", 20), ("R005", 48), ("R001", 21)])
def test_three_weeks_away_in_a_real_program(person: str, start: int) -> None:
    program = load_program(SHARED / "programs" / "tiny")
    base = replace(load_schedule(SHARED / "schedules" / "tiny"), denied=None, findings=None, result=None)
    first = program.year_start_date + timedelta(start)
    changed = replace(program, absences=(*program.absences, away(person, first, first + timedelta(20))))
    found = mended(changed, base, from_date=first - timedelta(1))
    assert_legal(changed, found)
    assert_within(base, found, first - timedelta(1), program.year_end_date)
    assert all(
        row.person != person or not first <= row.date <= first + timedelta(20)
        for each in found.alternatives
        for row in each.schedule.assignments
    )


def test_the_first_alternative_has_all_of_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the least of all is not found soon, as on a busy machine, anything legal is an answer."""
    monkeypatch.setattr("src.solver.repair.days.SECONDS_TO_FIND", 1e-6)
    program, base = stood()
    changed = without(program, program.residents[0].id, 8, 10)
    found = mended(changed, base, from_date=day(7))
    assert_legal(changed, found)
    assert_within(base, found, day(7), day(27))
    assert found.alternatives


def test_what_lacks_as_many_on_many_dates_is_said_once() -> None:
    """A minimum that nobody can meet is one sentence with its dates, not one for each of them."""
    program, base = stood()
    most = len(program.residents) + 1
    asked = Staffing("WARD", (), program.staffing[0].session, (), most, row=3)
    found = mended(replace(program, staffing=(*program.staffing, asked)), base, alternatives=1)
    assert_legal(replace(program, staffing=(*program.staffing, asked)), found)
    dates = {row.date_or_block for row in found.alternatives[0].schedule.unmet if row.needed == most}
    assert len(dates) > 5
    assert 1 <= len(found.way_out) < len(dates)
    assert any(f" of {most}" in sentence for sentence in found.way_out)


def test_what_a_change_breaks_is_told_with_its_size() -> None:
    """So many of how many: a minimum that was raised names both, and so does a call that lost its taker."""
    program, base = stood()
    most = len(program.residents) + 1
    asked = Staffing("WARD", (), program.staffing[0].session, (), most, row=3)
    raised = mended(replace(program, staffing=(*program.staffing, asked)), base, alternatives=1)
    assert any(f" of {most} at work (staffing.csv:3)" in words for words in raised.troubles)
    person, on = on_call(base)
    left = mended(replace(program, absences=(away(person, on, on),)), base, alternatives=1)
    assert any(f"CALL on {on}: 0 of 1 take it" in words for words in left.troubles)
