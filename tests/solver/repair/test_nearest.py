"""Repairs of random tiny programs against every schedule there is: the least change, and if there is any."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache

import pytest

from src.interchange.canonical import numbered
from src.interchange.model import CallPin, Program
from src.interchange.schedule import Schedule, SolveStatus
from src.planning.repair.changes import AbsenceIn, GoneIn, with_changes
from src.planning.repair.repair_program import RepairOptions, RepairSolved, repair_program
from src.solver.expand import home_date
from src.solver.stop import Stop
from tests.solver.honest.test_every_program import made, solved
from tests.solver.repair.nearest import Nearest, cells_between, told
from tests.solver.world import silent

ONE_DAY = dt.timedelta(1)


def absence(dice: random.Random, program: Program, first: dt.date, last: dt.date) -> Program:
    start = first + dice.randrange((last - first).days + 1) * ONE_DAY
    end = min(last, start + dice.choice((0, 1, 2, 4, 20)) * ONE_DAY)
    who = dice.choice(program.residents).id
    return with_changes(program, [AbsenceIn(person=who, start_date=start, end_date=end)], [])


def gone(dice: random.Random, program: Program, first: dt.date, last: dt.date) -> Program:
    leaves = max(first, program.year_start_date + ONE_DAY) + dice.randrange(4) * ONE_DAY
    who = dice.choice(program.residents).id
    stays = dice.choice(((), (who,)))
    return with_changes(program, [], [GoneIn(person=who, from_date=min(leaves, last))], stays)


def more_on_call(dice: random.Random, program: Program, first: dt.date, last: dt.date) -> Program:
    """One more for a call."""
    place = dice.randrange(len(program.calls))
    call = program.calls[place]
    most = None if call.max is None else max(call.max, call.min + 1)
    more = replace(call, min=call.min + 1, max=most)
    return replace(program, calls=(*program.calls[:place], more, *program.calls[place + 1 :]))


def pin(dice: random.Random, program: Program, first: dt.date, last: dt.date) -> Program:
    """A call that somebody is to have."""
    call = dice.choice(program.calls)
    days = [first + number * ONE_DAY for number in range((last - first).days + 1)]
    held = [day for day in days if not call.weekdays or day.weekday() in call.weekdays]
    held = [day for day in held if day not in program.holidays]
    one = CallPin(dice.choice(program.residents).id, dice.choice(held), call.id, row=9)
    return replace(program, call_pins=(*program.call_pins, one))


def another_pack(dice: random.Random, program: Program, first: dt.date, last: dt.date) -> Program:
    """The limits of one pack where there were none, or none where there were."""
    return replace(program, rule_packs=() if program.rule_packs else ("acgme-cpr-2023",))


CHANGES: Mapping[str, Callable[[random.Random, Program, dt.date, dt.date], Program]] = {
    "absence": absence,
    "gone": gone,
    "more on call": more_on_call,
    "pin": pin,
    "another pack": another_pack,
}


@cache
def stood(seed: int) -> tuple[Program, Schedule]:
    """A program, and a legal schedule of it."""
    program = made(seed)
    schedule = solved(program).schedule
    assert schedule is not None, "the seed's program has no schedule"
    return program, replace(schedule, denied=None, findings=None, result=None)


def repaired(program: Program, base: Schedule, first: dt.date, last: dt.date) -> RepairSolved:
    options = RepairOptions(from_date=first, to_date=last, allow_unmet=False, workers=1)
    return repair_program(program, base, options, Stop(60), silent)


def span_of(dice: random.Random, program: Program, part: str) -> tuple[dt.date, dt.date]:
    start, end = program.year_start_date, program.year_end_date
    if part == "whole":
        return start, end
    low, high = sorted(dice.sample(range((end - start).days + 1), 2))
    return start + low * ONE_DAY, start + high * ONE_DAY


@pytest.mark.parametrize(
    ("seed", "kind", "part"),
    [
        (14, "gone", "whole"),  # nothing is left to decide: what somebody did falls away
        (63, "pin", "whole"),
        (1007, "pin", "part"),  # the vacation week has to move
        (148, "absence", "part"),
        (63, "more on call", "part"),
        (14, "another pack", "whole"),
    ],
)
def test_the_first_repair_changes_the_least_and_none_is_denied_that_exists(
    seed: int, kind: str, part: str
) -> None:
    program, base = stood(seed)
    dice = random.Random(seed)  # noqa: S311 - a test's choice, no secret
    first, last = span_of(dice, program, part)
    changed = numbered(CHANGES[kind](dice, program, first, last))
    nearest, found = Nearest(changed, base, first, last), repaired(changed, base, first, last)
    assert len(found.alternatives) == len(found.repaired.alternatives), "the checker refused one"
    assert_different_and_in_range(found, base, changed, first, last)
    least = nearest.least()
    if least is None:
        expected = SolveStatus.FEASIBLE if nearest.any() else SolveStatus.INFEASIBLE
        assert found.repaired.status is expected
        return
    assert found.repaired.status is SolveStatus.FEASIBLE
    one = found.alternatives[0].comparison
    assert one.cells == least
    there = {person.id for person in changed.residents if person.is_there(changed.year_end_date)}
    assert all(person not in there for person, _ in one.year_cells), "no rotation had to move"


def test_work_under_way_when_an_absence_begins_stands() -> None:
    """Nobody can take back what was begun on the date before, whatever the leave says of its end."""
    program, base = stood(42)
    dice = random.Random(42)  # noqa: S311 - a test's choice, no secret
    first, last = span_of(dice, program, "part")
    changed = numbered(absence(dice, program, first, last))
    before = [row for row in base.assignments if row.date < first <= row.end_at.date()]
    assert before, "nothing is under way"
    found = repaired(changed, base, first, last)
    assert_different_and_in_range(found, base, changed, first, last)
    assert found.alternatives


def assert_different_and_in_range(
    found: RepairSolved, base: Schedule, program: Program, first: dt.date, last: dt.date
) -> None:
    """No two alternatives say the same, and what is decided on other dates is the base's."""
    seen = set()
    for each in found.alternatives:
        rows = each.schedule.assignments
        assert len(cells_between(base.assignments, rows)) == each.comparison.cells
        kept, stood_there = (
            {told(row) for row in some if not first <= home_date(program, row) <= last}
            for some in (rows, base.assignments)
        )
        assert kept == stood_there
        seen.add((frozenset(map(told, rows)), each.schedule.year))
    assert len(seen) == len(found.alternatives)
