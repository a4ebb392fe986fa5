"""One worker, the same seed, work counted instead of time: the same answer in every kind of run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from src.interchange.schedule import Schedule, Scope
from src.planning.generation.solve_program import Solved
from src.planning.repair.repair_program import RepairOptions, repair_program
from src.solver.stop import Stop
from tests.solver.honest.runs import KINDS, CountedStop, asked
from tests.solver.world import silent

SEEDS = (223,)


def told(solved: Solved) -> tuple[object, ...]:
    """All that an answer says, but for how long it took and how much it held."""
    schedule = None if solved.schedule is None else replace(solved.schedule, result=None)
    file = replace(solved.file, seconds=0.0, peak_memory_mb=0.0)
    return schedule, file, solved.result.conflicts, solved.result.way_out


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", SEEDS)
def test_equal_seeds_give_equal_answers_whatever_the_clock_says(seed: int, kind: str) -> None:
    one = asked(kind, seed)
    assert told(one.answer(CountedStop(), seed=5)) == told(one.answer(Stop(500.0), seed=5))


@pytest.mark.parametrize("of_blocks", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_so_do_year_plans_alone(seed: int, of_blocks: bool) -> None:
    """Nothing outside the blocks moves."""
    one = asked("some blocks", seed)
    given = {"scope": Scope.YEAR} if of_blocks else {"scope": Scope.YEAR, "base": None, "blocks": ()}
    first = one.answer(**given)
    assert told(first) == told(one.answer(**given))
    assert first.schedule is not None
    if of_blocks:
        base, free = one.options["base"], one.options["blocks"]
        assert isinstance(base, Schedule)
        assert isinstance(free, tuple)
        kept = {row for row in base.year if row.block not in free}
        assert kept == {row for row in first.schedule.year if row.block not in free}


@pytest.mark.parametrize("seed", SEEDS)
def test_so_do_repairs(seed: int) -> None:
    one = asked("some blocks", seed)
    base = one.options["base"]
    assert isinstance(base, Schedule)
    changed = replace(one.program, rule_packs=() if one.program.rule_packs else ("acgme-cpr-2023",))
    options = RepairOptions(one.program.year_start_date, one.program.year_end_date, seed=3, workers=1)
    repairs = [repair_program(changed, base, options, Stop(limit), silent) for limit in (60.0, 500.0)]
    first, other = ([each.schedule for each in found.alternatives] for found in repairs)
    assert first == other
    assert repairs[0].repaired.status is repairs[1].repaired.status
