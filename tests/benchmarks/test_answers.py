"""The page of how soon people are answered: lines by program, and whether each kind is met."""

from __future__ import annotations

from benchmarks.answers import HEAD, Asked, lines_of, measured, page
from tests.factories.programs import small_program
from tests.factories.schedules_db import ward_program, ward_schedule


def test_the_slowest_answer_decides() -> None:
    assert Asked("swaps", [0.1, 0.2, 1.9], 2.0, "").is_met
    assert not Asked("swaps", [0.1, 0.2, 2.1], 2.0, "").is_met


def test_nothing_asked_is_nothing_met() -> None:
    nothing = Asked("swaps", [], 2.0, "")
    assert not nothing.is_met
    assert "nothing to ask" in nothing.cells()


def test_a_line_has_as_many_cells_as_the_head() -> None:
    asked = [Asked("swaps", [0.1], 2.0, "5 offers"), Asked("swaps", [], 2.0, "")]
    columns = HEAD.rstrip("\n").splitlines()[-1].count("|")
    assert {line.count("|") for line in lines_of(small_program(), asked, 0.5)} == {columns}


def test_new_lines_take_the_place_of_those_of_the_same_program_and_question() -> None:
    first = page("", ["| fm-24 | 24 | swaps | old |", "| fm-24 | 24 | repairs | kept |"])
    both = page(first, ["| im-60 | 60 | swaps | one |", "| im-60 | 60 | repairs | two |"])
    assert page(both, ["| fm-24 | 24 | swaps | new |"]).splitlines()[-4:] == [
        "| fm-24 | 24 | swaps | new |",
        "| fm-24 | 24 | repairs | kept |",
        "| im-60 | 60 | swaps | one |",
        "| im-60 | 60 | repairs | two |",
    ]


def test_a_name_that_begins_another_is_not_taken_for_it() -> None:
    earlier = page("", ["| im-60-by-90 | 90 | swaps | kept |"])
    assert "| im-60-by-90 | 90 | swaps | kept |" in page(earlier, ["| im-60 | 60 | swaps | new |"])


def test_only_the_kinds_that_are_wanted_are_asked() -> None:
    """A long page can be made in pieces."""
    assert [asked.what for asked in measured(ward_program(), ward_schedule(), ["duties"])] == [
        "why this person"
    ]
