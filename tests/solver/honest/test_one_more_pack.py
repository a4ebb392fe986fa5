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

SEEDS = (21, 42)
"""Programs that are proved: one that every pack leaves a schedule of, one with calls that some rule out."""


@cache
def free(seed: int) -> Result:
    result = solved(replace(made(seed), rule_packs=()))
    assert result.status is SolveStatus.OPTIMAL
    return result


@pytest.mark.parametrize("pack", sorted(known_packs()))
def test_a_pack_never_improves(pack: str) -> None:
    possible = 0
    for seed in SEEDS:
        program = replace(made(seed), rule_packs=(pack,))
        assert not is_narrowed(program)
        found = solved(program, deterministic_limit=0.3)
        if found.schedule is None:
            assert found.status is SolveStatus.INFEASIBLE
            continue
        possible += 1
        reached = tuple(tier.objective for tier in found.tiers)
        assert reached <= tuple(tier.objective for tier in free(seed).tiers)
        assert_keeps_to(reached, free(seed).tiers)
    assert possible, "nothing is compared"
