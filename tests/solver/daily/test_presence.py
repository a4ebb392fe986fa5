"""The intervals of one resident that lie, with some minute, between two instants."""

from __future__ import annotations

import pytest

from src.solver.daily.facts import PersonYear, ProgramFacts
from src.solver.daily.linear import LinearModel
from src.solver.daily.presence import PersonDraft
from src.solver.expand import fixed_of_all
from tests.compliance.structure.world import CLINICAL, A, small_program
from tests.solver.world import before, plan_of


def draft_with_a_long_history() -> PersonDraft:
    """Two weeks on the ward; what was worked before runs from nine days before it to its third day."""
    program = small_program(blocks=(14,), people=(A,), history=(before(-9, "06:00", 2, "12:00", CLINICAL),))
    shared = ProgramFacts(program)
    fixed = fixed_of_all(program, shared, ())["A"]
    year = PersonYear(shared, program.residents[0], plan_of(A=("WARD",)), frozenset(range(14)), fixed)
    return PersonDraft(LinearModel(), 0, year, range(14))


@pytest.mark.parametrize(("first", "last"), [(0, 0), (2, 2), (0, 13), (-9, -9), (1, 6), (3, 13), (13, 13)])
def test_what_lies_between_is_what_a_look_at_each_finds(first: int, last: int) -> None:
    draft = draft_with_a_long_history()
    calendar = draft.year.shared.calendar
    start, end = calendar.midnight(first), calendar.midnight(last + 1)
    expected = [item for item in draft.items if item.start < end and start < item.end]
    assert draft.between(draft.items, start, end) == expected


def test_an_interval_longer_than_a_week_is_still_seen_on_its_last_day() -> None:
    draft = draft_with_a_long_history()
    calendar = draft.year.shared.calendar
    (long, *_) = draft.between(draft.items, calendar.midnight(2), calendar.midnight(3))
    assert long.day == -9


def test_what_only_touches_the_instants_lies_not_between() -> None:
    draft = draft_with_a_long_history()
    (long, *_) = draft.items
    assert long not in draft.between(draft.items, long.end, long.end + 60)
    assert long not in draft.between(draft.items, long.start - 60, long.start)


def test_nothing_lies_between_where_nothing_is_due() -> None:
    draft = draft_with_a_long_history()
    midnight = draft.year.shared.calendar.midnight(30)
    assert draft.between(draft.items, midnight, midnight + 600) == []
    assert draft.between([], 0, midnight) == []
