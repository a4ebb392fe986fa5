"""Year plans that no roster fits: what is missing is said, and cuts forbid such plans but no better ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from src.interchange.model import Absence, AbsenceStatus, Clinic, Program, Session, Staffing, Template
from src.solver.daily.explain import BlockFailure
from src.solver.daily.layer import solve_daily
from src.solver.plan import Cut, YearPlan
from src.solver.problem import Problem
from src.solver.stop import Stop
from tests.compliance.structure.world import CLINICAL, A, B, day, small_program
from tests.solver.world import plan_of, silent

C = replace(A, id="C", name="Cem", row=5)
PACK = ("acgme-cpr-2023",)
WARD_MORNINGS = (Template("WARD", (), Session.AM, time(7), 300, CLINICAL, may_be_off=True, row=3),)
WARD_ALWAYS = (Template("WARD", (), Session.AM, time(7), 300, CLINICAL, row=3),)
DESK = Template("DESK", (0, 1, 2, 3, 4), Session.AM, time(8), 240, CLINICAL, row=2)


def three(**changes: object) -> Program:
    """A, B and C; the ward's mornings may be off, one must be at work on each of them."""
    return small_program(
        **{
            "people": (A, B, C),
            "rule_packs": PACK,
            "blocks": (14, 14),
            "templates": (*WARD_MORNINGS, DESK),
            "staffing": (Staffing("WARD", (), Session.AM, (), 1, row=7),),
            **changes,
        }
    )


def failures(program: Program, plan: YearPlan) -> tuple[BlockFailure, ...]:
    outcome = solve_daily(Problem(program, workers=2), plan, Stop(60.0), silent, first_only=True)
    assert (outcome.assignments is None) == bool(outcome.failures)
    return outcome.failures


def cuts(program: Program, plan: YearPlan) -> list[Cut]:
    return [cut for failure in failures(program, plan) for cut in failure.cuts]


class TestTooFewAtWork:
    """One resident alone on the ward cannot be there every morning and be free one day in seven."""

    plan = plan_of(A=("WARD", "DESK"), B=("DESK", "WARD"), C=("DESK", "WARD"))

    def test_the_block_the_row_and_the_date_are_named(self) -> None:
        (failure,) = failures(three(), self.plan)
        assert failure.block == 1
        assert "WARD needs 1 at work in AM on 2026-07-" in failure.words
        assert "(staffing.csv:7)" in failure.words

    def test_the_plan_breaks_the_cut(self) -> None:
        found = cuts(three(), self.plan)
        assert found
        assert all(not cut.is_kept_by(self.plan) for cut in found)

    @pytest.mark.parametrize("second", ["B", "C"])
    def test_a_plan_with_a_second_resident_keeps_it_and_has_days(self, second: str) -> None:
        better = plan_of(
            A=("WARD", "DESK"), **{second: ("WARD", "WARD")}, **{"BC".replace(second, ""): ("DESK", "WARD")}
        )
        assert all(cut.is_kept_by(better) for cut in cuts(three(), self.plan))
        assert not failures(three(), better)

    def test_all_blocks_without_a_roster_are_found_at_once(self) -> None:
        plan = plan_of(A=("WARD", "DESK"), B=("DESK", "WARD"), C=("DESK", "DESK"))
        assert [failure.block for failure in failures(three(), plan)] == [1, 2]

    def test_a_resident_that_the_row_does_not_count_is_no_way_out(self) -> None:
        """The row counts PGY-1 only: B, who is PGY-2, cannot keep the cut by joining."""
        program = three(staffing=(Staffing("WARD", (), Session.AM, (1,), 1, row=7),))
        joined = plan_of(A=("WARD", "DESK"), B=("WARD", "DESK"), C=("DESK", "WARD"))
        found = [cut for cut in cuts(program, self.plan) if not cut.is_kept_by(self.plan)]
        assert found
        assert any(not cut.is_kept_by(joined) for cut in found)


def test_a_vacation_that_leaves_nobody_is_a_way_out() -> None:
    program = three(vacation_weeks={})
    away = plan_of([("B", 0), ("B", 7)], A=("WARD", "DESK"), B=("WARD", "WARD"), C=("DESK", "WARD"))
    found = cuts(program, away)
    assert found
    there = YearPlan(away.rotation)
    assert all(cut.is_kept_by(there) for cut in found)


def test_a_session_that_all_miss_for_clinic_is_found_without_a_search() -> None:
    program = three(
        staffing=(Staffing("WARD", (0,), Session.AM, (), 1, row=7),),
        clinics=tuple(
            Clinic(person, 0, Session.AM, time(8), 240, row=row)
            for row, person in enumerate(("A", "B"), start=2)
        ),
        rotations=tuple(replace(each, clinic=True) for each in small_program().rotations),
    )
    plan = plan_of(A=("WARD", "DESK"), B=("WARD", "WARD"), C=("DESK", "WARD"))
    (failure,) = failures(program, plan)
    assert failure.block == 1
    assert "WARD needs 1 at work in AM on 2026-07-06" in failure.words
    assert failure.cuts
    assert all(cut.proved for cut in failure.cuts)
    with_c = plan_of(A=("WARD", "DESK"), B=("WARD", "WARD"), C=("WARD", "WARD"))
    assert all(cut.is_kept_by(with_c) for cut in failure.cuts)


def test_a_resident_whose_own_rules_collide_is_named() -> None:
    """A ward that is worked every day of a fortnight leaves no free day to anyone on it."""
    program = three(templates=(*WARD_ALWAYS, Template("WARD", (), Session.PM, time(12), 600, CLINICAL), DESK))
    plan = plan_of(A=("WARD", "DESK"), B=("DESK", "DESK"), C=("DESK", "DESK"))
    program = replace(program, staffing=())
    (failure, *_) = failures(program, plan)
    assert "A cannot keep" in failure.words
    other = plan_of(A=("DESK", "DESK"), B=("DESK", "DESK"), C=("DESK", "DESK"))
    assert failure.cuts
    assert all(not cut.is_kept_by(plan) and cut.is_kept_by(other) for cut in failure.cuts)


def test_a_clinic_without_room_is_named() -> None:
    program = three(
        staffing=(),
        clinics=tuple(
            Clinic(person, 2, Session.PM, time(13), 180, 1, row=row)
            for row, person in enumerate(("A", "B"), start=2)
        ),
    )
    (failure, *_) = failures(program, plan_of(A=("DESK", "DESK"), B=("DESK", "DESK"), C=("DESK", "DESK")))
    assert "more residents have clinic than its room allows on 2026-07-08" in failure.words


def test_the_absence_of_one_of_two_is_taken_into_account() -> None:
    """Two on the ward would do; one of them is absent all the block, so that a third is asked for."""
    absence = Absence("B", "sick", day(0), day(13), AbsenceStatus.APPROVED, row=2)
    plan = plan_of(A=("WARD", "DESK"), B=("WARD", "WARD"), C=("DESK", "WARD"))
    found = cuts(three(absences=(absence,)), plan)
    with_c = plan_of(A=("WARD", "DESK"), B=("WARD", "WARD"), C=("WARD", "WARD"))
    assert found
    assert all(not cut.is_kept_by(plan) and cut.is_kept_by(with_c) for cut in found)
