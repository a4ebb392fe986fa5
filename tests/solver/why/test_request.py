"""Denied wishes tried again: what is called possible is legal and costs what it says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import cache

import pytest

from src.compliance.check import check
from src.interchange.model import Coverage, Program, Request, RequestKind
from src.interchange.schedule import Schedule
from src.planning.limits import limits_of
from src.solver.stop import Stop
from src.solver.swaps.standing import Standing
from src.solver.why.request import Verdict, WhyDenied, cost_of, why_denied
from tests.solver.hospital import MONDAY, hospital, run


@cache
def stood() -> tuple[Program, Schedule]:
    """The small hospital and a legal schedule of it."""
    program = hospital()
    schedule = run(program).schedule
    assert schedule is not None
    return program, replace(schedule, denied=None)


def asked(request: Request, stop: Stop | None = None, **changes: object) -> tuple[Program, WhyDenied]:
    """The answer about one request, put among the program's own."""
    program, schedule = stood()
    program = replace(program, requests=(*program.requests, request), **changes)  # type: ignore[arg-type]
    standing = Standing(program, schedule, limits_of(program))
    return program, why_denied(standing, request, stop or Stop(20), workers=2)


def day_off(person: str, day: int) -> Request:
    return Request(person, RequestKind.DAY_OFF, start_date=MONDAY + timedelta(day), row=20)


def test_every_day_off_that_is_possible_is_legal_and_costs_what_it_says() -> None:
    _, schedule = stood()
    verdicts: set[Verdict] = set()
    for person in ("A", "C"):
        for day in (1, 5, 8, 20):
            program, why = asked(day_off(person, day))
            verdicts.add(why.verdict)
            if why.schedule is None:
                continue
            report = check(program, why.schedule)
            before = check(program, schedule)
            assert report.ok, [one.message for one in report.broken][:2]
            differences = {
                term: count - before.score_terms[term]
                for term, count in report.score_terms.items()
                if count != before.score_terms[term]
            }
            assert dict(why.terms) == differences
            assert why.terms["day_off_request"] >= 1
            assert "at most" in why.words
    assert Verdict.POSSIBLE in verdicts


def test_a_wish_that_holds_already_is_granted() -> None:
    _, schedule = stood()
    free = next(
        day
        for day in range(14)
        if not any(row.person == "A" and row.date == MONDAY + timedelta(day) for row in schedule.assignments)
        and not any(
            row.person == "A" and row.date == MONDAY + timedelta(day - 1) for row in schedule.assignments
        )
    )
    assert asked(day_off("A", free))[1].verdict is Verdict.GRANTED


def test_a_clinic_day_cannot_be_off_and_its_row_is_named() -> None:
    """Where a clinic is held no day off may be given."""
    program, schedule = stood()
    held = next(row for row in schedule.assignments if row.kind == "clinic")
    request = Request(held.person, RequestKind.DAY_OFF, start_date=held.date, row=20)
    _, why = asked(request)
    assert why.verdict is Verdict.IMPOSSIBLE
    assert ("clinics.csv", program.clinics[0].row) in {(each.file, each.row) for each in why.conflicts}
    assert why.otherwise


def test_a_stop_claims_nothing() -> None:
    """Of a wish that can be granted, nothing is said when there was no time."""
    wishes = [day_off(person, day) for person in ("A", "C") for day in (1, 5, 8, 20)]
    request = next(each for each in wishes if asked(each)[1].verdict is Verdict.POSSIBLE)
    stop = Stop(20)
    stop.cancel()
    _, why = asked(request, stop)
    assert why.verdict is Verdict.UNKNOWN
    assert why.terms == {}
    assert "Not found out" in why.words


def test_several_rows_in_the_way_say_the_reason_once() -> None:
    """Where a rotation is full by two rows, the first tells so, and the second that it stands there too."""
    _, schedule = stood()
    person = next(row.person for row in schedule.year if row.block == 1 and row.rotation == "DESK")
    wish = Request(person, RequestKind.ROTATION, rotation="WARD", block=1, row=20)
    full = tuple(Coverage("WARD", (), (), 2, 2, row=row) for row in (2, 3))
    stop = Stop(20)
    stop.cancel()
    _, why = asked(wish, stop, coverage=full)
    assert [(each.file, each.row, each.message) for each in why.conflicts] == [
        ("coverage.csv", 2, "WARD is full in block 1."),
        ("coverage.csv", 3, "This row stands in its way too."),
    ]


def test_a_date_beside_the_schedule_is_impossible() -> None:
    _, why = asked(day_off("A", 400))
    assert why.verdict in (Verdict.IMPOSSIBLE, Verdict.GRANTED)
    call = Request("A", RequestKind.CALL, start_date=MONDAY + timedelta(400), row=20)
    assert asked(call)[1].verdict is Verdict.IMPOSSIBLE


@pytest.mark.parametrize(
    ("request_", "verdict"),
    [
        (Request("A", RequestKind.ROTATION, rotation="WARD", block=1, row=20), Verdict.POSSIBLE),
        (Request("A", RequestKind.ROTATION, rotation="DESK", block=1, row=20), Verdict.GRANTED),
        (Request("A", RequestKind.VACATION, 3, MONDAY + timedelta(70), row=20), Verdict.IMPOSSIBLE),
    ],
)
def test_wishes_of_the_year_are_tried_on_the_whole_year_plan(request_: Request, verdict: Verdict) -> None:
    _, why = asked(request_)
    known = {Verdict.POSSIBLE, Verdict.GRANTED} if verdict is not Verdict.IMPOSSIBLE else {verdict}
    assert why.verdict in known
    if why.verdict is Verdict.POSSIBLE:
        assert why.people
        assert "days and calls of those blocks" in why.words


def test_where_the_nearest_plan_is_not_found_soon_any_plan_is_an_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A busy machine may see nothing in the time for the nearest; there is more of it than that."""
    monkeypatch.setattr("src.solver.why.year.SECONDS", 1e-6)
    _, why = asked(Request("A", RequestKind.ROTATION, rotation="WARD", block=1, row=20))
    assert why.verdict in (Verdict.POSSIBLE, Verdict.GRANTED)


def test_a_rotation_that_is_not_theirs_is_impossible_for_any_plan() -> None:
    wish = Request("A", RequestKind.ROTATION, rotation="WARD", block=1, row=20)
    _, why = asked(wish, requirements=stood()[0].requirements[1:])
    assert why.verdict is Verdict.IMPOSSIBLE
    assert why.conflicts[0].file == "requirements.csv"


def test_costs_are_weighted_and_gains_are_negative() -> None:
    program, _ = stood()
    cost = cost_of(program, {"day_off_request": Decimal(1), "fair_call_points": Decimal(2)})
    assert cost == {"day_off_request": Decimal(-3), "fair_call_points": Decimal(10)}


@cache
def careless() -> tuple[Program, Schedule]:
    """The hospital with a legal schedule that was made without an eye on its objective."""
    program = hospital()
    schedule = run(replace(program, objective=())).schedule
    assert schedule is not None
    return program, replace(schedule, denied=None)


def test_what_else_could_be_better_is_no_merit_of_a_wish() -> None:
    """A schedule far from its best is not planned anew for the sake of one wish."""
    program, schedule = careless()
    seen = 0
    for person in ("A", "C"):
        for day in (1, 5, 8, 20):
            wish = day_off(person, day)
            asking = replace(program, requests=(*program.requests, wish))
            why = why_denied(Standing(asking, schedule, limits_of(asking)), wish, Stop(20), workers=2)
            if why.verdict is not Verdict.POSSIBLE:
                continue
            seen += 1
            assert len(why.people) <= 3
            assert why.cells <= 9
            assert why.schedule is not None
            assert check(asking, why.schedule).ok
    assert seen


def test_a_wish_of_the_year_moves_nobody_whom_it_does_not_concern() -> None:
    """The plan could be better for others, too; that is not what was asked."""
    program, schedule = careless()
    for wish in program.requests:
        if wish.kind not in (RequestKind.VACATION, RequestKind.ROTATION):
            continue
        why = why_denied(Standing(program, schedule, limits_of(program)), wish, Stop(20), workers=2)
        if why.verdict is Verdict.POSSIBLE:
            assert len(why.people) <= 2
