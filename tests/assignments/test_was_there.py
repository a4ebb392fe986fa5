"""Whether a finding stood before: of the same rule and person, over the same time, at least as badly."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from src.assignments.judgement import _was_there
from src.compliance.rules.model import Finding
from src.interchange.schedule import Severity

START, END = datetime(2026, 7, 6, tzinfo=UTC), datetime(2026, 7, 13, tzinfo=UTC)
FINDING = Finding(
    rule="US-80",
    severity=Severity.HARD,
    person="R1",
    window_start_at=START,
    window_end_at=END,
    value=Decimal(84),
    limit=Decimal(80),
    unit="hours",
    clause="CPR VI.F.1",
    entries=(),
    message="84 hours",
    pack="acgme-cpr-2023",
)


def test_the_same_finding_and_a_worse_one_over_a_part_of_its_time_were_there() -> None:
    assert _was_there(FINDING, (FINDING,))
    assert _was_there(FINDING, (replace(FINDING, value=Decimal(90), window_start_at=END - timedelta(1)),))


@pytest.mark.parametrize(
    "before",
    [
        replace(FINDING, person="R2"),
        replace(FINDING, rule="US-FREE7"),
        replace(FINDING, severity=Severity.SOFT),
        replace(FINDING, value=Decimal(83)),
        replace(FINDING, window_start_at=END, window_end_at=END + timedelta(7)),
        replace(FINDING, window_start_at=START - timedelta(7), window_end_at=START),
    ],
    ids=["another person", "another rule", "soft", "less bad", "later", "earlier"],
)
def test_anything_else_was_not(before: Finding) -> None:
    assert not _was_there(FINDING, (before,))
    assert not _was_there(FINDING, ())
