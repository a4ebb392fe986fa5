"""The score, term by term and tier by tier, and the figures, counted on small schedules by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from types import MappingProxyType

import pytest

from src.interchange.model import (
    Absence,
    AbsenceStatus,
    Coverage,
    HistoryCount,
    HistoryCountKind,
    HistoryInterval,
    Program,
    Request,
    RequestKind,
    Tier,
)
from src.interchange.schedule import FindingRow, Schedule, Severity
from tests.compliance.structure.world import (
    DESK,
    DESK_DATES,
    IN_HOUSE,
    JEOPARDY,
    LEAVE,
    NF,
    WARD,
    A,
    B,
    call,
    day,
    desk,
    examined,
    handover,
    jeopardy,
    legal,
    nights,
    of_a,
    on_call,
    shift,
    small_program,
    ward,
)

SAME_PGY = (A, replace(B, pgy=1))
SATURDAY, SUNDAY = 5, 6


def aiming_at(*terms: str, **changes: object) -> Program:
    """One tier with each term at weight 1."""
    return small_program(objective=(Tier(tuple((term, Decimal(1)) for term in terms)),), **changes)


def count(term: str, program: Program, plan: Schedule) -> Decimal:
    return examined(replace(program, objective=aiming_at(term).objective), plan).score.terms[term]


def asks(kind: RequestKind, on: int, to: int | None = None, **changes: object) -> Request:
    end = None if to is None else day(to)
    return replace(Request("A", kind, start_date=day(on), end_date=end), **changes)


class TestRequests:
    @pytest.mark.parametrize(
        ("points", "expected"),
        [((10, 8, 6), 8), ((10,), 0), ((), 0), ((Decimal("2.5"), Decimal("1.5")), Decimal("1.5"))],
    )
    def test_vacation_rank_gives_the_points_of_each_granted_choice(
        self, points: tuple[int, ...], expected: Decimal
    ) -> None:
        program = small_program(
            vacation_weeks=MappingProxyType({1: 1}),
            requests=(asks(RequestKind.VACATION, 7, rank=1), asks(RequestKind.VACATION, 2, rank=2)),
            objective=(Tier((), tuple(map(Decimal, points))),),
        )
        plan = of_a(desk("A", *DESK_DATES[5:]), vacations=[("A", 0, 2)])

        score = examined(program, plan).score

        assert score.terms == {"vacation_rank": expected}
        assert score.tiers == {1: expected}

    def test_rotation_requests_sum_the_weights_of_what_they_have_wanted_or_not(self) -> None:
        wishes = [("DESK", 1, 3), ("DESK", 2, -2), ("WARD", 1, 5), ("DESK", 2, None), ("@soft", 1, 4)]
        program = small_program(
            rotations=(replace(DESK, group="soft"), WARD, NF, LEAVE),
            requests=tuple(
                Request("A", RequestKind.ROTATION, rotation=rotation, block=block, weight=weight)
                for rotation, block, weight in wishes
            ),
        )

        assert count("rotation_request", program, legal()) == 3 - 2 + 1 + 4

    def test_a_day_off_is_granted_where_no_work_touches_any_of_its_dates(self) -> None:
        program = small_program(
            requests=(
                asks(RequestKind.DAY_OFF, SATURDAY),
                asks(RequestKind.DAY_OFF, SATURDAY, SUNDAY),
                asks(RequestKind.DAY_OFF, 4, SATURDAY),
                asks(RequestKind.DAY_OFF, 12),
            ),
            calls=(call(), call("JEO", duty_type=JEOPARDY, start=time(7), minutes=1440)),
        )
        plan = of_a(desk("A", *DESK_DATES), jeopardy("A", SATURDAY), on_call("A", 11, "18:00", 12))

        assert count("day_off_request", program, plan) == 2

    def test_a_call_that_ends_at_midnight_does_not_touch_the_next_date(self) -> None:
        program = small_program(requests=(asks(RequestKind.DAY_OFF, SUNDAY),), calls=(call(minutes=360),))
        plan = of_a(desk("A", *DESK_DATES), on_call("A", SATURDAY, "18:00", 6))

        assert count("day_off_request", program, plan) == 1

    def test_no_call_and_call_look_at_the_start_dates_of_calls_and_jeopardies(self) -> None:
        requests = (
            asks(RequestKind.NO_CALL, SUNDAY),
            asks(RequestKind.NO_CALL, 4, SATURDAY),
            asks(RequestKind.NO_CALL, 12),
            asks(RequestKind.CALL, 4, SUNDAY),
            asks(RequestKind.CALL, SUNDAY),
            asks(RequestKind.CALL, 12),
        )
        program = small_program(
            requests=requests, calls=(call(), call("JEO", duty_type=JEOPARDY, start=time(7), minutes=1440))
        )
        plan = of_a(desk("A", *DESK_DATES), on_call("A", SATURDAY, "18:00", 12), jeopardy("A", 12))

        # Granted: no call on Sunday, a call from Friday to Sunday, and the jeopardy of the second Saturday.
        assert count("no_call_request", program, plan) == 3

    def test_a_handover_is_no_call_that_starts(self) -> None:
        program = small_program(
            requests=(asks(RequestKind.NO_CALL, SUNDAY),), calls=(call(handover_minutes=60),)
        )
        plan = of_a(
            desk("A", *DESK_DATES), on_call("A", SATURDAY, "18:00", 12), handover("A", SUNDAY, "06:00", 1)
        )

        assert count("no_call_request", program, plan) == 1

    def test_a_wish_without_end_of_time_is_looked_at_as_far_as_the_year_goes(self) -> None:
        endless = replace(asks(RequestKind.DAY_OFF, SATURDAY), end_date=date.max)
        backwards = replace(endless, start_date=date.min, end_date=date.min)

        assert count("day_off_request", small_program(requests=(endless, backwards)), legal()) == 1


class TestFairness:
    """Max - min inside each PGY, summed over the PGYs, among residents there all year."""

    def test_heavy_blocks_are_those_of_inpatient_and_night_rotations(self) -> None:
        nights_then_ward = of_a(nights("A", *range(7)), ward("A", *range(8, 13)), rotations=("NF", "WARD"))

        assert count("fair_heavy_blocks", small_program(people=SAME_PGY), nights_then_ward) == 2
        assert count("fair_heavy_blocks", small_program(), nights_then_ward) == 0

    def test_call_points_hold_calls_jeopardies_and_history(self) -> None:
        calls = (
            call(points=Decimal("2.5")),
            call("JEO", duty_type=JEOPARDY, start=time(7), minutes=1440, points=Decimal("0.5")),
        )
        earlier = (
            HistoryCount("B", HistoryCountKind.POINTS, Decimal("0.25")),
            HistoryCount("B", HistoryCountKind.NIGHTS, Decimal(50)),
        )
        program = small_program(people=SAME_PGY, calls=calls, history_counts=earlier)
        plan = of_a(desk("A", *DESK_DATES), on_call("A", SATURDAY, "18:00", 12), jeopardy("A", 12))

        assert count("fair_call_points", program, plan) == Decimal("2.75")

    def test_weekends_are_pairs_of_saturday_and_sunday_with_either_touched(self) -> None:
        program = small_program(people=SAME_PGY, calls=(call(),))
        friday_into_saturday = on_call("A", 4, "18:00", 12)
        plan = of_a(desk("A", *DESK_DATES), friday_into_saturday, on_call("A", SUNDAY, "18:00", 12))

        assert count("fair_weekends", program, plan) == 1

    def test_holidays_are_those_touched(self) -> None:
        program = small_program(
            people=SAME_PGY, calls=(call(),), holidays=(day(SATURDAY), day(SUNDAY), day(12))
        )
        plan = of_a(desk("A", *DESK_DATES), on_call("A", SATURDAY, "18:00", 12))

        assert count("fair_holidays", program, plan) == 2

    def test_nights_and_jeopardies_can_be_fair_too(self) -> None:
        program = small_program(
            people=SAME_PGY,
            calls=(call("JEO", duty_type=JEOPARDY, start=time(7), minutes=1440),),
            history_counts=(HistoryCount("B", HistoryCountKind.NIGHTS, Decimal(1)),),
        )
        plan = of_a(
            nights("A", 0, 1, 2), desk("A", *DESK_DATES[5:]), jeopardy("A", SUNDAY), rotations=("NF", "DESK")
        )

        assert count("fair_nights", program, plan) == 2
        assert count("fair_jeopardy", program, plan) == 1

    def test_who_is_not_there_all_year_is_not_compared(self) -> None:
        part = small_program(people=(A, replace(B, pgy=1, end_date=day(12))))
        plan = of_a(ward("A", *range(6)), desk("A", *DESK_DATES[5:]), rotations=("WARD", "DESK"))

        assert count("fair_heavy_blocks", part, plan) == 0

    def test_last_years_duty_does_not_count_as_this_years(self) -> None:
        last = on_call("A", -1, "18:00", 14)
        history = (HistoryInterval("A", last.start_at, last.end_at, IN_HOUSE),)
        program = small_program(people=SAME_PGY, history=history, holidays=(day(0),))
        plan = of_a(desk("A", *DESK_DATES[1:]))

        assert count("fair_holidays", program, plan) == 1


class TestTheRest:
    def test_a_whole_weekend_is_touched_by_no_work_vacation_or_absence(self) -> None:
        absence = Absence("B", "sick", day(12), day(12), AbsenceStatus.APPROVED)
        program = small_program(absences=(absence,), vacation_weeks=MappingProxyType({1: 1}))
        plan = of_a(desk("A", *DESK_DATES[5:]), vacations=[("A", 0, None)])

        # A: the second weekend; B: the first.
        assert count("whole_weekends", program, plan) == 2

    def test_a_weekend_lies_wholly_in_the_year(self) -> None:
        ends_on_saturday = small_program(blocks=(7, 6))
        starts_on_sunday = small_program(year_start_date=day(-1), blocks=(8, 7))

        assert count("whole_weekends", ends_on_saturday, legal()) == 2
        assert count("whole_weekends", starts_on_sunday, legal()) == 4

    def test_a_jeopardy_leaves_a_weekend_whole_and_a_departure_ends_them(self) -> None:
        program = small_program(
            people=(A, replace(B, end_date=day(12))),
            calls=(call("JEO", duty_type=JEOPARDY, start=time(7), minutes=1440),),
        )

        assert count("whole_weekends", program, of_a(desk("A", *DESK_DATES), jeopardy("A", SATURDAY))) == 3

    @pytest.mark.parametrize(
        ("dates", "expected"), [((3,), 1), ((3, 4), 0), ((0, 2, 4), 3), ((0, 1, 3), 1), ((), 0)]
    )
    def test_an_isolated_night_has_none_the_date_before_and_after(
        self, dates: tuple[int, ...], expected: int
    ) -> None:
        plan = of_a(nights("A", *dates), desk("A", *DESK_DATES[5:]), rotations=("NF", "DESK"))

        assert count("isolated_nights", small_program(), plan) == expected

    def test_a_night_call_is_no_night_session(self) -> None:
        plan = of_a(desk("A", *DESK_DATES), on_call("A", SATURDAY, "18:00", 12))

        assert count("isolated_nights", small_program(calls=(call(),)), plan) == 0

    def test_unmet_staffing_counts_the_persons_missing(self) -> None:
        program = small_program(
            coverage=(Coverage("WARD", (), (1, 2), 2),), calls=(call(weekdays=(5,), min=1),)
        )

        assert count("unmet_staffing", program, legal()) == 2 + 2 + 1 + 1

    def test_advisories_are_the_soft_findings(self) -> None:
        instant = legal().assignments[0].start_at
        findings = tuple(
            FindingRow("US-FREE7", severity, "A", instant, instant, "3", "4", "c", "e")
            for severity in (Severity.SOFT, Severity.SOFT, Severity.INFO, Severity.HARD)
        )

        assert examined(aiming_at("advisories"), legal(), findings).score.terms == {"advisories": 2}

    def test_costs_subtract_and_the_others_add(self) -> None:
        program = small_program(
            people=SAME_PGY,
            objective=(
                Tier((("fair_heavy_blocks", Decimal(5)), ("whole_weekends", Decimal("0.5")))),
                Tier((("isolated_nights", Decimal(-1)), ("unmet_staffing", Decimal(1000)))),
            ),
            coverage=(Coverage("LEAVE", (), (1,), 1),),
        )
        plan = of_a(nights("A", 2), desk("A", *DESK_DATES[5:]), rotations=("NF", "DESK"))

        score = examined(program, plan).score

        assert score.terms == {
            "fair_heavy_blocks": 1,
            "whole_weekends": 4,
            "isolated_nights": 1,
            "unmet_staffing": 1,
        }
        assert score.tiers == {1: Decimal(-3), 2: Decimal(-1001)}

    def test_an_absent_term_does_not_count_and_no_objective_scores_nothing(self) -> None:
        assert examined(aiming_at("whole_weekends"), legal()).score.terms == {"whole_weekends": 4}
        assert examined(small_program(), legal()).score.terms == {}


class TestFigures:
    def test_the_hours_of_the_fortnight(self) -> None:
        found = examined(small_program(), legal()).figures

        assert found == {
            "intervals": 20,
            "days_off_given": 0,
            "hours_per_week_mean": Decimal("20.00"),
            "hours_per_week_max_window": Decimal("20.00"),
            "hours_in_one_week_max": Decimal("20.00"),
            "day_off_requests_granted_percent": Decimal("100.0"),
            "vacation_first_choice_granted_percent": Decimal("100.0"),
        }

    def test_vacation_leaves_both_sides_of_the_average(self) -> None:
        program = small_program(people=(A,), vacation_weeks=MappingProxyType({1: 1}))
        plan = of_a(desk("A", *DESK_DATES[5:]), vacations=[("A", 0, None)])
        alone = replace(plan, assignments=plan.assignments[:5], year=plan.year[:2])

        assert examined(program, alone).figures["hours_per_week_mean"] == Decimal("20.00")

    def test_a_window_of_fewer_than_seven_counted_days_has_no_average(self) -> None:
        absent = Absence("A", "sick", day(3), day(13), AbsenceStatus.APPROVED)
        plan = of_a(desk("A", 0, 1, 2))
        alone = replace(plan, assignments=plan.assignments[:3], year=plan.year[:2])
        program = small_program(people=(A,), absences=(absent,))

        found = examined(program, alone).figures

        assert found["hours_per_week_mean"] == found["hours_per_week_max_window"] == 0
        assert found["hours_in_one_week_max"] == Decimal("12.00")

    def test_windows_are_cut_by_rotation_and_the_heaviest_is_told(self) -> None:
        plan = of_a(ward("A", *range(6)), desk("A", *DESK_DATES[5:]), rotations=("WARD", "DESK"))

        found = examined(small_program(), plan).figures

        assert found["hours_per_week_max_window"] == Decimal("60.00")
        assert found["days_off_given"] == 1

    @pytest.mark.parametrize(
        ("days", "heaviest"),
        [
            (31, (2 * 20 + 60 + 20 + 3 * 8) * 7 / 31),
            # From 32 days on: 28, and the rest joined below seven days, else a window of its own.
            (34, (2 * 20 + 60 + 20 + 5 * 8) * 7 / 34),
            (35, 40.0),
        ],
    )
    def test_a_long_rotation_is_cut_into_windows_of_28_days(self, days: int, heaviest: float) -> None:
        """Twenty hours a week for four weeks, one of them with sixty, and eight hours on each later date."""
        program = small_program(people=(A,), blocks=(days,))
        regular = [row for week in range(4) for row in desk("A", *range(7 * week, 7 * week + 5))]
        long = [shift("A", on, "12:00", 8) for on in (14, 15, 16, 17, 18)]
        later = [
            replace(row, end_at=row.end_at + timedelta(hours=4))
            for row in desk("A", *(on for on in range(28, days) if day(on).weekday() < 5))
        ]
        plan = replace(of_a(regular, long, later), year=legal().year[:1])
        own = replace(plan, assignments=tuple(row for row in plan.assignments if row.person == "A"))

        told = examined(program, own).figures["hours_per_week_max_window"]

        assert float(told) == pytest.approx(heaviest, abs=0.005)

    def test_last_years_hours_on_the_first_date_count_and_next_years_do_not(self) -> None:
        last = on_call("A", -1, "18:00", 14)
        program = small_program(
            people=(A,),
            blocks=(7,),
            calls=(call(),),
            history=(HistoryInterval("A", last.start_at, last.end_at, IN_HOUSE),),
        )
        plan = replace(of_a(on_call("A", SUNDAY, "18:00", 12)), year=legal().year[:1])
        own = replace(plan, assignments=plan.assignments[:1])

        assert examined(program, own).figures["hours_in_one_week_max"] == Decimal("14.00")

    def test_overlapping_intervals_count_once_and_jeopardy_and_home_call_do_not(self) -> None:
        rows = [*desk("A", 0), *desk("A", 0), jeopardy("A", 1), on_call("A", 2, "18:00", 12)]
        home = replace(rows[-1], duty_type=call(duty_type=JEOPARDY).duty_type)

        told = examined(small_program(), of_a(*rows[:-1], home)).figures

        assert told["hours_per_week_mean"] == Decimal("11.00")

    def test_percentages_are_of_the_requests_made(self) -> None:
        requests = (
            *(asks(RequestKind.DAY_OFF, on) for on in (SATURDAY, 0, 1)),
            asks(RequestKind.VACATION, 0, rank=1),
            asks(RequestKind.VACATION, 7, rank=2),
        )

        found = examined(small_program(requests=requests), legal()).figures

        assert found["day_off_requests_granted_percent"] == Decimal("33.3")
        assert found["vacation_first_choice_granted_percent"] == 0
