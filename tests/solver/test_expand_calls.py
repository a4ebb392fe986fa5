"""What calls imply: what they replace, what follows them, jeopardy beside work."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from src.interchange.model import (
    Clinic,
    DutyType,
    PostCall,
    Session,
    Template,
)
from src.solver.expand import Decisions, expand
from tests.compliance.structure.world import (
    CLINICAL,
    DESK_DATES,
    EVERY_DAY,
    HANDOVER,
    IN_HOUSE,
    JEOPARDY,
    TEMPLATES,
    call,
    clinic,
    day,
    desk,
    handover,
    jeopardy,
    nights,
    on_call,
    shift,
    small_program,
    ward,
)
from tests.solver.world import plan_of, said, works

AM, PM, NIGHT = Session.AM, Session.PM, Session.NIGHT
MONDAY_CLINIC = Clinic("A", 0, PM, time(13), 240)
ALL_DAYS = tuple(range(14))


def days_but(*left_out: int) -> list[int]:
    return [on for on in ALL_DAYS if on not in left_out]


class TestPostCall:
    @pytest.mark.parametrize("post_call", list(PostCall))
    def test_a_call_without_post_call_leaves_the_next_date_as_it_is(self, post_call: PostCall) -> None:
        program = small_program(calls=(call(post_call=post_call),))
        left = ALL_DAYS if post_call is PostCall.NONE else days_but(4)
        assert works(program, calls=[(3, "CALL")]) == said(ward("A", *left), on_call("A", 3, "18:00", 12))

    def test_off_after_leaves_what_started_before_the_calls_end(self) -> None:
        """A call of the morning, 12:30 … 14:00, replaces the overlapping PM; the AM before it stays."""
        short = call(post_call=PostCall.OFF_AFTER, start=time(12, 30), minutes=90)
        expected = [row for row in ward("A", *ALL_DAYS) if row.date != day(3) or row.session is AM]
        assert works(small_program(calls=(short,)), calls=[(3, "CALL")]) == said(
            expected, on_call("A", 3, "12:30", 1.5)
        )

    def test_off_after_bars_what_starts_exactly_at_the_calls_end(self) -> None:
        until_noon = call(post_call=PostCall.OFF_AFTER, start=time(7), minutes=300)
        assert works(small_program(calls=(until_noon,)), calls=[(3, "CALL")]) == said(
            ward("A", *days_but(3)), on_call("A", 3, "07:00", 5)
        )

    def test_without_post_call_what_starts_exactly_at_the_calls_end_is_worked(self) -> None:
        until_noon = call(post_call=PostCall.NONE, start=time(7), minutes=300)
        expected = [row for row in ward("A", *ALL_DAYS) if row.date != day(3) or row.session is PM]
        assert works(small_program(calls=(until_noon,)), calls=[(3, "CALL")]) == said(
            expected, on_call("A", 3, "07:00", 5)
        )

    def test_day_off_leaves_the_handover_and_nothing_else_on_the_date_it_ends(self) -> None:
        with_handover = call(post_call=PostCall.DAY_OFF, handover_minutes=60)
        assert works(small_program(calls=(with_handover,)), calls=[(3, "CALL")]) == said(
            ward("A", *days_but(4)), on_call("A", 3, "18:00", 12), handover("A", 4, "06:00", 1)
        )

    def test_day_off_of_a_call_within_one_date_bars_only_what_starts_after_its_start(self) -> None:
        evening = call(post_call=PostCall.DAY_OFF, start=time(11, 30), minutes=15)
        morning = Template("WARD", EVERY_DAY, AM, time(7), 240, CLINICAL, may_be_off=True)
        program = small_program(templates=(morning, TEMPLATES[2]), calls=(evening,))
        expected = [
            row
            for on in ALL_DAYS
            for row in (shift("A", on, "07:00", 4, "WARD"), shift("A", on, "12:00", 5, "WARD"))
            if on != 3 or row.session is AM
        ]
        assert works(program, calls=[(3, "CALL")]) == said(expected, on_call("A", 3, "11:30", 0.25))

    def test_the_handover_moves_the_calls_end_to_the_next_date(self) -> None:
        """Duty ends at 23:00, its handover at 01:00: the date after is post-call."""
        late = call(post_call=PostCall.OFF_AFTER, start=time(18), minutes=300, handover_minutes=120)
        assert works(small_program(calls=(late,)), calls=[(3, "CALL")]) == said(
            ward("A", *days_but(4)), on_call("A", 3, "18:00", 5), handover("A", 3, "23:00", 2)
        )

    @pytest.mark.parametrize("post_call", [PostCall.OFF_AFTER, PostCall.DAY_OFF])
    def test_a_call_that_ends_at_exactly_midnight_ends_on_the_date_before(self, post_call: PostCall) -> None:
        until_midnight = call(post_call=post_call, start=time(18), minutes=300, handover_minutes=60)
        assert works(small_program(calls=(until_midnight,)), calls=[(3, "CALL")]) == said(
            ward("A", *ALL_DAYS), on_call("A", 3, "18:00", 5), handover("A", 3, "23:00", 1)
        )

    @pytest.mark.parametrize("post_call", [PostCall.OFF_AFTER, PostCall.DAY_OFF])
    def test_post_call_bars_a_night_too(self, post_call: PostCall) -> None:
        program = small_program(calls=(call(post_call=post_call, start=time(7)),))
        off_before = [0, 1, 2, 3]
        assert works(program, ("NF", "WARD"), off=off_before, calls=[(4, "CALL")]) == said(
            on_call("A", 4, "07:00", 12), nights("A", 5, 6), ward("A", *range(8, 14))
        )

    def test_post_call_bars_clinic(self) -> None:
        program = small_program(clinics=(MONDAY_CLINIC,), calls=(call(post_call=PostCall.OFF_AFTER),))
        rows = works(program, ("DESK", "DESK"), calls=[(6, "CALL")])
        assert rows == said(
            desk("A", 0, 1, 2, 3, 4, 8, 9, 10, 11), clinic("A", 0), on_call("A", 6, "18:00", 12)
        )


class TestCallReplaces:
    def test_a_call_replaces_am_and_pm_that_it_overlaps(self) -> None:
        all_day = call(start=time(11, 59), minutes=2)
        assert works(small_program(calls=(all_day,)), calls=[(3, "CALL")]) == said(
            ward("A", *days_but(3)), on_call("A", 3, "11:59", 2 / 60)
        )

    def test_a_handover_replaces_what_it_overlaps(self) -> None:
        with_handover = call(minutes=720, handover_minutes=61)
        expected = [row for row in ward("A", *ALL_DAYS) if row.date != day(4) or row.session is PM]
        assert works(small_program(calls=(with_handover,)), calls=[(3, "CALL")]) == said(
            expected, on_call("A", 3, "18:00", 12), handover("A", 4, "06:00", 61 / 60)
        )

    def test_a_session_that_starts_as_the_handover_ends_is_worked(self) -> None:
        with_handover = call(minutes=720, handover_minutes=60)
        assert works(small_program(calls=(with_handover,)), calls=[(3, "CALL")]) == said(
            ward("A", *ALL_DAYS), on_call("A", 3, "18:00", 12), handover("A", 4, "06:00", 1)
        )

    def test_a_call_replaces_a_clinic_that_it_overlaps(self) -> None:
        program = small_program(clinics=(MONDAY_CLINIC,), calls=(call(start=time(16)),))
        assert works(program, ("DESK", "DESK"), calls=[(7, "CALL")]) == said(
            desk("A", *DESK_DATES),
            clinic("A", 0),
            on_call("A", 7, "16:00", 12, session=PM),
        )

    def test_a_call_never_replaces_a_night(self) -> None:
        """The two exclude each other; that is the solver's to keep, and nothing is dropped here."""
        rows = works(small_program(calls=(call(),)), ("NF", "NF"), calls=[(3, "CALL")])
        assert rows == said(nights("A", *ALL_DAYS), on_call("A", 3, "18:00", 12))

    def test_home_call_replaces_as_any_call_does(self) -> None:
        home = call(duty_type=DutyType.HOME_CALL_AVAILABILITY, start=time(12), minutes=60)
        expected = [row for row in ward("A", *ALL_DAYS) if row.date != day(3) or row.session is AM]
        assert works(small_program(calls=(home,)), calls=[(3, "CALL")]) == said(
            expected, on_call("A", 3, "12:00", 1, duty=DutyType.HOME_CALL_AVAILABILITY)
        )


class TestCallRows:
    @pytest.mark.parametrize(
        ("start", "session"), [("11:59", AM), ("12:00", PM), ("16:59", PM), ("17:00", NIGHT), ("00:00", AM)]
    )
    def test_the_session_of_a_call_is_by_its_local_start(self, start: str, session: Session) -> None:
        program = small_program(calls=(call(start=time.fromisoformat(start), minutes=30),), templates=())
        assert works(program, calls=[(3, "CALL")]) == said(on_call("A", 3, start, 0.5, session=session))

    def test_a_handover_has_a_row_of_its_own_with_its_own_date_and_session(self) -> None:
        program = small_program(calls=(call(minutes=1440, handover_minutes=60),), templates=())
        rows = expand(
            program, plan_of(A=("WARD", "WARD")), Decisions(calls=frozenset({("A", day(3), "CALL")}))
        )
        assert [(row.date, row.session, row.duty_type) for row in rows] == [
            (day(3), NIGHT, IN_HOUSE),
            (day(4), NIGHT, HANDOVER),
        ]

    def test_a_call_without_handover_has_one_row(self) -> None:
        program = small_program(calls=(call(),), templates=())
        assert len(works(program, calls=[(3, "CALL")])) == 1


class TestJeopardy:
    JEO = call("JEO", duty_type=JEOPARDY, start=time(7), minutes=1440, post_call=PostCall.NONE)

    def test_jeopardy_replaces_nothing_and_may_overlap_work(self) -> None:
        program = small_program(calls=(self.JEO,))
        assert works(program, calls=[(3, "JEO")]) == said(ward("A", *ALL_DAYS), jeopardy("A", 3))

    @pytest.mark.parametrize("post_call", [PostCall.OFF_AFTER, PostCall.DAY_OFF])
    def test_jeopardy_makes_no_post_call(self, post_call: PostCall) -> None:
        program = small_program(calls=(replace(self.JEO, post_call=post_call),))
        assert works(program, calls=[(3, "JEO")]) == said(ward("A", *ALL_DAYS), jeopardy("A", 3))

    def test_jeopardy_does_not_prevent_a_day_off(self) -> None:
        program = small_program(calls=(self.JEO,))
        assert works(program, off=[3], calls=[(3, "JEO")]) == said(ward("A", *days_but(3)), jeopardy("A", 3))
