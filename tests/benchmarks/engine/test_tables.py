"""The page of the engine's measurements: gaps, whose bound it is, who is better, which targets are met."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.engine.stated import Target
from benchmarks.engine.tables import beside_stated, bounded, figure_of, gap, page, table, targets, verdict


def row(program: str = "fm-24", solver: str = "engine", **more: Any) -> dict[str, Any]:
    """A row as a run leaves it."""
    return {
        "program": program,
        "solver": solver,
        "residents": 24,
        "blocks": 13,
        "status": "feasible",
        "limit": 58.0,
        "first": 9.5,
        "seconds": 58.0,
        "tiers": [[0.0, 0.0], [800.0, 880.0]],
        "year_tiers": [[0.0, 0.0], [650.0, 655.0]],
        "terms": {"vacation_rank": 600.0, "rotation_request": 20.0, "day_off_request": 40.0},
        "asked": {"day_off": 96},
        "scored": 2,
        "peak_mb": 384,
        "load_before": 0.3,
        "commit": "abc1234",
    } | more


@pytest.mark.parametrize(
    ("objective", "bound", "expected"),
    [(800, 880, 0.1), (0, 0, 0), (0, 5, 5), (0.5, 0.75, 0.25), (-20, 0, 1), (-20, -10, 0.5), (10, 10, 0)],
)
def test_the_gap_is_the_distance_over_the_objective(objective: float, bound: float, expected: float) -> None:
    """|bound - objective| / max(1, |objective|), also around and below nothing."""
    assert gap(objective, bound) == pytest.approx(expected)


def test_without_a_bound_there_is_no_gap() -> None:
    assert gap(5, None) is None


def test_a_plain_row_has_the_bounds_of_the_engine() -> None:
    """What holds for every legal schedule holds for the plain solver's."""
    plain = row(solver="plain", tiers=[[0.0, None], [700.0, None]])
    assert bounded(plain, [row(), plain]) == [(0.0, 0.0), (700.0, 880.0)]


def test_a_plain_row_alone_has_no_bounds() -> None:
    plain = row(solver="plain", tiers=[[0.0, None], [700.0, None]])
    assert bounded(plain, [plain]) == [(0.0, None), (700.0, None)]


def test_the_year_alone_keeps_its_own_bounds() -> None:
    """Its tiers count less than those of a whole schedule: the engine's bounds say nothing about them."""
    alone = row(solver="year", tiers=[[0.0, 0.0], [650.0, None]])
    assert bounded(alone, [row(), alone])[1] == (650.0, None)


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        ([0, 800, -5], [0, 790, -9], "better, on every tier"),
        ([0, 800, -9], [0, 790, -5], "better"),
        ([0, 780, -1], [0, 790, -9], "worse"),
        ([0, 800], [0, 800], "equal"),
        ([0], [], "plain has none"),
        ([], [0], "the engine has none"),
        ([], [], "no schedule"),
    ],
)
def test_the_first_tier_that_differs_decides(ours: list[float], theirs: list[float], expected: str) -> None:
    engine = row(tiers=[[score, None] for score in ours])
    assert verdict(engine, row(tiers=[[score, None] for score in theirs])) == expected


def test_a_run_that_found_nothing_meets_no_target() -> None:
    """Its seconds are short, but they are not those of a schedule."""
    target = Target("whole year", "fm-24", "engine", "seconds", 60, "s")
    assert figure_of(row(status="unknown", seconds=3.0), target) is None
    assert figure_of(row(), target) == 58.0


def test_an_infeasible_program_must_be_proved_to_be() -> None:
    target = Target("explained", "infeasible-icu", "engine", "seconds", 30, "s")
    assert figure_of(row(program="infeasible-icu", status="unknown"), target) is None
    assert figure_of(row(program="infeasible-icu", status="infeasible", seconds=9.0), target) == 9.0


def test_the_gap_of_a_target_is_that_of_the_tier_with_requests() -> None:
    target = Target("gap", "fm-24", "year", "gap", 0.01, "%")
    assert figure_of(row(solver="year"), target) == pytest.approx(5 / 650)
    assert figure_of(row(solver="year", year_tiers=[]), target) is None


def test_targets_say_yes_no_or_not_measured() -> None:
    said = {(line[0], line[1]): line[-1] for line in targets([row(), row(solver="year")])}
    assert said["whole year, daily and call", "fm-24"] == "yes"
    assert said["year plan's gap proved in 60 s", "fm-24"] == "yes"
    assert said["first complete schedule", "im-60"] == "not measured"
    late = {(line[0], line[1]): line[-1] for line in targets([row(first=12.0)])}
    assert late["first complete schedule", "fm-24"] == "no"


def test_rows_of_fewer_tiers_have_as_many_cells() -> None:
    lines = list(table([row(), row(program="infeasible-icu", status="infeasible", tiers=[], first=None)]))
    assert len({len(line) for line in lines}) == 1


def test_only_programs_with_stated_figures_are_put_beside_them() -> None:
    lines = list(beside_stated([row(), row(program="another"), row(solver="plain")]))
    assert [line[0] for line in lines[1:]] == ["fm-24"]
    assert "647 → 620" in lines[1]


def test_a_page_of_nothing_says_so() -> None:
    assert page([], []).count("Not measured yet.") == 3
