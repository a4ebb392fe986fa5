"""US-ELECT: an elected extension turns a violation into an advisory, and is rare."""

from __future__ import annotations

from decimal import Decimal

from src.interchange.model import DutyType
from tests.compliance.rules.building import CALL, TRANSITION, Roster, long_rotation, totals

ELECTED = DutyType.RESIDENT_ELECTED_EXTENSION


def stayed(kind: DutyType, roster: Roster | None = None, day: int = 0) -> Roster:
    """28 hours of call and hand-over, then two more."""
    roster = roster or long_rotation(28)
    roster.work(day, "07:00", 24, CALL).work(day + 1, "07:00", 4, TRANSITION)
    return roster.work(day + 1, "11:00", 2, kind)


def test_28_hours_and_two_elected_ones_are_an_advisory() -> None:
    [finding] = stayed(ELECTED).found("US-CONT24")
    assert (finding.severity.value, finding.value) == ("soft", 30)
    assert finding.message.endswith("the excess is an elected extension, which needs a reason")
    assert stayed(ELECTED).found("US-ELECT") == []


def test_the_same_two_hours_of_clinic_are_a_violation() -> None:
    assert stayed(DutyType.CLINICAL).severities("US-CONT24") == ["hard"]


def test_elected_hours_count_to_the_80() -> None:
    roster = long_rotation(28).work(range(20), "00:00", 16).work(27, "00:00", 1, ELECTED)
    assert roster.severities("US-80") == ["hard"]


def test_two_extensions_in_a_window_are_still_rare() -> None:
    assert stayed(ELECTED, stayed(ELECTED), 7).found("US-ELECT") == []


def test_three_extensions_in_a_window_are_an_advisory() -> None:
    roster = stayed(ELECTED, stayed(ELECTED, stayed(ELECTED), 7), 14)
    [finding] = roster.found("US-ELECT")
    assert (finding.severity.value, finding.value, finding.limit) == ("soft", Decimal(3), Decimal(2))
    assert len(finding.entries) == 3
    assert finding.remedy == "Hand off in time on 1 more day."


def test_extensions_of_two_rotations_are_counted_apart() -> None:
    roster = Roster(blocks=(14, 14), rotations=("A", "B"))
    for day in (0, 7, 14, 21):
        stayed(ELECTED, roster, day)
    assert roster.found("US-ELECT") == []


def test_without_an_extension_nothing_is_said() -> None:
    assert ("US-ELECT", "soft") not in totals(stayed(TRANSITION).judge())
