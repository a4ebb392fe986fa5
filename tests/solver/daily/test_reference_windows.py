"""References one after another and what is left of a stretch: the solver's are the judge's."""

from __future__ import annotations

import pytest

from src.compliance.rules.international.reference import _one_after_another as judged
from src.solver.daily.limits.windows import _one_after_another as planned


@pytest.mark.parametrize(
    ("days", "windows"),
    [
        (56, [(0, 27), (28, 55)]),
        (62, [(0, 27), (28, 61)]),  # six days more join the last
        (63, [(0, 27), (28, 55), (35, 62)]),  # a week more is judged within the last 28
        (29, [(0, 28)]),
        (35, [(0, 27), (7, 34)]),
    ],
)
def test_what_is_left_joins_the_last_window_or_is_judged_within_its_length(
    days: int, windows: list[tuple[int, int]]
) -> None:
    assert list(planned(0, days - 1, 28)) == windows


@pytest.mark.parametrize("length", [7, 14, 28, 60, 182])
def test_the_solver_plans_by_the_references_that_are_judged(length: int) -> None:
    for days in range(length + 1, 3 * length + 9):
        assert list(planned(-3, days - 4, length)) == list(judged(-3, days - 4, length))
