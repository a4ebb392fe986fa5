"""Parts, dives, walks and whole rows: what they give is legal, within what was open, and never worse."""

from __future__ import annotations

import numpy as np
import pytest

from src.solver.roster.colgen import ColumnGeneration
from src.solver.roster.columns import Part, Relaxation
from src.solver.roster.dive import Pace, _settle_days, dive
from src.solver.roster.improve import Kind, Search, improve
from src.solver.roster.legal import is_legal
from src.solver.roster.problem import Problem
from src.solver.roster.strategy import Options
from src.solver.roster.walk import walk
from src.solver.roster.whole import whole_rows
from src.solver.roster.work import Work
from src.solver.stop import Stop
from tests.solver.roster.crew import crew, work_on


def everything(problem: Problem) -> Part:
    shape = (len(problem.people), problem.days, len(problem.kinds) + 1)
    return Part(tuple(range(len(problem.people))), np.ones(shape, np.bool_))


def priced(work: Work, part: Part | None = None) -> Relaxation:
    part = part or everything(work.problem)
    others = [row for person, row in enumerate(work.rows) if person not in part.people]
    relaxation = Relaxation(work, part, others)
    relaxation.begin(dict(enumerate(work.rows)))
    for _ in range(30):
        if not relaxation.round():
            break
    return relaxation


def legal(work: Work) -> bool:
    people = zip(work.problem.people, work.rows, strict=True)
    return all(is_legal(work.problem, person, row) for person, row in people)


@pytest.mark.parametrize("pace", list(Pace))
def test_a_dive_ends_in_legal_rows_at_any_pace(pace: Pace) -> None:
    """Steady, in a hurry, or at once."""
    work = work_on(crew())
    rows = dive(priced(work), lambda: False, lambda _: pace)
    assert rows is not None
    work.rows = [rows[person] for person in range(8)]
    assert legal(work)


def test_a_dive_that_is_over_gives_nothing() -> None:
    """No half-made roster leaves a dive."""
    assert dive(priced(work_on(crew())), lambda: True, lambda _: Pace.STEADY) is None


def test_settled_days_stay_as_they_are() -> None:
    """Only the open window of a part changes, for everybody."""
    work = work_on(crew())
    marks = np.array(work.rows)[:, :, None] == np.arange(3)
    marks[:, 4:9] = True
    rows = dive(priced(work, Part(tuple(range(8)), marks)), lambda: False, lambda _: Pace.STEADY)
    assert rows is not None
    for person, row in rows.items():
        assert row[:4] == work.rows[person][:4]
        assert row[9:] == work.rows[person][9:]


def test_a_part_is_worth_the_same_with_settled_lines_left_out() -> None:
    """With everything settled the value of the master is the price of the roster."""
    work = work_on(crew())
    marks = np.array(work.rows)[:, :, None] == np.arange(3)
    relaxation = Relaxation(work, Part(tuple(range(8)), marks), ())
    relaxation.begin(dict(enumerate(work.rows)))
    relaxation.linear(1e-4)
    assert relaxation.value == pytest.approx(work.price)


def test_the_bound_of_a_part_is_below_its_value() -> None:
    """The bound of some people's part holds for the rows they have."""
    work = work_on(crew())
    relaxation = priced(work, Part((0, 2, 5), np.ones((3, 14, 3), np.bool_)))
    wishes = sum(work.table.wish_cost(n, row) for n, row in enumerate(work.rows) if n not in (0, 2, 5))
    assert work.price is not None
    assert relaxation.best <= relaxation.value + 1e-3
    assert relaxation.best + wishes <= work.price + 1e-6


def test_whole_rows_cost_no_more_than_was_asked() -> None:
    """And there are none below the bound."""
    work = work_on(crew())
    relaxation = priced(work)
    assert work.price is not None
    rows = whole_rows(relaxation, work.price, 10)
    assert rows is not None
    assert work.table.price([rows[person] for person in range(8)]) <= work.price
    assert whole_rows(relaxation, relaxation.best - 1, 10) is None


@pytest.mark.parametrize("seconds", [0.0, 0.05, 0.2])
def test_whole_rows_that_are_met_too_early_are_not_given(seconds: float) -> None:
    """A search that is cut short has nothing, or what was asked for."""
    work = work_on(crew())
    relaxation = priced(work)
    assert work.price is not None
    for at_most in (work.price - 3, work.price, work.price + 3):
        rows = whole_rows(relaxation, at_most, seconds)
        assert rows is None or work.table.price([rows[person] for person in range(8)]) <= at_most


@pytest.mark.parametrize("heat", [0.0, 1.0, 100.0])
def test_a_walk_never_ends_worse(heat: float) -> None:
    """Cold or hot, what it gives is legal and no dearer."""
    work = work_on(crew())
    price = work.price
    assert price is not None
    for seed in range(4):
        changed = walk(work, work.rows, price, heat, seed) or {}
        work.take([changed.get(person, row) for person, row in enumerate(work.rows)])
        assert work.price is not None
        assert work.price <= price
        assert legal(work)


def test_a_walk_after_the_end_changes_nothing() -> None:
    """A cancelled search takes no further step."""
    work = work_on(crew())
    work.stop.cancel()
    assert work.price is not None
    assert walk(work, work.rows, work.price, 5.0, 1) is None


def test_the_same_seed_walks_the_same_way() -> None:
    work = work_on(crew())
    assert work.price is not None
    assert walk(work, work.rows, work.price, 5.0, 3) == walk(work, work.rows, work.price, 5.0, 3)


def test_changes_that_no_longer_fit_are_not_taken() -> None:
    """Two workers changed one person: what would be illegal together, or dearer, leaves the roster alone."""
    work = work_on(crew())
    base = list(work.rows)
    search = Search(work)
    before = work.price
    search._take(base, {0: tuple([0] * 14)})
    assert work.rows == base or legal(work)
    assert work.price is not None
    assert before is not None
    assert work.price <= before


def test_a_try_that_still_runs_counts_as_time_used() -> None:
    """Else every idle worker would begin what nobody has ended yet."""
    kind = Kind("days", 7, 28, running=[1.0, 2.0], spent=5.0)
    assert kind.used(4.0) == 5.0 + 3.0 + 2.0
    kind.learn(0.0, 1.0, 4.0)
    assert (kind.spent, kind.running, kind.failures) == (8.0, [2.0], 1)


def test_a_dive_from_the_relaxation_is_taken_when_it_is_better() -> None:
    """It ends with a legal roster, and never with a worse one than there was."""
    work = work_on(crew(need=3), iterations=200)
    before = work.price
    Search(work)._dive(priced(work))
    assert legal(work)
    assert work.price is not None
    assert before is not None
    assert work.price <= before


def test_a_dive_does_not_go_beyond_a_need_unless_it_is_sure() -> None:
    """Where no need is left, what is only likely stays open; free days are settled all the same."""
    work = work_on(crew(people=3, need=1))
    relaxation = priced(work)
    relaxation.linear(1e-4)
    mine, rows = relaxation.of_place(0)
    relaxation.x[mine] = 0.0
    working = rows[:, 3] != 0
    relaxation.x[mine[working][0]], relaxation.x[mine[~working][0]] = 0.6, 0.4
    for need, settles in ((5.0, True), (0.0, False)):
        alive = np.ones(len(relaxation.columns), np.bool_)
        before = relaxation.open.copy()
        _settle_days(relaxation, 0, 0.5, alive, np.full(len(relaxation.work.table.need), need))
        assert int(relaxation.open[0, 3].sum()) == (1 if settles else 3)
        relaxation.open = before


def test_a_search_tries_every_kind_and_keeps_the_roster_legal() -> None:
    """Walks, days, people and crowds; the price falls or stays."""
    work = work_on(crew(people=6, days=10, need=3), iterations=60)
    before = work.price
    tried = improve(work)
    assert legal(work)
    assert work.price is not None
    assert before is not None
    assert work.price <= before
    assert min(tried.values()) > 0
    assert set(tried) == {"walk", "days", "people", "crowd"}


def test_nothing_is_tried_without_a_roster_or_after_the_end() -> None:
    """A search that is over before it begins says so by having tried nothing."""
    work = work_on(crew())
    work.stop.cancel()
    assert improve(work) == {}
    work.rows = []
    assert improve(work) == {}


def test_with_too_many_lines_there_are_walks_and_windows_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """No master of whole rows is made, and no bound is claimed."""
    monkeypatch.setattr("src.solver.roster.improve.MOST_LINES", 5)
    monkeypatch.setattr("src.solver.roster.colgen.MOST_LINES", 5)
    answer = ColumnGeneration().solve(crew(6, 10, 3), Stop(60), Options(workers=1, iterations=20))
    assert answer.rows is not None
    assert answer.bound is None
    assert {"walk", "days"} <= set(answer.counts)
    assert "people" not in answer.counts
