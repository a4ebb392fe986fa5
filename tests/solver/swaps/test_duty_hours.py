"""What one resident's schedule breaks as it stands: calls by their nights, at the edges of the windows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import time, timedelta

import pytest

from src.interchange.model import DutyType, Session, Template
from src.interchange.schedule import Schedule
from src.planning.limits import limits_of
from src.solver.expand import Decisions, expand
from src.solver.plan import YearPlan
from src.solver.swaps.rules import DutyHours
from src.solver.swaps.standing import Standing
from tests.compliance.structure.world import HOME, call
from tests.solver.hospital import MONDAY, hospital

EARLY = "05:59"
"""A minute before calls belong to their own date."""


def broken(
    *calls: tuple[int, str], rotations: tuple[str, str] = ("WARD", "WARD"), most: int = 1
) -> list[str]:
    """The windows in which A's calls, by day and start, are more than `most` in 28 or 14 days."""
    every = (28 if rotations[0] == rotations[1] else 14) // most
    starts = sorted({start for _, start in calls})
    kinds = tuple(
        call(f"C{number}", weekdays=(), start=time.fromisoformat(start), minutes=30, row=number)
        for number, start in enumerate(starts, start=2)
    )
    return told(kinds, ((day, f"C{starts.index(start) + 2}") for day, start in calls), rotations, every)


def told(
    kinds: tuple[object, ...], taken: Iterable[tuple[int, str]], rotations: tuple[str, str], every: int
) -> list[str]:
    bare = {"staffing": (), "coverage": (), "requests": (), "vacation_weeks": {}, "holidays": ()}
    program = hospital(calls=kinds, templates=(), clinics=(), **bare)
    plan = YearPlan({("A", block): rotation for block, rotation in enumerate(rotations, start=1)})
    decided = Decisions(calls=frozenset(("A", MONDAY + timedelta(day), name) for day, name in taken))
    schedule = Schedule(plan.year_rows(), (), expand(program, plan, decided))
    limits = replace(limits_of(program), call_every_days=every)
    hours = DutyHours(Standing(program, schedule, limits).holder("A"), limits)
    return [words for _, _, words in hours.broken_now(0, 27) if words.startswith("US-CALL3")]


@pytest.mark.parametrize("days", [(0, 13), (13, 27), (0, 27)])
def test_calls_of_the_first_and_the_last_date_count(days: tuple[int, int]) -> None:
    [words] = broken(*((day, "18:00") for day in days))
    assert words.startswith("US-CALL3: 2 calls in 28 days")
    assert broken(*((day, "18:00") for day in days), most=2) == []


def test_a_call_before_the_cut_belongs_to_the_night_before() -> None:
    assert broken((9, "18:00"), (10, EARLY)) == [], "one night"
    assert len(broken((9, "18:00"), (10, "06:00"))) == 1
    assert len(broken((10, "18:00"), (10, EARLY))) == 1


def test_a_call_before_the_cut_of_the_first_date_is_outside_of_the_year() -> None:
    assert broken((0, EARLY), (10, "18:00")) == []
    assert len(broken((0, "06:00"), (10, "18:00"))) == 1


def test_a_call_before_the_cut_of_a_windows_first_date_is_of_the_window_before() -> None:
    change = ("WARD", "DESK")
    assert len(broken((3, "18:00"), (14, EARLY), rotations=change)) == 1
    assert broken((14, EARLY), (20, "18:00"), rotations=change) == []
    assert broken((3, "18:00"), (14, "06:00"), rotations=change) == []


def test_calls_at_home_are_not_counted() -> None:
    home = call("HOME", weekdays=(), duty_type=HOME, start=time(18), minutes=30, row=2)
    assert told((home,), ((3, "HOME"), (9, "HOME")), ("WARD", "WARD"), 28) == []


@pytest.mark.parametrize(("minutes", "over"), [(0, []), (1, ["US-80: 80 h a week on average"])])
def test_eighty_hours_a_week_are_kept_and_a_minute_more_is_told(minutes: int, over: list[str]) -> None:
    """Twenty days of sixteen hours in a window of 28 days, and a call beside them."""
    bare = {
        "staffing": (),
        "coverage": (),
        "requests": (),
        "vacation_weeks": {},
        "holidays": (),
        "clinics": (),
    }
    days = Template("WARD", (0, 1, 2, 3, 4), Session.AM, time(6), 960, DutyType.CLINICAL, row=2)
    extra = call("MORE", weekdays=(), start=time(23), minutes=max(1, minutes), row=2)
    program = hospital(calls=(extra,), templates=(days,), **bare)
    plan = YearPlan({("A", block): "WARD" for block in (1, 2)})
    decided = Decisions(calls=frozenset({("A", MONDAY + timedelta(2), "MORE")} if minutes else ()))
    schedule = Schedule(plan.year_rows(), (), expand(program, plan, decided))
    limits = limits_of(program)
    hours = DutyHours(Standing(program, schedule, limits).holder("A"), limits)
    told = [words.split(" from ")[0] for _, _, words in hours.broken_now(0, 27) if words.startswith("US-80")]
    assert told == over
