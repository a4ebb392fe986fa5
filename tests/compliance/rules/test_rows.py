"""Findings as rows of findings.csv."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from src.compliance.rules import finding_rows
from src.interchange.model import Program
from src.interchange.schedule import Severity
from tests.compliance.rules.building import CALL, Roster, long_rotation

PROGRAM = Program(
    id="p", name="P", time_zone="America/Chicago", year_start_date=date(2026, 7, 1), blocks=(28,)
)


def chicago() -> Roster:
    return long_rotation(28, zone="America/Chicago")


def test_a_row_says_what_the_finding_says() -> None:
    findings = [f for f in chicago().work(range(10), "19:00", 8, CALL).judge() if f.rule == "US-CALL3"]
    [row] = finding_rows(findings, PROGRAM)
    assert (row.rule, row.severity, row.person, row.value, row.limit) == (
        "US-CALL3",
        Severity.HARD,
        "R001",
        "10",
        "9",
    )
    assert row.clause == "CPR 6.27 (VI.F.7)"
    assert row.entries.split(" ")[:2] == ["0/19:00/in_house_call", "1/19:00/in_house_call"]


def test_instants_are_in_the_programs_zone_with_its_offset_of_that_date() -> None:
    utc = long_rotation(7).work(range(7), "12:00", 12).judge()
    rows = finding_rows([f for f in utc if f.rule == "US-FREE7"], PROGRAM)
    assert rows[0].window_start_at.isoformat() == "2026-06-30T19:00:00-05:00"


def test_rows_are_ordered_by_rule_severity_person_and_window() -> None:
    [finding] = [f for f in chicago().work(range(10), "19:00", 8, CALL).judge() if f.rule == "US-CALL3"]
    soft, info = replace(finding, severity=Severity.SOFT), replace(finding, severity=Severity.INFO)
    other = replace(finding, person="A001")
    later = replace(finding, window_start_at=finding.window_end_at)
    first = replace(finding, rule="NF-6")
    rows = finding_rows([later, info, soft, finding, other, first], PROGRAM)
    assert [(r.rule, r.severity.value, r.person) for r in rows] == [
        ("NF-6", "hard", "R001"),
        ("US-CALL3", "hard", "A001"),
        ("US-CALL3", "hard", "R001"),
        ("US-CALL3", "hard", "R001"),
        ("US-CALL3", "soft", "R001"),
        ("US-CALL3", "info", "R001"),
    ]
    assert rows[2].window_start_at < rows[3].window_start_at


def test_no_findings_are_no_rows() -> None:
    assert finding_rows([], PROGRAM) == ()
