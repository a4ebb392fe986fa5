"""The whole check: findings, what always holds, score and figures in one report."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from src.compliance.check import CheckReport, check
from src.compliance.packs import UnknownRulePackError
from src.interchange.model import DutyType, HistoryInterval, Program, Session, Template
from src.interchange.schedule import ResultFile, Schedule, Scope, SolveStatus, VacationRow, YearRow
from tests.compliance.structure.world import (
    DESK_DATES,
    EVERY_DAY,
    TEMPLATES,
    day,
    desk,
    legal,
    of_a,
    shift,
    small_program,
)

PACK = ("acgme-cpr-2023",)


def judged(program: Program, schedule: Schedule) -> CheckReport:
    return check(replace(program, rule_packs=PACK), schedule)


def relentless() -> tuple[Program, Schedule]:
    """A works 13 hours on every date of the first block, as the template says: no rule of structure minds."""
    template = Template("WARD", EVERY_DAY, Session.AM, time(6), 13 * 60, DutyType.CLINICAL)
    program = small_program(templates=(TEMPLATES[0], template))
    long_days = [shift("A", on, "06:00", 13, "WARD") for on in range(7)]
    return program, of_a(long_days, desk("A", *DESK_DATES[5:]), rotations=("WARD", "DESK"))


def test_a_legal_schedule_is_ok() -> None:
    report = judged(small_program(), legal())

    assert report.ok
    assert (report.hard, report.soft, report.info) == (0, 0, 0)


def test_something_broken_is_not_ok_without_any_finding() -> None:
    report = judged(small_program(), replace(legal(), assignments=legal().assignments[1:]))

    assert not report.ok
    assert report.hard == 0
    assert [one.item for one in report.broken] == [3]


def test_a_hard_finding_is_not_ok_and_breaks_item_5_at_the_last_row_it_rests_on() -> None:
    report = judged(*relentless())

    assert {finding.rule for finding in report.findings if finding.severity == "hard"} == {
        "US-80",
        "US-FREE7",
    }
    assert report.hard == 2
    assert not report.ok
    assert [(one.item, one.file, one.row) for one in report.broken] == [(5, "assignments.csv", 8)] * 2
    assert "A: US-80" in report.broken[0].message


def test_a_program_without_rule_packs_has_no_findings() -> None:
    report = check(*relentless())

    assert report.findings == ()
    assert report.ok


def test_an_unknown_rule_pack_is_refused_by_name() -> None:
    with pytest.raises(UnknownRulePackError, match="acgme-of-old"):
        check(small_program(rule_packs=("acgme-of-old",)), legal())


def test_days_that_were_not_solved_are_not_judged_by_rules() -> None:
    program, plan = relentless()
    year_only = ResultFile(SolveStatus.FEASIBLE, Scope.YEAR, (1, 2))

    assert judged(program, replace(plan, result=year_only)).findings == ()


def test_the_json_has_exactly_the_keys_that_are_promised() -> None:
    told = judged(*relentless()).to_json()

    assert list(told) == ["hard", "soft", "info", "findings", "score_terms", "figures", "broken"]
    assert set(told["findings"][0]) == {
        "rule",
        "severity",
        "person",
        "window_start_at",
        "window_end_at",
        "value",
        "limit",
        "clause",
        "entries",
    }
    places = {"person", "blocks", "weeks", "dates"}
    assert set(told["broken"][0]) == {"item", "file", "row", "message"} | places
    assert json.loads(json.dumps(told, allow_nan=False)) == told


def test_findings_written_by_a_check_are_found_right_by_the_next() -> None:
    program, plan = relentless()
    report = judged(program, plan)

    again = judged(program, replace(plan, findings=report.finding_rows))
    without_one = judged(program, replace(plan, findings=report.finding_rows[1:]))

    assert again.broken == report.broken
    assert [one.item for one in without_one.broken] == [5, 5, 6]


NOWHERE = Schedule()


def test_an_empty_schedule_is_named_and_scored_without_a_traceback() -> None:
    report = judged(small_program(), NOWHERE)

    assert [one.message for one in report.broken] == [
        f"{person} block {block}: no rotation" for person in "AB" for block in (1, 2)
    ]
    assert report.figures["hours_per_week_mean"] == 0


@pytest.mark.parametrize(
    "change",
    [
        {"vacations": (VacationRow("A", date.max, 1, row=2), VacationRow("A", date.min, 1, row=3))},
        {"vacations": (VacationRow("nobody", date.max, -1, row=2),)},
        {"year": (YearRow("A", 10**12, "DESK", row=2), YearRow("nobody", 1, "DESK", row=3))},
        {"assignments": tuple(replace(row, date=date.max) for row in legal().assignments)},
        {"assignments": tuple(replace(row, person="nobody") for row in legal().assignments)},
        {"assignments": tuple(replace(row, start_at=row.end_at) for row in legal().assignments)},
        {
            "assignments": tuple(
                replace(row, end_at=row.end_at + timedelta(days=200_000)) for row in legal().assignments
            )
        },
        {
            "assignments": tuple(
                replace(row, start_at=row.start_at - timedelta(days=700_000)) for row in legal().assignments
            )
        },
    ],
)
def test_garbage_is_named_and_never_raised(change: dict[str, object]) -> None:
    report = judged(small_program(), replace(legal(), **change))

    assert not report.ok
    assert all(one.message for one in report.broken)
    json.dumps(report.to_json(), allow_nan=False)


def test_an_interval_that_spans_the_year_is_one_overlap_after_another() -> None:
    endless = replace(shift("A", 0, "00:00", 1), end_at=shift("A", 13, "23:00", 1).end_at, row=99)

    report = judged(small_program(), replace(legal(), assignments=(*legal().assignments, endless)))

    overlapped = [one for one in report.broken if f"overlaps row {endless.row}" in one.message]
    assert len(overlapped) == len([row for row in legal().assignments if row.person == "A"])
    assert day(0).isoformat() in overlapped[0].message


def test_what_is_odd_in_the_data_is_told_and_breaks_nothing() -> None:
    """A call of history of a hundred hours, long before the year."""
    program, schedule = small_program(), legal()
    end = datetime.combine(program.year_start_date, time(), UTC) - timedelta(days=10)
    who = program.residents[0].id
    interval = HistoryInterval(who, end - timedelta(hours=100), end, DutyType.CLINICAL, row=2)
    report = judged(replace(program, history=(interval,)), schedule)

    assert [one.kind.value for one in report.data_findings] == ["very_long"]
    assert report.broken == judged(program, schedule).broken
