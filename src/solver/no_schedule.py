"""That there is no schedule, and why: asked of rows alone, without looking for the best of anything.

A year plan is sought for what it is worth, and a search that maximises may take long to see that there is
none. Where the first plans leave dates unstaffed, the rows are asked whether they can hold at all: that
search wants no good plan, and names what collides.
"""

from __future__ import annotations

from dataclasses import replace

from src.interchange.schedule import Scope
from src.solver.answer import conflicts_of, counted
from src.solver.asked import Asked
from src.solver.beside_that import told_beside
from src.solver.deletion import Deletion, Oracle
from src.solver.given_plan import GivenPlan, InTheWay
from src.solver.impossible import Impossible
from src.solver.left_out import rows_of
from src.solver.precheck import find_shortages
from src.solver.problem import Problem
from src.solver.shares import Shares
from src.solver.stop import Stop
from src.solver.year.explain import Explanation, explain
from src.solver.year.facts import YearFacts
from src.solver.year.layer import YearLayer

MOST_CELLS = 3000
"""Residents and days of programs whose rows are left out one after another."""
NOT_SHOWN = "Whether each of these rows is needed was not found out in time."


class NoSchedule:
    """Proves and tells that a problem has no schedule."""

    def __init__(self, problem: Problem, asked: Asked, shares: Shares, stop: Stop, oracle: Oracle) -> None:
        self._problem = problem
        self._asked = asked
        self._shares = shares
        self._stop = stop
        self._oracle = oracle
        self._known: Explanation | None = None
        self._tried = 0
        """How much was known of dates and days when the rows were last asked."""

    def is_seen_at_once(self, layer: YearLayer) -> bool:
        """Whether counting what calls and sessions of a block need shows it, with coverage."""
        if self._problem.scope is Scope.YEAR:
            return False
        asked = self._asked
        if (asked.is_nobodys() or asked.is_short_over_the_year() or asked.is_tight()) and self.is_proved(
            layer
        ):
            return True
        return asked.collides_at_once()

    def is_proved(self, layer: YearLayer) -> bool:
        """Whether the rows collide, as far as they are known; not asked again unless more are."""
        known = len(layer.posted) + len(self._asked.cuts)
        if self._problem.allow_unmet or known <= self._tried:
            return False
        self._tried = known
        self._known = self._explained(layer, is_sure=False)
        return self._known is not None

    @property
    def is_told(self) -> bool:
        """Whether the rows were shown to collide, and which of them do."""
        return self._known is not None

    def told(self, layer: YearLayer) -> Impossible:
        """What collides, in the words of the rows."""
        shortages = find_shortages(self._problem.program, self._problem.blocks)
        found = self._known or self._explained(layer)
        if found is None or _rests_on_days(found):
            found = self._by_deletion(found) or found
        if found is None:
            rows = shortages or conflicts_of(self._asked.cuts)
            alike = tuple(row for row in rows if row.message == rows[0].message) if shortages else rows
            found = Explanation(alike, (), is_minimal=len(alike) == 1)
        conflicts = tuple(counted(conflict, shortages) for conflict in found.conflicts)
        notices = (told_beside(conflicts, shortages), None if found.is_minimal else NOT_SHOWN)
        in_the_way = self._in_the_way()
        if in_the_way is not None:
            conflicts = (*conflicts, *in_the_way.conflicts)
            found = replace(found, way_out=(*found.way_out, *in_the_way.way_out))
        return Impossible(conflicts, found.way_out, " ".join(filter(None, notices)) or None)

    def _explained(self, layer: YearLayer, *, is_sure: bool = True) -> Explanation | None:
        return explain(
            self._problem if is_sure else _as_far_as_solved(self._problem, layer.facts),
            layer.frozen,
            self._shares.effort(1.0),
            self._stop,
            layer.posted,
            self._asked.grounded,
            dates=layer.demands,
            is_sure=is_sure,
        )

    def _by_deletion(self, found: Explanation | None) -> Explanation | None:
        """What is left when rows are left out; of small programs, for every try is a run of its own."""
        program = self._problem.program
        if self._problem.allow_unmet or len(program.residents) * sum(program.blocks) > MOST_CELLS:
            return None
        if self._problem.scope is Scope.DAILY:
            return None
        deletion = Deletion(self._problem, self._oracle, self._stop)
        if found is not None and (thinned := deletion.thinned(found)) is not None:
            return thinned
        named = {(row.file, row.row or 0) for row in conflicts_of(self._asked.cuts)}
        suspects = [key for key in rows_of(self._problem) if (key.file, key.row) in named]
        return deletion.explanation(suspects)

    def _in_the_way(self) -> InTheWay | None:
        """What of a plan that was handed in collides with that."""
        given = self._problem.year_plan or self._problem.base
        if self._problem.scope is not Scope.DAILY or given is None:
            return None
        return GivenPlan(given).in_the_way(self._asked.cuts)


def _as_far_as_solved(problem: Problem, facts: YearFacts) -> Problem:
    """Without pins that nobody need keep: of calls outside the blocks, and of who is not there then."""
    if not problem.blocks:
        return problem
    program, blocks = problem.program, frozenset(problem.blocks)
    rotation_pins = (
        pin
        for pin in program.rotation_pins
        if pin.block in blocks or (pin.person, pin.block) in facts.options
    )
    call_pins = (pin for pin in program.call_pins if program.block_of(pin.date) in blocks)
    program = replace(program, rotation_pins=tuple(rotation_pins), call_pins=tuple(call_pins))
    return replace(problem, program=program)


def _rests_on_days(found: Explanation) -> bool:
    """Whether a rule of the days is named: what was proved of them may be more than is needed."""
    words = ("rule_packs: ", "max_days_off")
    return any(word in conflict.message for conflict in found.conflicts for word in words)
