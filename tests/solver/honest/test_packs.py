"""Random small programs under the packs of other countries, and under numbers set anew for some dates."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from src.interchange.model import Program, RuleOverride
from src.interchange.schedule import SolveStatus
from src.planning.generation.known import not_planned_for
from tests.solver.honest.asking import answered, assert_honest, drawn
from tests.solver.honest.every import Every

CASES = (
    (200, "uk-2016"),
    (201, "uk-2019"),
    (202, "eu-wtd"),
    (211, "nz-rmo"),
    (212, "ca-on-paro"),
    (214, "ca-bc"),
    (221, "ca-qc"),
    (215, "au-nsw"),
)
OVERRIDDEN = (224, 239, 254)
NUMBERS = {
    "weekly_minutes": (20 * 60, 40 * 60, 100 * 60),
    "rest_after_call_minutes": (10 * 60, 20 * 60, 30 * 60),
    "free_period_minutes": (20 * 60, 30 * 60, 36 * 60),
    "call_every_days": (1, 2, 4),
    "continuous_minutes": (16 * 60, 30 * 60),
    "min_rest_minutes": (10 * 60, 12 * 60, 14 * 60),
    "max_nights_in_row": (1, 2, 7),
}
"""Parameters of the common pack, with values stricter and looser than its own."""


def set_otherwise(program: Program, dice: random.Random) -> Iterator[RuleOverride]:
    """One or two numbers of the pack, for some dates or for all."""
    dates = [day for block in program.academic_blocks for day in block.dates]
    for row in range(2, 2 + dice.choice((1, 1, 2))):
        name = dice.choice(list(NUMBERS))
        first, last = sorted((dice.choice(dates), dice.choice(dates)))
        if dice.random() < 0.2:
            first, last = dates[0] - timedelta(days=3), dates[-1]
        value = dice.choice(NUMBERS[name])
        yield RuleOverride("acgme-cpr-2023", None, name, value, "agreed", "the board", first, last, row=row)


def assert_answered_as_trying_everything_says(program: Program) -> None:
    """Where a rule is not planned by, as the run says, a schedule may break it; it breaks nothing else."""
    scores = Every(program).scores
    solved = answered(program)
    if solved.report is not None and solved.report.broken:
        assert len(solved.report.broken) <= not_planned_for(program, solved.report)
    elif scores:
        assert_honest(program, solved, scores)
    else:
        assert solved.schedule is None
        assert solved.file.status in (SolveStatus.INFEASIBLE, SolveStatus.UNKNOWN)


@pytest.mark.parametrize(("seed", "pack"), CASES)
def test_other_packs(seed: int, pack: str) -> None:
    assert_answered_as_trying_everything_says(drawn(seed, (pack,)))


@pytest.mark.parametrize("seed", OVERRIDDEN)
def test_numbers_set_otherwise_for_some_dates(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - a test's choice, no secret
    program = drawn(seed, ("acgme-cpr-2023",))
    program = replace(program, rule_overrides=tuple(set_otherwise(program, dice)))
    assert_answered_as_trying_everything_says(program)
