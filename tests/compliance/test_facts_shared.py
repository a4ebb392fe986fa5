"""The schedules of another maker: what the rules find in them, and how long that takes."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path
from time import thread_time
from typing import Any

import pytest

from src.compliance.facts import facts_of
from src.compliance.packs import load_pack
from src.compliance.rules import Facts, data_findings, finding_rows, judge, judge_person
from src.interchange.model import Program
from src.interchange.reader import load_program
from src.interchange.schedule_files import load_schedule

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
NAMES = ("tiny", "fm-24", "gs-35")

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not SHARED.exists(), reason="../shared/data is not there"),
]


@cache
def read(name: str) -> tuple[Program, Facts]:
    program = load_program(SHARED / "programs" / name)
    return program, facts_of(program, load_schedule(SHARED / "schedules" / name))


def expected(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SHARED / "schedules" / name / "expected.json").read_text("utf-8"))
    return found


@pytest.mark.parametrize("name", NAMES)
def test_findings_are_those_of_an_independent_checker(name: str) -> None:
    _, facts = read(name)
    findings = judge(facts, [load_pack("acgme-cpr-2023")])
    counts = Counter(f"{finding.rule} {finding.severity}" for finding in findings)
    assert counts == expected(name)["findings"]
    assert sum(finding.severity.value == "hard" for finding in findings) == expected(name)["hard"]
    assert (
        sum(finding.severity.value == "soft" for finding in findings)
        == (expected(name)["score_terms"]["advisories"])
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_clean_schedule_has_no_data_findings(name: str) -> None:
    assert data_findings(read(name)[1], load_pack("acgme-cpr-2023")) == ()


@pytest.mark.parametrize("name", NAMES)
def test_rows_name_their_entries_without_spaces(name: str) -> None:
    program, facts = read(name)
    findings = judge(facts, [load_pack("acgme-cpr-2023")])
    rows = finding_rows(findings, program)
    assert len(rows) == len(findings)
    labels = {duty.label for person in facts.people for duty in person.duties}
    assert all(set(row.entries.split(" ")) <= labels for row in rows)


def test_a_year_of_12_000_intervals_is_judged_well_under_two_tenths_of_a_second() -> None:
    """Some 25 ms on a quiet machine; the best of five, so that a busy one does not fail it."""
    _, facts = read("fm-24")
    pack = load_pack("acgme-cpr-2023")
    assert min(_seconds(lambda: judge(facts, [pack])) for _ in range(5)) < 0.2


def test_one_person_is_judged_in_milliseconds() -> None:
    """About one on a quiet machine."""
    _, facts = read("gs-35")
    pack = load_pack("acgme-cpr-2023")
    assert min(_seconds(lambda: judge_person(facts, facts.people[7], [pack])) for _ in range(9)) < 0.005


def _seconds(work: Any) -> float:
    """Processor time: what others take of the machine meanwhile is not the rules'."""
    started = thread_time()
    work()
    return thread_time() - started
