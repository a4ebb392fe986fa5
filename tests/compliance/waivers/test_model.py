"""A waiver covers exactly the finding that it was granted for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from src.compliance.rules import Finding
from src.compliance.waivers import Waiver, sort_out
from src.interchange.schedule import Severity

START = datetime(2026, 7, 1, 5, tzinfo=UTC)
END = START + timedelta(days=28)
TODAY = date(2026, 7, 20)

FINDING = Finding(
    rule="US-80",
    severity=Severity.HARD,
    person="R1",
    window_start_at=START,
    window_end_at=END,
    value=Decimal("81.5"),
    limit=Decimal(80),
    unit="hours a week",
    clause="CPR 6.20",
    entries=(),
    message="R1 worked too long",
    pack="acgme-cpr-2023",
)
WAIVER = Waiver(
    rule="US-80",
    person="R1",
    window_start_at=START,
    window_end_at=END,
    value=Decimal("81.5"),
    limit=Decimal(80),
    reason="Two colleagues are ill",
    granted_by="casey@example.org",
    granted_at=START,
)
REST = replace(FINDING, rule="US-REST14", value=Decimal(13), limit=Decimal(14))
REST_WAIVER = replace(WAIVER, rule="US-REST14", value=Decimal(13), limit=Decimal(14))


def test_it_covers_the_finding_as_worded_and_a_lesser_one() -> None:
    assert WAIVER.covers(FINDING)
    assert WAIVER.covers(replace(FINDING, value=Decimal("80.5")))
    assert WAIVER.covers(replace(FINDING, window_start_at=END - timedelta(minutes=1)))
    assert REST_WAIVER.covers(REST)
    assert REST_WAIVER.covers(replace(REST, value=Decimal("13.5")))


@pytest.mark.parametrize(
    "other",
    [
        replace(FINDING, value=Decimal("81.51")),
        replace(FINDING, person="R2"),
        replace(FINDING, rule="US-88"),
        replace(FINDING, window_start_at=END, window_end_at=END + timedelta(days=28)),
        replace(FINDING, window_start_at=START - timedelta(days=28), window_end_at=START),
    ],
    ids=["worse", "another person", "another rule", "just after", "just before"],
)
def test_it_covers_nothing_else(other: Finding) -> None:
    assert not WAIVER.covers(other)


def test_less_rest_than_was_accepted_is_not_covered() -> None:
    """Where the rule asks for at least so much, worse is below."""
    assert not REST_WAIVER.covers(replace(REST, value=Decimal("12.99")))


def test_a_value_on_the_side_that_breaks_nothing_accepts_nothing() -> None:
    """A slip of the keyboard, 70 for 81.5, must not let 120 hours stand."""
    slip = replace(WAIVER, value=Decimal(70))
    for hours in ("80.01", "81.5", "120"):
        assert not slip.covers(replace(FINDING, value=Decimal(hours)))
    assert not replace(REST_WAIVER, value=Decimal(15)).covers(REST)


def test_under_a_stricter_limit_it_covers_no_more_than_the_excess_accepted() -> None:
    stricter = replace(FINDING, limit=Decimal(60))
    assert not WAIVER.covers(replace(stricter, value=Decimal(75)))
    assert WAIVER.covers(replace(stricter, value=Decimal(61)))
    laxer = replace(FINDING, limit=Decimal(88))
    assert not WAIVER.covers(replace(laxer, value=Decimal(89)))


def test_what_fails_without_a_distance_is_covered_only_as_it_was() -> None:
    flat = replace(WAIVER, value=Decimal(80))
    assert flat.covers(replace(FINDING, value=Decimal(80)))
    assert not flat.covers(replace(FINDING, value=Decimal("80.01")))


def test_hard_findings_are_sorted_into_those_that_block_and_those_waived() -> None:
    other = replace(FINDING, person="R2")
    soft = replace(FINDING, severity=Severity.SOFT, person="R3")
    info = replace(FINDING, severity=Severity.INFO, person="R4")
    blocking, waived = sort_out([FINDING, other, soft, info], [WAIVER], TODAY)
    assert blocking == (other,)
    assert [(one.finding, one.waiver) for one in waived] == [(FINDING, WAIVER)]


def test_an_expired_waiver_lets_nothing_stand() -> None:
    last_day = replace(WAIVER, expires_date=TODAY)
    assert sort_out([FINDING], [last_day], TODAY)[0] == ()
    assert sort_out([FINDING], [last_day], TODAY + timedelta(days=1))[0] == (FINDING,)


def test_without_waivers_every_hard_finding_blocks() -> None:
    assert sort_out([FINDING, REST], [], TODAY) == ((FINDING, REST), ())
