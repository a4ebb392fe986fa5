"""Item 1, over several rows: requirements, coverage, successions, rotations in a row."""

from __future__ import annotations

from dataclasses import replace

import pytest

from src.interchange.model import Coverage, Requirement, Succession
from tests.compliance.structure.world import (
    DESK,
    DESK_DATES,
    LEAVE,
    NF,
    WARD,
    assert_names,
    broken,
    desk,
    legal,
    messages,
    of_a,
    small_program,
    ward,
)

OPEN = small_program().requirements
"""Rows that let everyone do everything."""

ON_WARD_FIRST = of_a(ward("A", *range(7)), desk("A", *DESK_DATES[5:]), rotations=("WARD", "DESK"))


@pytest.mark.parametrize(
    ("low", "high", "names"),
    [
        (2, 2, None),
        (0, None, None),
        (
            0,
            1,
            "year.csv:3 A: 2 blocks of DESK in blocks 1-2, at most 1 allowed (requirements.csv row 9)",
        ),
        (3, None, "requirements.csv:9 A: 2 blocks of DESK in blocks 1-2, at least 3 due"),
    ],
)
def test_blocks_of_a_rotation_are_counted_against_both_limits(
    low: int, high: int | None, names: str | None
) -> None:
    rule = Requirement((1,), None, "DESK", low, high, row=9)

    lines = messages(small_program(requirements=(*OPEN, rule)), legal())

    assert_names(lines, *([names] if names else []))


def test_a_requirement_counts_between_its_first_and_last_block_only() -> None:
    none_first = Requirement((1,), None, "WARD", 0, 0, 1, 1, row=9)
    none_last = Requirement((1,), None, "WARD", 0, 0, 2, 2, row=9)

    assert_names(
        messages(small_program(requirements=(*OPEN, none_first)), ON_WARD_FIRST),
        "year.csv:2 A: 1 block of WARD in blocks 1-1, at most 0 allowed",
    )
    assert broken(small_program(requirements=(*OPEN, none_last)), ON_WARD_FIRST) == ()


def test_a_requirement_of_a_group_counts_its_rotations_together() -> None:
    rotations = (replace(DESK, group="g"), replace(WARD, group="g"), NF, LEAVE)
    both = Requirement((), None, "@g", 2, 2)

    assert broken(small_program(rotations=rotations, requirements=(*OPEN, both)), ON_WARD_FIRST) == ()


def test_requirements_of_another_pgy_or_track_do_not_bind() -> None:
    rules = (Requirement((3,), None, "WARD", 5, 5), Requirement((), "research", "WARD", 5, 5))

    assert broken(small_program(requirements=(*OPEN, *rules)), legal()) == ()


def test_too_few_on_a_rotation_are_named_at_the_rule() -> None:
    rule = Coverage("WARD", (1, 2), (2,), 1, None, row=4)

    assert_names(
        messages(small_program(coverage=(rule,)), ON_WARD_FIRST),
        "1 coverage.csv:4 block 2: 0 of PGY 1 2 on WARD, at least 1 are needed",
    )


def test_too_many_on_a_rotation_are_named_at_the_last_row() -> None:
    rule = Coverage("DESK", (), (1,), 0, 1, row=4)

    assert_names(messages(small_program(coverage=(rule,)), legal()), "1 year.csv:4 block 1: 2 on DESK (A, B)")


def test_coverage_counts_the_named_pgys_only_and_every_block_where_none_is_named() -> None:
    one_each = Coverage("DESK", (1,), (), 1, 1)

    assert broken(small_program(coverage=(one_each,)), legal()) == ()
    assert_names(
        messages(small_program(coverage=(one_each,)), ON_WARD_FIRST),
        "block 1: 0 of PGY 1 on DESK, at least 1",
    )


def test_coverage_of_a_group_counts_all_its_rotations() -> None:
    rotations = (replace(DESK, group="g"), replace(WARD, group="g"), NF, LEAVE)
    rule = Coverage("@g", (), (1,), 2, 2)

    assert broken(small_program(rotations=rotations, coverage=(rule,)), ON_WARD_FIRST) == ()


def test_a_forbidden_neighbour_is_named() -> None:
    rule = Succession("WARD", "DESK", (1,), row=3)

    assert_names(
        messages(small_program(successions=(rule,)), ON_WARD_FIRST),
        "1 year.csv:3 A block 2: DESK directly follows WARD (successions.csv row 3)",
    )


@pytest.mark.parametrize("rule", [Succession("DESK", "WARD", ()), Succession("WARD", "DESK", (2,))])
def test_the_other_order_and_other_pgys_are_not_forbidden(rule: Succession) -> None:
    assert broken(small_program(successions=(rule,)), ON_WARD_FIRST) == ()


def test_a_succession_of_groups_forbids_every_pair() -> None:
    rotations = (replace(DESK, group="soft"), replace(WARD, group="hard"), NF, LEAVE)
    program = small_program(rotations=rotations, successions=(Succession("@hard", "@soft", ()),))

    assert_names(messages(program, ON_WARD_FIRST), "DESK directly follows WARD")


def test_a_rotation_may_follow_itself_as_often_as_max_consecutive_says() -> None:
    once = (replace(DESK, max_consecutive=1), WARD, NF, LEAVE)
    twice = (replace(DESK, max_consecutive=2), WARD, NF, LEAVE)

    assert_names(
        messages(small_program(rotations=once), legal()),
        "1 year.csv:3 A block 2: block 2 in a row on DESK, at most 1 may be",
        "1 year.csv:5 B block 2: block 2 in a row on DESK, at most 1 may be",
    )
    assert broken(small_program(rotations=twice), legal()) == ()
