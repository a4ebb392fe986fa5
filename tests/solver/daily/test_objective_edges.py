"""Counts of earlier years: all rows of a person and kind together, in units that make them whole."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from src.interchange.model import HistoryCount, HistoryCountKind, Tier
from src.solver.daily.linear import LinearModel
from src.solver.daily.objective import Objective, history_of
from tests.compliance.structure.world import call, small_program

POINTS, NIGHTS = HistoryCountKind.POINTS, HistoryCountKind.NIGHTS


def test_several_rows_of_one_kind_add_up_and_another_kind_stays_apart() -> None:
    rows = (("A", POINTS, "1.5"), ("A", POINTS, "2"), ("A", NIGHTS, "7"), ("B", POINTS, "1"))
    program = small_program(
        history_counts=tuple(HistoryCount(who, kind, Decimal(count), row=2) for who, kind, count in rows)
    )
    assert history_of(program, "fair_call_points") == {"A": Fraction(7, 2), "B": Fraction(1)}
    assert history_of(program, "fair_nights") == {"A": Fraction(7)}


def test_points_and_counts_become_whole_and_their_score_is_theirs() -> None:
    """Thirds of points beside a weight of a quarter: a tier's integers stand for the exact sum."""
    program = small_program(
        calls=(call(points=Decimal("0.125")),),
        history_counts=(HistoryCount("A", POINTS, Decimal("0.2"), row=2),),
        objective=(Tier((("fair_call_points", Decimal("0.25")), ("unmet_staffing", Decimal(10)))),),
    )
    objective = Objective(program, LinearModel())
    assert objective.unit("fair_call_points") == 40
    assert objective.score(0, objective.scale_of(0)) == 1
    assert objective.is_wanted_less("fair_call_points")
    assert not objective.is_wanted_more("fair_call_points")
    assert "fair_nights" not in objective
