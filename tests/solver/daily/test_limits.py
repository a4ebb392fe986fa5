"""Duty-hour limits met exactly and just exceeded: the model has days only where some are legal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.interchange.model import (
    Absence,
    AbsenceStatus,
    Call,
    DutyType,
    PostCall,
    Program,
    Session,
    Staffing,
    Template,
)
from src.solver.expand import Decisions
from tests.compliance.structure.world import (
    CLINICAL,
    HANDOVER,
    HOME,
    IN_HOUSE,
    JEOPARDY,
    NF,
    NIGHT_FLOAT,
    WARD,
    A,
    B,
    call,
    day,
    small_program,
)
from tests.solver.daily.limits_world import PACK, can_be_legal, can_be_solved, hard_rules, is_legal
from tests.solver.world import before, plan_of

AM, PM, NIGHT = Session.AM, Session.PM, Session.NIGHT
ALONE = plan_of(A=("WARD", "WARD"))


def shift_of(hours: float, *weekdays: int, start: str = "07:00", may_be_off: bool = False) -> Template:
    """A session of the ward on those weekdays (none named = all), of so many hours."""
    at = time.fromisoformat(start)
    return Template("WARD", weekdays, AM, at, round(hours * 60), CLINICAL, may_be_off=may_be_off)


def one_resident(*templates: Template, calls: tuple[Call, ...] = (), **changes: object) -> Program:
    """One resident on the ward for two blocks of a week, under the rule pack."""
    given_changes = {"people": (A,), "rotations": (WARD, NF), "rule_packs": PACK, **changes}
    return small_program(templates=templates, calls=calls, **given_changes)


def forced(**changes: object) -> Call:
    """A call that somebody must take on each of its dates."""
    return call(min=1, max=1, **changes)


class TestHours:
    """US-80: 160 hours in a window of 14 days."""

    def test_exactly_eighty_hours_a_week_are_allowed(self) -> None:
        assert can_be_solved(one_resident(shift_of(16, 0, 1, 2, 3, 4)), ALONE)

    def test_a_minute_more_is_not(self) -> None:
        longer = shift_of(16 + 1 / 60, 4)
        program = one_resident(shift_of(16, 0, 1, 2, 3), longer)
        assert not can_be_solved(program, ALONE)
        assert hard_rules(program, ALONE) == {"US-80"}

    def test_a_day_off_brings_the_hours_down(self) -> None:
        program = one_resident(shift_of(16, 0, 1, 2, 3), shift_of(17, 4, may_be_off=True))
        assert not is_legal(program, ALONE)
        assert can_be_solved(program, ALONE)

    def test_leave_is_out_of_both_sides(self) -> None:
        """Seven days of leave leave 80 hours, not 160, however light the fortnight is."""
        absence = Absence("A", "loa", day(7), day(13), AbsenceStatus.APPROVED)
        program = one_resident(shift_of(16.5, 0, 1, 2, 3, 4), absences=(absence,))
        assert not can_be_solved(program, ALONE)
        assert hard_rules(program, ALONE) == {"US-80"}

    def test_a_light_rotation_does_not_make_up_for_a_heavy_one(self) -> None:
        program = one_resident(shift_of(16.5, 0, 1, 2, 3, 4))
        heavy = plan_of(A=("WARD", None))
        assert not can_be_solved(program, heavy)

    def test_work_from_before_the_year_counts_where_it_reaches_in(self) -> None:
        program = one_resident(
            shift_of(16, 1, 2, 3, 4, 5), history=(before(-1, "23:00", 0, "00:01", CLINICAL),)
        )
        assert not can_be_solved(program, ALONE)
        until_midnight = (before(-1, "23:00", 0, "00:00", CLINICAL),)
        assert can_be_solved(replace(program, history=until_midnight), ALONE)

    @pytest.mark.parametrize(("duty", "fits"), [(HOME, True), (IN_HOUSE, False)])
    def test_home_call_is_no_hours_but_in_house_call_is(self, duty: DutyType, fits: bool) -> None:
        evening = forced(duty_type=duty, weekdays=(0,), start=time(23, 30), minutes=20)
        assert can_be_solved(one_resident(shift_of(16, 0, 1, 2, 3, 4), calls=(evening,)), ALONE) is fits


class TestFreeDays:
    """US-FREE7: two free periods of 24 hours in a window of 14 days."""

    def test_two_free_days_of_fourteen_are_enough(self) -> None:
        assert can_be_solved(one_resident(shift_of(8, 0, 1, 2, 3, 4, 5)), ALONE)

    def test_one_is_not(self) -> None:
        program = one_resident(shift_of(8, 0, 1, 2, 3, 4, 5), shift_of(1, 6), history=())
        assert not can_be_solved(program, ALONE)
        assert hard_rules(program, ALONE) == {"US-FREE7"}

    @pytest.mark.parametrize(("start", "fits"), [("07:00", True), ("06:59", False)])
    def test_a_free_period_needs_every_minute_of_its_24_hours(self, start: str, fits: bool) -> None:
        """Free only from Saturday 07:00, the end of the night before, to Sunday's shift."""
        night = Template("WARD", (4,), NIGHT, time(19), 720, CLINICAL)
        program = one_resident(shift_of(1, 0, 1, 2, 3, 4), night, shift_of(1, 6, start=start))
        assert can_be_solved(program, ALONE) is fits
        assert is_legal(program, ALONE) is fits

    @pytest.mark.parametrize(("start", "fits"), [("07:00", True), ("06:59", False)])
    def test_48_free_hours_are_two_free_periods(self, start: str, fits: bool) -> None:
        """All dates are worked but one holiday, a Saturday: free from Friday 07:00 to Sunday."""
        saturday = replace(shift_of(1, 5, start="06:59"), holidays=False)
        week = (shift_of(1, 0, 1, 2, 3), shift_of(1, 4, start="06:00"), saturday, shift_of(1, 6, start=start))
        program = one_resident(*week, holidays=(day(5),))
        assert can_be_solved(program, ALONE) is fits
        assert is_legal(program, ALONE) is fits

    def test_days_off_are_given_where_they_are_needed(self) -> None:
        program = one_resident(shift_of(8, 0, 1, 2, 3, 4, 5), shift_of(8, 6, may_be_off=True))
        assert not is_legal(program, ALONE)
        assert can_be_solved(program, ALONE)

    def test_a_home_call_takes_the_free_day(self) -> None:
        home = forced(duty_type=HOME, weekdays=(6,), start=time(7), minutes=60)
        program = one_resident(shift_of(8, 0, 1, 2, 3, 4, 5), calls=(home,))
        assert not can_be_solved(program, ALONE)
        assert hard_rules(program, ALONE, calls_on("CALL", 6, 13)) == {"US-FREE7"}

    def test_jeopardy_does_not_take_the_free_day(self) -> None:
        jeo = forced(duty_type=JEOPARDY, weekdays=(6,), start=time(7), minutes=1440)
        assert can_be_solved(one_resident(shift_of(8, 0, 1, 2, 3, 4, 5), calls=(jeo,)), ALONE)

    def test_max_days_off_may_leave_too_few(self) -> None:
        program = one_resident(shift_of(8, may_be_off=True), rotations=(replace(WARD, max_days_off=1),))
        assert can_be_solved(program, ALONE)
        none_at_all = replace(program, rotations=(replace(WARD, max_days_off=0),))
        assert not can_be_solved(none_at_all, ALONE)

    def test_staffing_may_leave_too_few(self) -> None:
        program = one_resident(shift_of(8, may_be_off=True))
        asked = replace(program, staffing=(Staffing("WARD", (), AM, (), 1),))
        assert can_be_solved(program, ALONE)
        assert not can_be_solved(asked, ALONE)


class TestCalls:
    """US-CALL3: four in-house calls in a window of 14 days."""

    LIGHT = (shift_of(1, 0),)

    def test_every_third_night_is_allowed(self) -> None:
        evening = forced(weekdays=(0, 3), start=time(18), minutes=60)
        assert can_be_solved(one_resident(*self.LIGHT, calls=(evening,)), ALONE)

    def test_one_more_is_not(self) -> None:
        evening = forced(weekdays=(0, 3), start=time(18), minutes=60)
        other = replace(evening, id="OTHER", weekdays=(5,))
        program = one_resident(*self.LIGHT, calls=(evening, other))
        assert not can_be_solved(program, ALONE)
        taken = Decisions(frozenset(), calls_on("CALL", 0, 3, 7, 10).calls | calls_on("OTHER", 5, 12).calls)
        assert hard_rules(program, ALONE, taken) == {"US-CALL3"}

    @pytest.mark.parametrize(("start", "fits"), [("05:59", True), ("06:00", False)])
    def test_a_call_before_six_belongs_to_the_night_before(self, start: str, fits: bool) -> None:
        """Eleven counted days allow three; of four calls the first may lie in the night before the year."""
        early = forced(weekdays=(0, 2), start=time.fromisoformat(start), minutes=60)
        absence = Absence("A", "loa", day(4), day(6), AbsenceStatus.APPROVED)
        program = one_resident(shift_of(1, 1), calls=(early,), absences=(absence,))
        assert is_legal(program, ALONE, calls_on("CALL", 0, 2, 7, 9)) is fits
        assert can_be_solved(program, ALONE) is fits

    def test_two_calls_of_one_night_are_one(self) -> None:
        evening = forced(weekdays=(0, 3), start=time(18), minutes=60)
        after_midnight = forced(call_id="LATE", weekdays=(1, 4), start=time(1), minutes=60)
        assert can_be_solved(one_resident(*self.LIGHT, calls=(evening, after_midnight)), ALONE)
        assert not can_be_solved(
            one_resident(*self.LIGHT, calls=(evening, replace(after_midnight, weekdays=(1, 6)))), ALONE
        )

    def test_calls_on_nights_in_a_row_are_averaged(self) -> None:
        evening = forced(weekdays=(0, 1), start=time(18), minutes=60)
        assert can_be_solved(one_resident(*self.LIGHT, calls=(evening,)), ALONE)

    def test_home_calls_are_not_counted(self) -> None:
        home = forced(duty_type=HOME, weekdays=(0, 1, 2, 3, 4), start=time(18), minutes=60)
        assert can_be_solved(one_resident(*self.LIGHT, calls=(home,)), ALONE)

    def test_leave_lowers_the_number(self) -> None:
        evening = forced(weekdays=(0, 3), start=time(18), minutes=60)
        absence = Absence("A", "loa", day(1), day(2), AbsenceStatus.APPROVED)
        program = one_resident(*self.LIGHT, calls=(evening,), absences=(absence,))
        assert can_be_solved(program, ALONE)
        longer = replace(absence, start_date=day(4), end_date=day(6))
        assert not can_be_solved(replace(program, absences=(longer,)), ALONE)

    def test_a_second_resident_takes_what_one_may_not(self) -> None:
        evening = forced(weekdays=(0, 2, 4), start=time(18), minutes=60)
        program = one_resident(*self.LIGHT, calls=(evening,))
        assert not can_be_solved(program, ALONE)
        both = replace(program, people=(A, B))
        assert can_be_solved(both, plan_of(A=("WARD", "WARD"), B=("WARD", "WARD")))


class TestContinuousDuty:
    """US-CONT24 and US-REST14."""

    @pytest.mark.parametrize(("minutes", "fits"), [(1440, True), (1441, False)])
    def test_24_hours_of_duty_and_no_minute_more(self, minutes: int, fits: bool) -> None:
        long_call = forced(weekdays=(5,), start=time(7), minutes=minutes, post_call=PostCall.OFF_AFTER)
        assert can_be_solved(one_resident(shift_of(1, 1), calls=(long_call,)), ALONE) is fits

    @pytest.mark.parametrize(("handover", "fits"), [(240, True), (241, False)])
    def test_four_hours_more_for_the_handover(self, handover: int, fits: bool) -> None:
        long_call = forced(
            weekdays=(5,),
            start=time(7),
            minutes=1440,
            handover_minutes=handover,
            post_call=PostCall.OFF_AFTER,
        )
        assert can_be_solved(one_resident(shift_of(1, 1), calls=(long_call,)), ALONE) is fits

    @pytest.mark.parametrize(("end", "fits"), [("06:29", True), ("06:30", False)])
    def test_work_before_the_call_within_half_an_hour_is_the_same_period(self, end: str, fits: bool) -> None:
        hour, minute = map(int, end.split(":"))
        early = Template("WARD", (5,), AM, time(5), (hour - 5) * 60 + minute, CLINICAL)
        long_call = forced(weekdays=(5,), start=time(7), minutes=1440, post_call=PostCall.OFF_AFTER)
        assert can_be_solved(one_resident(early, calls=(long_call,)), ALONE) is fits

    def test_clinical_work_after_the_24th_hour_is_forbidden_but_education_is_not(self) -> None:
        lecture = Template("WARD", (6,), AM, time(7, 15), 60, DutyType.EDUCATION)
        long_call = forced(weekdays=(5,), start=time(7), minutes=1440)
        assert can_be_solved(one_resident(lecture, calls=(long_call,)), ALONE)
        clinical = replace(lecture, duty_type=CLINICAL)
        assert not can_be_solved(one_resident(clinical, calls=(long_call,)), ALONE)

    @pytest.mark.parametrize(("start", "fits"), [("21:00", True), ("20:59", False)])
    def test_fourteen_hours_after_a_day_of_call(self, start: str, fits: bool) -> None:
        evening = Template("WARD", (6,), NIGHT, time.fromisoformat(start), 60, CLINICAL)
        long_call = forced(weekdays=(5,), start=time(7), minutes=1440)
        assert can_be_solved(one_resident(evening, calls=(long_call,)), ALONE) is fits

    def test_after_less_than_a_day_no_such_rest_is_due(self) -> None:
        evening = Template("WARD", (6,), NIGHT, time(20, 59), 60, CLINICAL)
        shorter = forced(weekdays=(5,), start=time(7), minutes=1439)
        assert can_be_solved(one_resident(evening, calls=(shorter,)), ALONE)

    @pytest.mark.parametrize(("weekday", "fits"), [(0, False), (1, True)])
    def test_the_call_of_history_asks_for_rest_in_the_year(self, weekday: int, fits: bool) -> None:
        """From the eve 08:00 to the first day 08:00; the evening of that day is too early."""
        history = (before(-1, "08:00", 0, "00:00", IN_HOUSE), before(0, "00:00", 0, "08:00", HANDOVER))
        home = forced(duty_type=IN_HOUSE, weekdays=(weekday,), start=time(21), minutes=60)
        program = one_resident(shift_of(1, 2), calls=(home,), history=history)
        assert can_be_solved(program, ALONE) is fits

    def test_a_template_alone_may_break_it(self) -> None:
        program = one_resident(shift_of(24.5, 5))
        assert not can_be_solved(program, ALONE)
        assert hard_rules(program, ALONE) == {"US-CONT24"}


class TestCallsAndNights:
    def test_a_night_excludes_a_call_that_overlaps_it(self) -> None:
        nights = Template("NF", (0,), NIGHT, time(19), 720, NIGHT_FLOAT)
        program = one_resident(nights, calls=(forced(weekdays=(0,)),))
        assert not can_be_solved(program, plan_of(A=("NF", "NF")))
        assert can_be_solved(program, ALONE)

    def test_a_night_is_not_given_off_for_a_call_that_starts_on_its_date(
        self,
    ) -> None:
        """A date on which a call starts is no day off, so the night on it stays and excludes the call."""
        nights = Template("NF", (0,), NIGHT, time(19), 720, NIGHT_FLOAT, may_be_off=True)
        program = one_resident(nights, calls=(forced(weekdays=(0,)),))
        assert not can_be_solved(program, plan_of(A=("NF", "NF")))

    def test_a_day_off_may_be_given_beside_the_tail_of_yesterdays_call(self) -> None:
        """Sunday's session starts after the tail of Saturday's call and may be off."""
        program = one_resident(
            shift_of(1, 0, 1, 2, 3, 4),
            shift_of(2, 6, start="12:00", may_be_off=True),
            calls=(forced(weekdays=(5,)),),
        )
        assert can_be_solved(program, ALONE)

    @pytest.mark.parametrize(("first", "fits"), [(7, False), (8, True)])
    def test_no_call_reaches_into_an_absence(self, first: int, fits: bool) -> None:
        absence = Absence("A", "loa", day(first), day(first), AbsenceStatus.APPROVED)
        program = one_resident(shift_of(1, 0), calls=(forced(weekdays=(6,)),), absences=(absence,))
        assert can_be_solved(program, ALONE) is fits

    def test_jeopardy_may_reach_into_an_absence(self) -> None:
        absence = Absence("A", "loa", day(7), day(7), AbsenceStatus.APPROVED)
        jeo = forced(duty_type=JEOPARDY, weekdays=(6,), start=time(7), minutes=1440)
        assert can_be_solved(one_resident(shift_of(1, 0), calls=(jeo,), absences=(absence,)), ALONE)

    @pytest.mark.parametrize("weekday", [5, 6])
    def test_jeopardy_is_free_of_calls_that_start_or_end_on_its_date(self, weekday: int) -> None:
        jeo = forced(call_id="JEO", duty_type=JEOPARDY, weekdays=(weekday,), start=time(7), minutes=60)
        saturday = forced(weekdays=(5,))
        assert not can_be_solved(one_resident(shift_of(1, 0), calls=(saturday, jeo)), ALONE)

    def test_jeopardy_is_free_of_nights_that_end_on_its_date(self) -> None:
        jeo = forced(call_id="JEO", duty_type=JEOPARDY, weekdays=(1,), start=time(12), minutes=60)
        nights = Template("NF", (0,), NIGHT, time(19), 720, NIGHT_FLOAT)
        assert not can_be_solved(one_resident(nights, calls=(jeo,)), plan_of(A=("NF", "NF")))
        assert can_be_solved(
            one_resident(nights, calls=(replace(jeo, weekdays=(2,)),)), plan_of(A=("NF", "NF"))
        )

    def test_nobody_takes_two_calls_at_once(self) -> None:
        two = (forced(weekdays=(5,)), forced(call_id="TWO", weekdays=(5,), start=time(20)))
        assert not can_be_solved(one_resident(shift_of(1, 0), calls=two), ALONE)

    @pytest.mark.parametrize(
        ("post_call", "fits"), [(PostCall.NONE, True), (PostCall.OFF_AFTER, False), (PostCall.DAY_OFF, False)]
    )
    def test_post_call_bars_the_next_call_of_that_date(self, post_call: PostCall, fits: bool) -> None:
        two = (
            forced(weekdays=(5,), post_call=post_call),
            forced(call_id="TWO", weekdays=(6,), start=time(20), minutes=60),
        )
        assert can_be_solved(one_resident(shift_of(1, 0), calls=two), ALONE) is fits


@st.composite
def small_weeks(draw: st.DrawFn) -> Program:
    """One resident's fortnight with few choices: forced and optional sessions, a call, leave, history."""
    hours = draw(st.sampled_from([4, 10, 13.5, 16, 16.5, 23]))
    forced_on = draw(st.sets(st.integers(0, 6), max_size=6))
    optional_on = draw(st.sets(st.integers(0, 6), max_size=2)) - forced_on
    templates = [
        shift_of(hours, *forced_on, start="06:30") if forced_on else shift_of(1, 0),
        *([shift_of(hours, *optional_on, may_be_off=True)] if optional_on else []),
    ]
    duty_type = draw(st.sampled_from([IN_HOUSE, IN_HOUSE, HOME, JEOPARDY]))
    the_call = call(
        weekdays=(draw(st.integers(0, 6)), draw(st.integers(0, 6))),
        start=time(draw(st.sampled_from([0, 7, 18])), draw(st.sampled_from([0, 30]))),
        minutes=draw(st.sampled_from([360, 720, 1440, 1470])),
        handover_minutes=0 if duty_type is JEOPARDY else draw(st.sampled_from([0, 60, 270])),
        post_call=draw(st.sampled_from(PostCall)),
        duty_type=duty_type,
        min=draw(st.integers(0, 1)),
        max=1,
    )
    history = draw(
        st.sampled_from(
            [
                (),
                (before(-1, "08:00", 0, "06:00", IN_HOUSE),),
                (before(-1, "07:00", 0, "07:00", IN_HOUSE), before(0, "07:00", 0, "08:00", HANDOVER)),
                (before(-1, "19:00", 0, "07:00", NIGHT_FLOAT),),
            ]
        )
    )
    first = draw(st.integers(0, 13))
    absence = Absence(
        "A", "loa", day(first), day(min(13, first + draw(st.integers(0, 8)))), AbsenceStatus.APPROVED
    )
    return one_resident(
        *templates,
        calls=(the_call,),
        history=history,
        absences=(absence,) if draw(st.booleans()) else (),
        holidays=(day(draw(st.integers(0, 13))),) if draw(st.booleans()) else (),
        year_start_date=draw(st.sampled_from([day(0), date(2026, 10, 26), date(2027, 3, 8)])),
    )


@settings(max_examples=25, deadline=None)
@given(small_weeks(), st.sampled_from([("WARD", "WARD"), ("WARD", "NF"), ("NF", "WARD")]))
def test_the_model_has_days_where_and_only_where_some_are_legal(
    program: Program, rotations: tuple[str, str]
) -> None:
    plan = plan_of(A=rotations)
    assert can_be_solved(program, plan) == can_be_legal(program, plan)


def calls_on(name: str, *days: int) -> Decisions:
    """A takes the call on those days."""
    return Decisions(calls=frozenset(("A", day(on), name) for on in days))
