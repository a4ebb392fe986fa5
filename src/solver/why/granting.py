"""How a wish about days is granted near the schedule as it stands, and what it costs.

What a wish costs is the difference between the best of the same dates with it and the best without it:
whatever else could be better about them is no merit of the wish. Told is the schedule with fewest changed
cells that, against the one that stands, loses no more than that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from src.interchange.schedule import AssignmentRow
from src.solver.daily.subsolve import Effort, Found, Part, PartResult
from src.solver.repair.near import NearModel
from src.solver.repair.tiers import tier_weights, weighted_sum
from src.solver.stop import Stop

SECONDS_TO_FIND = 20.0
SECONDS_FOR_THE_BEST = 1.0


@dataclass(frozen=True, slots=True)
class Granted:
    """Rows of the whole schedule with the wish.

    `is_least` says that no way of granting it in these dates costs less; `could_be_better`, that the dates
    could be planned better than they stand, with the wish or without it.
    """

    rows: tuple[AssignmentRow, ...]
    is_least: bool = False
    could_be_better: bool = False


class Granting:
    """Looks for the least that must change, and for what it costs; the model asks for the wish."""

    def __init__(self, near: NearModel, stop: Stop, seed: int, workers: int) -> None:
        self._near = near
        self._stop = stop
        self._seed = seed
        self._workers = workers
        self.is_impossible = False
        """Whether it was shown that nothing grants it."""

    def find(self) -> Granted | None:
        """The wish granted as cheaply as time shows; None where nothing grants it or nothing was found."""
        if self._near.daily.model.broken:
            self.is_impossible = True
            return None
        part = self._near.part()
        nearest = self._best(part, self._near.cost, {}, SECONDS_TO_FIND)
        if not nearest.values:
            self.is_impossible = nearest.found is Found.NONE_EXISTS
            return None
        weights = tier_weights(self._near, nearest.values, {})
        with_it = self._best(part, weights, nearest.values)
        without = self._best(self._near.part(wished=False), weights, {})
        stands = self._stands(weights)
        if not (weights and with_it.values and without.values and stands.values):
            return Granted(self._rows(nearest.values))
        stood = weighted_sum(weights, stands.values)
        price = max(0.0, without.objective - with_it.objective)
        values = self._cheaper(part, weights, int(stood - price), nearest.values)
        is_proved = with_it.found is without.found is Found.BEST
        return Granted(
            self._rows(values),
            is_proved and weighted_sum(weights, values) == with_it.objective,
            without.objective > stood,
        )

    def _cheaper(
        self, part: Part, weights: Mapping[int, int], least: int, nearest: Mapping[int, int]
    ) -> Mapping[int, int]:
        """The fewest cells that keep the score at that, and the best score that so few cells allow."""
        cost = self._near.cost
        values = nearest
        if weighted_sum(weights, nearest) < least:
            part.keep(weights, least)
            values = self._best(part, cost, {}).values or nearest
        part.keep(cost, weighted_sum(cost, values))
        return self._best(part, weights, values).values or values

    def _stands(self, weights: Mapping[int, int]) -> PartResult:
        """The schedule as it stands, as the model counts it; nothing where it is not legal as it is."""
        part = self._near.part(wished=False)
        part.fix({variable: value for variable, value in self._near.was.items() if self._is_open(variable)})
        return self._best(part, weights, {})

    def _is_open(self, variable: int) -> bool:
        return self._near.state.is_open(variable)

    def _best(
        self,
        part: Part,
        weights: Mapping[int, int],
        start: Mapping[int, int],
        seconds: float = SECONDS_FOR_THE_BEST,
    ) -> PartResult:
        part.forget_objective()
        part.maximise(weights)
        if start:
            part.model.clear_hints()  # type: ignore[no-untyped-call]  # ortools leaves it without annotations
            part.hint(start)
        return part.solve(Effort(seconds, self._workers, self._seed), self._stop)

    def _rows(self, values: Mapping[int, int]) -> tuple[AssignmentRow, ...]:
        return self._near.rows(values)[0]
