"""The check agrees with what another checker, written from the documents alone, found."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from src.compliance.check import CheckReport, check
from src.interchange.reader import load_program
from src.interchange.schedule_files import load_schedule

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
NAMES = ("tiny", "fm-24", "gs-35")

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data are not beside this checkout"),
]


@pytest.fixture(scope="module", params=NAMES)
def told(request: pytest.FixtureRequest) -> tuple[CheckReport, dict[str, Any]]:
    """Our report and the other checker's."""
    name = request.param
    report = check(load_program(SHARED / "programs" / name), load_schedule(SHARED / "schedules" / name))
    return report, json.loads((SHARED / "schedules" / name / "expected.json").read_text("utf-8"))


def test_nothing_is_broken_and_nothing_hard(told: tuple[CheckReport, dict[str, Any]]) -> None:
    report, expected = told

    assert report.broken == ()
    assert report.hard == expected["hard"] == 0


def test_the_findings_are_as_many_by_rule_and_severity(told: tuple[CheckReport, dict[str, Any]]) -> None:
    report, expected = told

    assert Counter(f"{row.rule} {row.severity}" for row in report.finding_rows) == expected["findings"]


def test_the_score_is_the_same_term_by_term(told: tuple[CheckReport, dict[str, Any]]) -> None:
    report, expected = told

    assert report.to_json()["score_terms"] == expected["score_terms"]


def test_the_figures_are_the_same_to_the_digit(told: tuple[CheckReport, dict[str, Any]]) -> None:
    report, expected = told

    assert report.to_json()["figures"] == expected["figures"]


def test_a_schedule_of_another_program_is_not_legal() -> None:
    report = check(load_program(SHARED / "programs" / "fm-24"), load_schedule(SHARED / "schedules" / "tiny"))

    assert not report.ok
    assert {one.item for one in report.broken} >= {1, 2, 3, 4}


def test_a_whole_year_is_checked_within_a_few_seconds_also_on_a_busy_machine() -> None:
    program, schedule = (
        load_program(SHARED / "programs" / "gs-35"),
        load_schedule(SHARED / "schedules" / "gs-35"),
    )
    started = time.process_time()

    check(program, schedule)

    assert time.process_time() - started < 5
