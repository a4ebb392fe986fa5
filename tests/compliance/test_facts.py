"""From program and schedule to facts: duties, rotations, leave, history, scope."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from src.compliance.facts import FactsError, facts_of
from src.compliance.packs import load_pack
from src.compliance.rules import DataFindingKind, Facts, PersonFacts, RotationSegment, judge
from src.interchange.model import (
    Absence,
    AbsenceStatus,
    DutyType,
    HistoryInterval,
    Person,
    PersonKind,
    Program,
    Session,
)
from src.interchange.schedule import (
    AssignmentKind,
    AssignmentRow,
    ResultFile,
    Schedule,
    Scope,
    SolveStatus,
    VacationRow,
    YearRow,
)

CHICAGO = ZoneInfo("America/Chicago")
RESIDENT = Person("R001", "One", PersonKind.RESIDENT, 1)
FACULTY = Person("F001", "Teacher", PersonKind.FACULTY, None)
PROGRAM = Program(
    id="p",
    name="P",
    time_zone="America/Chicago",
    year_start_date=date(2026, 7, 1),
    blocks=(28, 28, 28),
    people=(RESIDENT, FACULTY),
)
YEAR = (YearRow("R001", 1, "WARD"), YearRow("R001", 2, "WARD"), YearRow("R001", 3, "NF"))


def row(
    start: datetime, hours: float = 10, kind: AssignmentKind = AssignmentKind.ROTATION, **changes: object
) -> AssignmentRow:
    made = AssignmentRow(
        "R001",
        start.date(),
        Session.AM,
        kind,
        "WARD",
        start,
        start + timedelta(hours=hours),
        DutyType.CLINICAL,
        row=17,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # passed through


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHICAGO)


def minutes(text: str) -> int:
    return int(at(text).timestamp()) // 60


def person(program: Program = PROGRAM, **schedule: object) -> PersonFacts:
    return facts(program, **schedule).people[0]


def facts(program: Program = PROGRAM, **schedule: object) -> Facts:
    return facts_of(program, Schedule(**{"year": YEAR, **schedule}))  # type: ignore[arg-type]  # passed through


class TestDuties:
    def test_a_row_becomes_a_duty_with_its_minutes_type_and_name(self) -> None:
        [duty] = person(assignments=(row(at("2026-07-06T07:00")),)).duties
        assert (duty.start, duty.end) == (minutes("2026-07-06T07:00"), minutes("2026-07-06T17:00"))
        assert (duty.type, duty.label) == (DutyType.CLINICAL, "2026-07-06/AM/WARD")

    def test_duties_are_ordered_whatever_the_order_of_the_rows(self) -> None:
        rows = (row(at("2026-07-07T07:00")), row(at("2026-07-06T12:00")), row(at("2026-07-06T07:00"), 5))
        assert [duty.start for duty in person(assignments=rows).duties] == [
            minutes("2026-07-06T07:00"),
            minutes("2026-07-06T12:00"),
            minutes("2026-07-07T07:00"),
        ]

    def test_an_offset_other_than_the_zones_names_the_same_instant(self) -> None:
        start = datetime(2026, 7, 6, 14, tzinfo=timezone(timedelta(hours=2)))
        [duty] = person(assignments=(row(start),)).duties
        assert duty.start == minutes("2026-07-06T07:00")

    @pytest.mark.parametrize(
        ("start", "hours", "expected"),
        [
            ("2026-07-06T07:00:30", 1, ("07:00", "08:01")),
            ("2026-07-06T07:00:00.000001", 1, ("07:00", "08:01")),
            ("2026-07-06T07:00:00", 1, ("07:00", "08:00")),
        ],
    )
    def test_seconds_widen_to_the_minute_on_both_sides(
        self, start: str, hours: float, expected: tuple[str, str]
    ) -> None:
        [duty] = person(assignments=(row(at(start), hours),)).duties
        assert (duty.start, duty.end) == tuple(minutes(f"2026-07-06T{wall}") for wall in expected)

    def test_a_row_of_kind_jeopardy_is_jeopardy_whatever_its_type(self) -> None:
        [duty] = person(assignments=(row(at("2026-07-06T07:00"), 24, AssignmentKind.JEOPARDY),)).duties
        assert duty.type is DutyType.JEOPARDY

    def test_a_hand_over_has_a_name_of_its_own(self) -> None:
        call = row(
            at("2026-07-06T07:00"), 24, AssignmentKind.CALL, id="SAT", duty_type=DutyType.IN_HOUSE_CALL
        )
        after = row(at("2026-07-07T07:00"), 2, AssignmentKind.CALL, id="SAT", duty_type=DutyType.TRANSITION)
        labels = [duty.label for duty in person(assignments=(call, after)).duties]
        assert labels == ["2026-07-06/AM/SAT", "2026-07-07/AM/SAT/handover"]

    def test_history_comes_before_the_year_and_says_so(self) -> None:
        interval = HistoryInterval(
            "R001", at("2026-06-30T19:00"), at("2026-07-01T07:00"), DutyType.NIGHT_FLOAT
        )
        [duty] = person(replace(PROGRAM, history=(interval,))).duties
        assert (duty.type, duty.label) == (DutyType.NIGHT_FLOAT, "history/2026-06-30T19:00:00-05:00")

    def test_seconds_in_history_widen_to_the_minute_too(self) -> None:
        interval = HistoryInterval(
            "R001", at("2026-06-30T07:00:59"), at("2026-06-30T17:00:01"), DutyType.CLINICAL
        )
        [duty] = person(replace(PROGRAM, history=(interval,))).duties
        assert (duty.start, duty.end) == (minutes("2026-06-30T07:00"), minutes("2026-06-30T17:01"))

    @pytest.mark.parametrize("who", ["F001", "X999"])
    def test_a_row_of_no_resident_is_set_aside_by_file_and_row(self, who: str) -> None:
        made = facts(assignments=(row(at("2026-07-06T07:00"), person=who),))
        [finding] = made.set_aside
        assert finding.kind is DataFindingKind.NOT_A_RESIDENT
        assert finding.message.startswith(f"assignments.csv, row 17: {who} is no resident")
        assert made.people[0].duties == ()

    @pytest.mark.parametrize("hours", [0, -1])
    def test_a_row_that_does_not_end_after_its_start_is_set_aside(self, hours: float) -> None:
        [finding] = facts(assignments=(row(at("2026-07-06T07:00"), hours),)).set_aside
        assert finding.kind is DataFindingKind.NOT_AN_INTERVAL

    @pytest.mark.parametrize(
        "start", ["1970-01-01T07:00", "2024-01-01T07:00", "2027-01-01T07:00", "9999-12-30T07:00"]
    )
    def test_a_row_far_from_the_year_is_set_aside(self, start: str) -> None:
        [finding] = facts(assignments=(row(at(start)),)).set_aside
        assert finding.kind is DataFindingKind.OUTSIDE_THE_YEAR
        assert finding.entries == (f"{start[:10]}/AM/WARD",)

    def test_a_row_of_a_hundred_years_is_set_aside(self) -> None:
        [finding] = facts(assignments=(row(at("2026-07-06T07:00"), 876_000),)).set_aside
        assert finding.kind is DataFindingKind.OUTSIDE_THE_YEAR

    def test_a_row_of_a_hundred_hours_is_judged(self) -> None:
        found = judge(facts(assignments=(row(at("2026-07-06T07:00"), 100),)), [load_pack("acgme-cpr-2023")])
        assert "US-CONT24" in {finding.rule for finding in found}

    def test_history_older_than_a_year_is_set_aside_and_does_not_widen_the_calendar(self) -> None:
        old = HistoryInterval("R001", at("1999-01-01T07:00"), at("1999-01-01T17:00"), DutyType.CLINICAL, 9)
        made = facts(replace(PROGRAM, history=(old,)))
        assert made.set_aside[0].message.startswith("history.csv, row 9: lies outside the year")
        assert len(made.calendar.midnights) < 600

    def test_an_instant_without_an_offset_is_an_error_by_file_and_row(self) -> None:
        naive = row(at("2026-07-06T07:00"), start_at=datetime(2026, 7, 6, 7))  # noqa: DTZ001 - the point of the test
        with pytest.raises(FactsError, match=r"assignments.csv, row 17: 2026-07-06T07:00:00 has no offset"):
            facts(assignments=(naive,))


class TestRotations:
    def test_neighbouring_blocks_of_one_rotation_are_one_segment(self) -> None:
        assert person().segments == (
            RotationSegment("WARD", date(2026, 7, 1), 56),
            RotationSegment("NF", date(2026, 8, 26), 28),
        )

    def test_a_block_without_a_row_has_no_rotation(self) -> None:
        assert person(year=YEAR[1:]).segments[0] == RotationSegment(None, date(2026, 7, 1), 28)

    def test_of_two_rows_for_a_block_the_first_counts(self) -> None:
        assert person(year=(YearRow("R001", 1, "ICU"), *YEAR)).segments[0].rotation == "ICU"

    def test_rows_of_blocks_that_do_not_exist_are_no_rotation(self) -> None:
        assert sum(segment.days for segment in person(year=(*YEAR, YearRow("R001", 99, "X"))).segments) == 84

    def test_segments_cover_the_year_once_without_any_row(self) -> None:
        assert person(year=()).segments == (RotationSegment(None, date(2026, 7, 1), 84),)


class TestLeave:
    def test_a_vacation_week_is_monday_to_sunday(self) -> None:
        leave = person(vacations=(VacationRow("R001", date(2026, 7, 6)),)).leave_dates
        assert leave == {date(2026, 7, day) for day in range(6, 13)}

    @pytest.mark.parametrize(
        ("status", "days"), [("approved", 2), ("requested", 0), ("rejected", 0), ("cancelled", 0)]
    )
    def test_only_approved_absences_are_leave(self, status: str, days: int) -> None:
        absence = Absence("R001", "sick", date(2026, 7, 6), date(2026, 7, 7), AbsenceStatus(status))
        assert len(person(replace(PROGRAM, absences=(absence,))).leave_dates) == days

    def test_an_absence_beyond_the_year_is_cut_to_it(self) -> None:
        absence = Absence("R001", "loa", date(1, 1, 1), date(9999, 12, 31), AbsenceStatus.APPROVED)
        assert len(person(replace(PROGRAM, absences=(absence,))).leave_dates) == 84

    def test_a_vacation_outside_the_year_is_no_leave(self) -> None:
        rows = (VacationRow("R001", date(9999, 12, 27)), VacationRow("R001", date(2026, 6, 22)))
        assert person(vacations=rows).leave_dates == frozenset()

    def test_dates_before_the_start_and_after_the_end_are_leave(self) -> None:
        part = replace(RESIDENT, start_date=date(2026, 7, 3), end_date=date(2026, 9, 20))
        leave = person(replace(PROGRAM, people=(part,))).leave_dates
        assert leave == {date(2026, 7, 1), date(2026, 7, 2), date(2026, 9, 21), date(2026, 9, 22)}

    def test_leave_of_others_is_not_ones_own(self) -> None:
        assert person(vacations=(VacationRow("F001", date(2026, 7, 6)),)).leave_dates == frozenset()

    def test_part_of_a_year_is_averaged_over_the_days_there(self) -> None:
        """Two weeks of 81 h in a block of four of which two were before the start."""
        part = replace(RESIDENT, start_date=date(2026, 7, 15))
        rows = tuple(
            row(at(f"2026-07-{day}T02:00"), 16.2) for day in (15, 16, 17, 18, 19, 22, 23, 24, 25, 26)
        )
        made = facts(
            replace(PROGRAM, people=(part,)),
            assignments=rows,
            year=(YearRow("R001", 1, "A"), YearRow("R001", 2, "B")),
        )
        assert [f.value for f in judge(made, [load_pack("acgme-cpr-2023")]) if f.rule == "US-80"] == [81]


class TestYear:
    def test_residents_are_judged_and_faculty_are_not(self) -> None:
        assert [(p.person, p.pgy) for p in facts().people] == [("R001", 1)]

    def test_the_year_and_its_blocks_are_the_programs(self) -> None:
        made = facts()
        assert (made.year_start_date, made.year_end_date) == (date(2026, 7, 1), date(2026, 9, 22))
        assert [block.number for block in made.blocks] == [1, 2, 3]
        assert made.time_zone == "America/Chicago"

    @pytest.mark.parametrize(("blocks", "checked"), [((), (1, 2, 3)), ((2,), (2,)), ((1, 3), (1, 3))])
    def test_the_blocks_of_the_result_are_checked(
        self, blocks: tuple[int, ...], checked: tuple[int, ...]
    ) -> None:
        result = ResultFile(SolveStatus.FEASIBLE, Scope.BOTH, blocks)
        assert facts(result=result).checked_blocks == checked

    def test_without_a_result_every_block_is_checked(self) -> None:
        assert facts().checked_blocks == (1, 2, 3)

    def test_history_brings_the_calendar_to_where_it_begins(self) -> None:
        early = HistoryInterval("R001", at("2026-05-01T07:00"), at("2026-05-01T17:00"), DutyType.CLINICAL)
        made = facts(replace(PROGRAM, history=(early,)))
        assert made.calendar.day_of(minutes("2026-05-01T07:00")) == date(2026, 5, 1).toordinal()
        assert made.set_aside == ()

    @pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", "America"])
    def test_an_unknown_zone_is_an_error_that_names_it(self, zone: str) -> None:
        with pytest.raises(FactsError, match="is not a time zone this system knows"):
            facts(replace(PROGRAM, time_zone=zone))

    @pytest.mark.parametrize("start", [date(1, 1, 1), date(9999, 10, 1)])
    def test_a_year_at_the_end_of_the_calendar_is_an_error(self, start: date) -> None:
        with pytest.raises(FactsError, match=r"outside the calendar"):
            facts(replace(PROGRAM, year_start_date=start))

    def test_history_before_the_first_year_of_the_calendar_is_an_error(self) -> None:
        old = HistoryInterval("R001", at("0001-12-01T07:00"), at("0001-12-01T17:00"), DutyType.CLINICAL)
        with pytest.raises(FactsError, match=r"outside the calendar"):
            facts(replace(PROGRAM, year_start_date=date(1, 12, 31), history=(old,)))

    def test_the_same_input_makes_the_same_facts(self) -> None:
        rows = (row(at("2026-07-06T07:00")), row(datetime(2026, 7, 7, 12, tzinfo=UTC)))
        assert facts(assignments=rows) == facts(assignments=rows)
