"""The page of what further workers are worth: medians in the order of tiers, runs without a schedule too."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks.parts import shared_in
from benchmarks.workers import EVERY_RUN, NEVER, PREFACE, median_first, middle, page


def run_of(first: float | None, *tiers: float, **other: Any) -> dict[str, Any]:
    shared = dict.fromkeys(("offered", "answered", "judged", "bettered"), 1)
    return {
        "program": "fm-24",
        "seconds": 60,
        "workers": 2,
        "threads": 4,
        "seed": 1,
        "first": first,
        "tiers": list(tiers),
        "wall": 60.5,
        "load": 3.1,
        "commit": "abc",
        **shared,
        **other,
    }


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        ([(0, 900, -10), (0, 1000, -90), (0, 900, -30)], [0, 900, -10]),
        ([(0, 900, -10), ()], []),
        ([(0, 900, -10), (0, 900, -20)], [0, 900, -20]),
        ([(0, 900, -10)], [0, 900, -10]),
    ],
    ids=["in the order of tiers", "none is less than any", "of two the worse", "of one that one"],
)
def test_the_run_in_the_middle_is_of_all_tiers_together(
    runs: list[tuple[float, ...]], expected: list[float]
) -> None:
    assert middle([run_of(10.0, *tiers) for tiers in runs])["tiers"] == expected


def test_a_run_without_a_schedule_counts_as_one_that_never_comes() -> None:
    assert median_first([run_of(None), run_of(9.0), run_of(11.0)]) == 11.0
    assert median_first([run_of(None), run_of(None), run_of(11.0)]) == NEVER


def test_every_row_has_as_many_cells_as_its_head_and_sums_what_wasshared_in() -> None:
    written = page([run_of(None), run_of(9.0, 0, 900), run_of(8.0, 0, 910, workers=3)])
    upper, lower = written.split(EVERY_RUN)
    for text, head, count in ((upper, PREFACE, 2), (lower, EVERY_RUN, 3)):
        lines = [line for line in text.splitlines() if line.startswith("| fm-24")]
        assert len(lines) == count
        assert {line.count("|") for line in lines} == {head.rstrip("\n").splitlines()[-1].count("|")}
    assert "| fm-24 | 60 | 4 | 2 | 2 | – | no schedule | 2 of 2 | 2 of 2 | abc |" in upper


def test_what_was_shared_is_read_from_what_workers_say_and_from_nothing_else() -> None:
    said = [
        "not a line of a log",
        json.dumps({"event": "round_ended", "offered": 2, "answered": 1}),
        json.dumps({"event": "round_ended", "judged": 5, "bettered": 3, "shown": 9}),
        json.dumps({"event": "run_failed", "offered": 7}),
    ]
    assert shared_in("\n".join(said)) == {"offered": 2, "answered": 1, "judged": 5, "bettered": 3}
