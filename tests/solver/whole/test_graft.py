"""A model of one plan inside a larger one: it binds when its plan is chosen, and is nothing otherwise."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st
from ortools.sat.python import cp_model

from src.solver.daily.linear import FREE, Expr, LinearModel, Scale, of
from src.solver.whole.graft import Graft

BOUNDS = st.tuples(st.sampled_from([-FREE, -1, 0, 1, 2]), st.sampled_from([FREE, 2, 1, 0, -1])).filter(
    lambda pair: pair[0] <= pair[1]
)


@st.composite
def parts(draw: st.DrawFn) -> LinearModel:
    """Up to three variables, one of which may be 2, rows of all shapes, and a tier."""
    model = LinearModel()
    model.tiers = [Scale()]
    for _ in range(draw(st.integers(1, 2))):
        model.decision(0, 0)
    model.derived(0, 0, (), 0, draw(st.integers(0, 2)))
    weights = st.integers(-2, 2)
    for _ in range(draw(st.integers(0, 3))):
        terms = tuple((variable, draw(weights)) for variable in range(model.size))
        model.add([(Expr(draw(weights), terms), 1)], *draw(BOUNDS))
    model.reward(0, Expr(draw(weights), tuple((each, draw(weights)) for each in range(model.size))), 1)
    return model


def values_of(model: LinearModel) -> list[tuple[int, ...]]:
    """All that its variables can be."""
    ranges = (range(low, high + 1) for low, high in zip(model.low, model.high, strict=True))
    return list(product(*ranges))


def keeps(model: LinearModel, values: tuple[int, ...]) -> bool:
    return all(
        low <= sum(factor * values[variable] for variable, factor in terms) <= high
        for terms, low, high in zip(model.row_terms, model.row_low, model.row_high, strict=True)
    )


def solutions(whole: LinearModel, graft: Graft) -> set[tuple[int, ...]]:
    """Whatever the CP-SAT model of the larger one allows, behind a variable that is nothing of it."""
    model = cp_model.CpModel()
    model.new_constant(7)
    for low, high in zip(whole.low, whole.high, strict=True):
        model.new_int_var(low, high, "")
    graft.add_rows(model, 1)
    found: set[tuple[int, ...]] = set()

    class Collector(cp_model.CpSolverSolutionCallback):
        def on_solution_callback(self) -> None:
            found.add(tuple(self.response_proto.solution)[1:])

    solver = cp_model.CpSolver()
    solver.parameters.enumerate_all_solutions = True
    solver.parameters.num_workers = 1
    solver.solve(model, Collector())
    return found


def worth(model: LinearModel, values: tuple[int, ...]) -> int:
    scale = model.tiers[0]
    return scale.constant + sum(weight * values[each] for each, weight in scale.weights.items())


@settings(max_examples=60)
@given(parts())
def test_the_larger_model_has_the_parts_solutions_and_nothing_else(part: LinearModel) -> None:
    """Chosen: what the part allows, at what it is worth there. Not chosen: all 0, and worth nothing."""
    whole = LinearModel()
    whole.tiers = [Scale()]
    chosen = whole.decision(0, -1)
    graft = Graft(whole, part, chosen)

    found = {(each, worth(whole, each)) for each in solutions(whole, graft)}

    allowed = {((1, *each), worth(part, each)) for each in values_of(part) if keeps(part, each)}
    assert found == allowed | {((0,) * whole.size, 0)}


def test_what_holds_for_certain_holds_only_when_the_plan_is_chosen() -> None:
    """One minus a decision becomes the choice minus the decision."""
    part, whole = LinearModel(), LinearModel()
    off = of(part.decision(0, 0))
    chosen = whole.decision(0, -1)
    graft = Graft(whole, part, chosen)
    assert graft.moved(off.negated) == Expr(0, ((chosen, 1), (chosen + 1, -1)))
    assert graft.moved(Expr(0)) == Expr(0)
