"""What would clear a finding is said, and doing it clears the finding."""

from __future__ import annotations

from datetime import date

import pytest

from src.compliance.rules import Care, Finding
from src.interchange.model import DutyType
from tests.compliance.rules.building import CALL, NIGHT, TRANSITION, Roster, long_rotation, pack_of


def only(roster: Roster, rule: str) -> Finding:
    [finding] = roster.found(rule)
    return finding


def test_a_finding_reads_as_a_person_would_tell_it() -> None:
    """Fourteen days of MICU, three of them leave: 7,778 minutes in eleven days are 82.5 h a week."""
    roster = Roster(first=date(2026, 10, 6), blocks=(14,), rotations=("MICU",)).off((7, 8, 9))
    roster.work((*range(7), 10, 11), "00:00", 864 / 60).work(12, "00:00", 2 / 60)
    finding = only(roster, "US-80")
    assert finding.message == (
        "R001 worked 82.5 h a week on MICU 6–19 Oct, 2.5 h over the 80 h of CPR 6.20 (VI.F.1);"
        " leave 13–15 Oct left out"
    )
    assert finding.remedy == "Take 3.94 h off on MICU 6–19 Oct."
    assert len(finding.weekly_hours) == 2
    assert len(finding.entries) == 10


@pytest.mark.parametrize("minutes", [1, 7, 61, 600])
def test_taking_off_the_hours_named_clears_the_80(minutes: int) -> None:
    roster = long_rotation(28).work(range(20), "00:00", 16).work(25, "00:00", minutes / 60)
    remedy = only(roster, "US-80").remedy
    hours = float(remedy.split()[1])
    assert minutes <= hours * 60 < minutes + 1


def test_starting_when_the_remedy_says_clears_the_rest() -> None:
    early = long_rotation(28).work(0, "15:00", 8).work(1, "06:00", 8)
    assert only(early, "US-REST8").remedy == "Start no earlier than 2 Jul 07:00."
    assert long_rotation(28).work(0, "15:00", 8).work(1, "07:00", 8).found("US-REST8") == []


def test_after_call_the_remedy_counts_from_when_the_resident_left() -> None:
    def on_call(start: str) -> Roster:
        roster = long_rotation(28).work(0, "07:00", 24, CALL).work(1, "07:00", 3, TRANSITION)
        return roster.work(1, start, 1 / 60)

    assert only(on_call("23:00"), "US-REST14").remedy == "Start no earlier than 3 Jul 00:00."
    assert long_rotation(28).work(0, "07:00", 24, CALL).work(2, "00:00", 5).found("US-REST14") == []


def test_free_days_lacking_are_counted() -> None:
    roster = long_rotation(28).work([day for day in range(28) if day not in (6, 13)], "08:00", 8)
    assert only(roster, "US-FREE7").remedy == "Free 2 more 24 h periods on WARD 1–28 Jul."


def test_continuous_work_says_by_when_what_must_end() -> None:
    late = long_rotation(28).work(0, "07:00", 24, CALL).work(1, "07:00", 4.5, TRANSITION)
    assert only(late, "US-CONT24").remedy == "End all work by 2 Jul 11:00."
    care = long_rotation(28).work(0, "07:00", 24.5, CALL)
    assert only(care, "US-CONT24").remedy == "End other work than hand-over or education by 2 Jul 07:00."
    both = long_rotation(28).work(0, "07:00", 30, CALL)
    assert only(both, "US-CONT24").remedy == (
        "End all work by 2 Jul 11:00, and other work than hand-over or education by 2 Jul 07:00."
    )


def test_across_a_change_of_clocks_the_remedy_is_24_elapsed_hours_later() -> None:
    """07:00 and 24 hours in spring are 08:00."""
    roster = long_rotation(7, zone="America/Chicago", first=date(2027, 3, 13)).work(0, "07:00", 24.5, CALL)
    assert only(roster, "US-CONT24").remedy == ("End other work than hand-over or education by 14 Mar 08:00.")


def test_calls_and_nights_too_many_are_counted() -> None:
    calls = long_rotation(28).work(range(0, 28, 2), "19:00", 5, CALL)
    assert only(calls, "US-CALL3").remedy == "Give 5 calls on WARD 1–28 Jul to somebody else."
    nights = long_rotation(28).work(range(8), "19:00", 10, NIGHT)
    assert only(nights, "NF-6").remedy == "Free the night of 7 Jul."
    assert only(nights, "NF-7").remedy == "Begin a free period of 24 h by 7 Jul."


def test_every_finding_of_a_bad_year_has_a_remedy_and_its_pack() -> None:
    roster = Roster(blocks=(28, 28), rotations=("A", "B"), pgy=1).work(range(56), "06:00", 17)
    roster.work(range(0, 56, 2), "23:00", 30, CALL).work(range(20, 30), "20:00", 10, NIGHT)
    roster.work(9, "08:00", 3, DutyType.MOONLIGHTING_EXTERNAL)
    findings = roster.judge()
    assert len({finding.rule for finding in findings}) >= 6
    for finding in findings:
        assert finding.remedy.endswith("."), finding.rule
        assert (finding.pack, finding.pack_version) == ("acgme-cpr-2023", "2023.3")
        assert finding.entries


def test_nights_of_which_several_are_to_be_freed_are_all_named() -> None:
    assert only(long_rotation(28).work(range(14), "19:00", 12, NIGHT), "NF-6").remedy == (
        "Free the night of 7 Jul, 14 Jul."
    )


def test_what_is_asked_of_a_year_is_told_beside_what_there_was() -> None:
    roster = long_rotation(28, care={"clinic": Care.CLINIC}).work((1, 8, 15), "13:00", 4, item="clinic")
    [finding] = roster.found("FM-40", pack_of("acgme-fm", "FM-40"))
    assert finding.message == (
        "R001 had 3 of the 40 weeks with a clinic session that FM Program Requirements, FMP asks for"
        " in a year, 37 too few"
    )
    assert finding.remedy == "Give at least 40 weeks with a clinic session."


def test_the_rest_between_ed_shifts_is_told_beside_the_shift_before() -> None:
    roster = long_rotation(28, care={"WARD": Care.EMERGENCY}).work(0, "07:00", 10).work(1, "02:00", 8)
    [finding] = roster.found("EM-EQ", pack_of("acgme-em", "EM-EQ"))
    assert finding.message == (
        "R001 had 9 h off before the ED shift of 2 Jul 02:00, 1 h short of the 10 h that the shift before it"
        " lasted (EM Program Requirements, work hours)"
    )
