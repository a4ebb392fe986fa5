"""Data findings: overlaps and work on leave, apart from what rules say."""

from __future__ import annotations

from dataclasses import replace

from src.compliance.rules import DataFinding, DataFindingKind, data_findings
from src.interchange.model import DutyType
from tests.compliance.rules.building import HOME_CALL, NIGHT, Roster, long_rotation, pack


def found(roster: Roster) -> list[DataFinding]:
    return list(data_findings(roster.facts(), pack()))


def test_clean_facts_have_none() -> None:
    assert found(long_rotation(28).work(range(20), "08:00", 9).off(range(21, 28))) == []


def test_overlapping_entries_are_told_with_both_names() -> None:
    [finding] = found(long_rotation(28).work(0, "08:00", 4).work(0, "11:59", 4))
    assert finding.kind is DataFindingKind.OVERLAP
    assert finding.entries == ("0/08:00/clinical", "0/11:59/clinical")
    assert finding.message == "R001: 0/08:00/clinical and 0/11:59/clinical overlap; the time counts once"


def test_entries_that_touch_do_not_overlap() -> None:
    assert found(long_rotation(28).work(0, "08:00", 4).work(0, "12:00", 4)) == []


def test_entries_inside_a_long_one_overlap_it_each() -> None:
    roster = long_rotation(28).work(0, "08:00", 12).work(0, "09:00", 1).work(0, "11:00", 1)
    assert [finding.entries[0] for finding in found(roster)] == ["0/08:00/clinical"] * 2


def test_what_is_no_work_may_overlap() -> None:
    roster = long_rotation(28).work(0, "08:00", 9).work(0, "07:00", 24, DutyType.JEOPARDY)
    assert found(roster.work(0, "16:00", 14, HOME_CALL)) == []


def test_work_on_a_leave_date_is_told_with_the_date() -> None:
    [finding] = found(long_rotation(28).work(2, "19:00", 12, NIGHT).off((3, 4)))
    assert finding.kind is DataFindingKind.WORK_ON_LEAVE
    assert finding.message == "R001 worked on 4 Jul, a day of leave (2/19:00/night_float); the day counts"


def test_home_call_on_a_leave_date_is_no_work() -> None:
    assert found(long_rotation(28).work(2, "08:00", 24, HOME_CALL).off(3)) == []


def test_leave_outside_the_year_is_not_looked_at() -> None:
    assert found(long_rotation(28).work(-1, "08:00", 9).off((-1, 40))) == []


def test_an_entry_of_a_hundred_hours_is_told_and_counted() -> None:
    roster = long_rotation(28).work(0, "08:00", 100)
    [finding] = found(roster)
    assert finding.kind is DataFindingKind.VERY_LONG
    assert finding.message == "R001: 0/08:00/clinical lasts 100 h; is its end right?"
    assert roster.severities("US-CONT24") == ["hard"]


def test_an_entry_of_two_days_and_a_week_on_the_pager_are_not_told() -> None:
    assert found(long_rotation(28).work(0, "08:00", 48).work(7, "08:00", 168, HOME_CALL)) == []


def test_what_was_set_aside_comes_first() -> None:
    aside = DataFinding(DataFindingKind.NOT_A_RESIDENT, "F001", "no resident")
    facts = replace(long_rotation(28).work((0, 0), "08:00", 4).facts(), set_aside=(aside,))
    assert [finding.kind for finding in data_findings(facts, pack())] == [
        DataFindingKind.NOT_A_RESIDENT,
        DataFindingKind.OVERLAP,
    ]


def test_military_duty_is_told_and_counts_for_nothing() -> None:
    """Sixteen hours on the fourth Sunday leave it a free day, and add nothing to 80 hours a week."""
    days = [day for day in range(28) if day % 7 != 4]
    roster = long_rotation(28).work(days, "06:00", 80 / 6).work(4, "06:00", 16, DutyType.MILITARY)
    assert roster.judge() == ()
    [told] = data_findings(roster.facts(), pack())
    assert (told.kind, told.entries) == (DataFindingKind.MILITARY, ("4/06:00/military",))
    assert "counts for nothing" in told.message
