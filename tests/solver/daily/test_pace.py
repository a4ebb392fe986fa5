"""Limits over many blocks are used up no faster than their share, and never kept from being used."""

from __future__ import annotations

from src.solver.daily.linear import FREE, LinearModel, Scale, Tag, of
from src.solver.daily.pace import Pace
from src.solver.daily.subsolve import Effort, Part, State
from src.solver.stop import Stop

WEEKS = 12
LONG = Tag("UK-WE", "A", 0, 7 * WEEKS - 1, "uk-2019", reaches_out=True)


def weeks_worked(model: LinearModel, tag: Tag = LONG, most: int = 6, factor: int = 1) -> list[int]:
    """Twelve weeks that may be worked, of which the row lets so many be; all of them are wanted."""
    weeks = [model.decision(0, 7 * number) for number in range(WEEKS)]
    parts = [(of(each), factor) for each in weeks]
    if factor > 0:
        model.add(parts, -FREE, factor * most, tag)
    else:  # as rest that is asked for: weeks of it are what is not worked
        model.add([(of(each).negated, -1) for each in weeks], -FREE, most - WEEKS, tag)
    model.tiers.append(Scale())
    return weeks


def worked(
    model: LinearModel, free: list[int], done: dict[int, int] | None = None, *, kept: bool = True
) -> int:
    """How many of the free weeks a search works that wants all, at the pace."""
    state = State(model)
    state.take(done or {})
    part = Part(state, free)
    assert Pace(model).keep(part, state, free) is kept
    part.maximise(dict.fromkeys(free, 1))
    return sum(part.solve(Effort(5.0, 1, 1), Stop(10.0)).values.values())


def test_a_third_of_the_weeks_takes_a_third_of_what_may_be_worked() -> None:
    model = LinearModel()
    weeks = weeks_worked(model)
    assert worked(model, weeks[:4]) == 2


def test_minutes_count_as_weeks_do() -> None:
    model = LinearModel()
    weeks = weeks_worked(model, factor=2880)
    assert worked(model, weeks[:4]) == 2


def test_rest_that_is_asked_for_keeps_the_same_pace() -> None:
    model = LinearModel()
    weeks = weeks_worked(model, factor=-1)
    assert worked(model, weeks[:4]) == 2


def test_what_was_not_used_before_may_be_used_later() -> None:
    model = LinearModel()
    weeks = weeks_worked(model)
    assert worked(model, weeks[4:8], dict.fromkeys(weeks[:4], 0), kept=False) == 4
    assert worked(model, weeks[4:8], dict.fromkeys(weeks[:2], 1) | dict.fromkeys(weeks[2:4], 0)) == 2


def test_who_is_ahead_of_the_pace_waits_and_nothing_breaks() -> None:
    model = LinearModel()
    weeks = weeks_worked(model)
    assert worked(model, weeks[4:8], dict.fromkeys(weeks[:4], 1)) == 0


def test_the_last_weeks_may_use_all_that_is_left() -> None:
    model = LinearModel()
    weeks = weeks_worked(model)
    done = dict.fromkeys(weeks[:8], 0) | dict.fromkeys(weeks[:2], 1)
    assert worked(model, weeks[8:], done, kept=False) == 4


def test_limits_over_few_days_are_left_to_the_search() -> None:
    model = LinearModel()
    weeks = weeks_worked(model, Tag("US-80", "A", 0, 27, reaches_out=True))
    assert worked(model, weeks[:4], kept=False) == 4


def test_rows_that_nothing_else_bears_on_are_no_limits_to_keep_pace_with() -> None:
    model = LinearModel()
    weeks = weeks_worked(model, Tag("fair", "A", 0, 7 * WEEKS - 1))
    assert worked(model, weeks[:4], kept=False) == 4


def test_of_windows_that_begin_day_by_day_few_are_looked_at() -> None:
    """The second begins a day later and is tighter: a later search meets it as it is."""
    model = LinearModel()
    weeks = weeks_worked(model)
    later = Tag(LONG.kind, "A", 1, 7 * WEEKS, "uk-2019", reaches_out=True)
    model.add([(of(each), 1) for each in weeks], -FREE, 3, later)
    assert worked(model, weeks[:4]) == 2
