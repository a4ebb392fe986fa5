"""Real schedules go through every pack of another country without an error."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from src.compliance.check import check
from src.compliance.facts import facts_of
from src.compliance.packs import load_pack
from src.compliance.rules import measure
from src.interchange.reader import load_program
from src.interchange.schedule_files import load_schedule

SHARED = Path(__file__).resolve().parents[5] / "shared" / "data"
PACKS = (
    "uk-2016",
    "uk-2019",
    "eu-wtd",
    "ca-on-paro",
    "ca-bc",
    "ca-sk",
    "ca-mar",
    "ca-qc",
    "nz-rmo",
    "au-nsw",
)

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data are not beside this checkout"),
]


@pytest.mark.parametrize("pack_id", PACKS)
def test_a_real_year_is_judged_and_measured(pack_id: str) -> None:
    """Made under American rules, it breaks others: each pack says so, and names what it rests on."""
    program = replace(load_program(SHARED / "programs" / "tiny"), rule_packs=(pack_id,))
    schedule = load_schedule(SHARED / "schedules" / "tiny")
    labels = {f"{row.date}/{row.session}/{row.id}" for row in schedule.assignments}
    labels |= {f"{label}/handover" for label in labels}

    report = check(program, schedule)

    assert {finding.pack for finding in report.findings} == {pack_id}
    for finding in report.findings:
        assert any(entry in labels or entry.startswith("history/") for entry in finding.entries), finding
    assert len(report.finding_rows) == len(report.findings)
    enabled = {rule.id for rule in load_pack(pack_id).rules if rule.enabled}
    measured = {one.rule for one in measure(facts_of(program, schedule), [load_pack(pack_id)])}
    assert measured <= enabled
    assert {finding.rule for finding in report.findings} <= measured
