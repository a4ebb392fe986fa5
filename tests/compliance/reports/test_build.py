"""What a report holds: findings with their basis, closest calls in order, hours, and what it rests on."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from src.compliance.reports import Report, ReportScope, build_report
from src.compliance.reports.hours import resident_blocks
from src.compliance.rules import Basis, judge, measure
from src.interchange.schedule import Schedule, Severity
from tests.compliance.reports.world import given, program, schedule, waiver


@pytest.fixture(scope="module")
def report() -> Report:
    return build_report(given(waiver()))


def test_findings_are_those_of_the_judge_with_basis_block_and_rotation(report: Report) -> None:
    ward = given()
    found = judge(ward.columns.facts(), ward.packs)
    assert sorted(one.finding.message for one in report.findings) == sorted(one.message for one in found)
    hours = next(one for one in report.findings if one.finding.rule == "US-80")
    assert (hours.finding.person, hours.block, hours.rotation) == ("R1", 1, "WARD")
    assert hours.finding.basis is Basis.SCHEDULE
    assert report.counts.hard == sum(one.severity is Severity.HARD for one in found) >= 1


def test_every_measure_is_there_once(report: Report) -> None:
    ward = given()
    assert [one.measure for one in report.measures] == list(measure(ward.columns.facts(), ward.packs))


def test_closest_calls_are_past_the_limit_or_within_five_percent_worst_first(report: Report) -> None:
    assert report.closest_calls
    first = report.closest_calls[0]
    assert (first.measure.rule, first.measure.person, first.measure.severity) == (
        "US-80",
        "R1",
        Severity.HARD,
    )
    within = [one for one in report.closest_calls if one.measure.severity is None]
    assert all(one.percent is not None and 0 <= one.percent <= 5 for one in within)
    far = [one for one in report.measures if one.percent is not None and one.percent > 5]
    assert far
    assert not any(one.measure.severity is None and one in report.closest_calls for one in far)
    assert [one.percent for one in within] == sorted(one.percent for one in within if one.percent is not None)


@pytest.mark.parametrize(
    ("percent", "is_close"), [("5.0", True), ("5.1", False), ("0.0", True), ("-0.1", True), (None, False)]
)
def test_five_percent_is_close_and_more_is_not(report: Report, percent: str | None, is_close: bool) -> None:
    kept = next(one for one in report.measures if one.measure.severity is None)
    moved = replace(kept, percent=None if percent is None else Decimal(percent))
    assert moved.is_close is is_close


def test_hours_of_blocks_rotations_and_people_agree_with_each_other(report: Report) -> None:
    by_person = {line.key: line.mean_hours for line in report.people}
    assert by_person == {"R1": Decimal("80.5"), "R2": Decimal("50.0"), "R3": Decimal("50.0")}
    (block,), (rotation,) = report.trend, report.rotations
    assert block.mean_hours == rotation.mean_hours == Decimal("60.2")
    assert (block.most_hours, block.most_person, block.residents) == (Decimal("80.5"), "R1", 3)


def test_overrides_approvals_and_waivers_stand_in_every_report() -> None:
    for scope, part in (
        (ReportScope.PROGRAM, {}),
        (ReportScope.BLOCK, {"block": 1}),
        (ReportScope.ROTATION, {"rotation": "WARD"}),
        (ReportScope.PERSON, {"person": "R1"}),
    ):
        made = build_report(given(waiver()), scope, **part)  # type: ignore[arg-type]  # one keyword at a time
        assert made.overrides == program().rule_overrides
        assert made.waivers == (waiver(),)
        assert any("min_rest_minutes" in pack.overridden for pack in made.packs)


def test_a_waived_finding_says_so_and_stays_counted(report: Report) -> None:
    waived = [one for one in report.findings if one.waiver is not None]
    assert [(one.finding.rule, one.waiver.reason) for one in waived if one.waiver] == [
        ("US-80", "a colleague fell ill")
    ]
    assert report.counts == build_report(given()).counts


def test_a_persons_report_holds_nothing_of_anyone_else() -> None:
    made = build_report(given(waiver()), ReportScope.PERSON, person="R3")
    assert {one.measure.person for one in made.measures} == {"R3"}
    assert {one.finding.person for one in made.findings} <= {"R3"}
    assert [line.key for line in made.people] == ["R3"]
    assert made.trend[0].most_person == "R3"
    assert made.waivers == ()
    assert made.approvals == ()


def test_a_rotation_that_nobody_was_on_is_empty() -> None:
    made = build_report(given(), ReportScope.ROTATION, rotation="WARD")
    assert made.measures
    other = replace(
        given(), program=replace(program(), rotations=(replace(program().rotations[0], id="ICU"),))
    )
    assert build_report(other, ReportScope.ROTATION, rotation="ICU").measures == ()


def test_a_year_plan_alone_has_nothing_judged() -> None:
    made = build_report(replace(given(content=Schedule()), is_judged=False))
    assert (made.findings, made.measures, made.people) == ((), (), ())
    assert made.packs


def test_leave_is_left_out_of_the_hours() -> None:
    ward = program()
    facts = given(content=schedule(ward)).columns
    before = {row.person: row.days for row in resident_blocks(facts, given().packs[0].parameters)}
    profiles = tuple(
        replace(own, leave_dates=frozenset({ward.academic_blocks[0].dates[3]})) for own in facts.profiles
    )
    after = resident_blocks(replace(facts, profiles=profiles), given().packs[0].parameters)
    assert {row.person: row.days for row in after} == {person: days - 1 for person, days in before.items()}


def test_findings_on_logged_hours_stand_beside_those_on_the_schedule() -> None:
    """One of the version's blocks and residents; another of a time and a person that are not."""
    planned = build_report(given())
    one = next(placed.finding for placed in planned.findings if placed.finding.rule == "US-80")
    logged = replace(one, person="R2", basis=Basis.LOG)
    later = replace(logged, window_start_at=one.window_start_at + dt.timedelta(days=300))
    stranger = replace(logged, person="R9")
    made = build_report(replace(given(), logged=(logged, later, stranger)))
    assert [placed.finding for placed in made.findings if placed.finding.basis is Basis.LOG] == [logged]
    assert made.counts.hard == planned.counts.hard + 1
