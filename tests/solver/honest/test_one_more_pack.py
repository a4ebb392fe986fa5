"""A pack more only takes away: nothing under it scores more than the best without it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from src.compliance.packs import known_packs
from src.interchange.schedule import SolveStatus
from src.planning.limits import is_narrowed
from src.solver.result import Result
from tests.solver.honest.test_every_program import made, solved
from tests.solver.world import assert_keeps_to

SEED = 42
"""A program without packs that is proved, with calls and many schedules."""


@cache
def free() -> Result:
    result = solved(made(SEED))
    assert result.status is SolveStatus.OPTIMAL
    return result


@pytest.mark.parametrize("pack", sorted(known_packs()))
def test_a_pack_never_improves(pack: str) -> None:
    program = replace(made(SEED), rule_packs=(pack,))
    assert not is_narrowed(program)
    found = solved(program, deterministic_limit=0.3)
    reached = tuple(tier.objective for tier in found.tiers)
    assert reached <= tuple(tier.objective for tier in free().tiers)
    assert_keeps_to(reached, free().tiers)
    assert (found.schedule is None) is (not reached)
