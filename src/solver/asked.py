"""What days ask of year plans: cuts, proved or guessed, as a run learns them.

Some are known at once, some are foreseen by counting, some are learnt from days that had no roster. Guesses
steer a run away from plans that promise little; when no plan keeps them they are forgotten, and what was
proved stays.
"""

from __future__ import annotations

from collections.abc import Sequence

from src.interchange.model import Call
from src.solver.answer import no_such_plan, not_again
from src.solver.daily.alone import Alone
from src.solver.daily.layer import DailyOutcome
from src.solver.daily.needs import Needs
from src.solver.daily.over_the_year import OverTheYear
from src.solver.daily.pinned import Pinned
from src.solver.daily.rooms import Rooms
from src.solver.edges import edge_cuts
from src.solver.edges_of_nights import cuts_after_nights
from src.solver.plan import Cut, YearPlan
from src.solver.problem import Problem
from src.solver.stop import Stop
from src.solver.year.facts import YearFacts
from src.solver.year.room import months_of, room_of

SECONDS_OF_NEEDS = 3.0
NIGHTS_BETWEEN_CALLS = 4


class Asked:
    """The cuts of one run."""

    def __init__(self, problem: Problem, stop: Stop) -> None:
        self._stop = stop
        self._problem = problem
        self._program = problem.program
        self._facts = YearFacts(problem.program)
        self.cuts = [*edge_cuts(problem), *cuts_after_nights(problem, stop)]
        self._needs = Needs(problem, stop)
        self._rooms = Rooms(problem, stop)
        self._pinned = Pinned(problem, stop)
        self._blocks = problem.blocks or tuple(block.number for block in problem.program.academic_blocks)
        self._looks_ahead = True
        self._has_failed = False
        self._refused: frozenset[Cut] = frozenset()
        """Guesses that no plan keeps; they are not learnt again."""
        self._tried: frozenset[Cut] = frozenset()
        """Plans whose days were tried in vain, as cuts; where there are other guesses, those go first."""

    def collides_at_once(self) -> bool:
        """Whether counting shows that some block needs more than coverage allows, or has room for less.

        What was proved of it is kept.
        """
        for block in self._blocks:
            fresh = self._new((*self._needs.short_of_room(block), *self._rooms.crowded(block)))
            self.cuts += fresh
            if fresh:
                return True
        return False

    def is_short_over_the_year(self) -> bool:
        """Whether counting suggests that a year has too few dates for its calls; what is proved is kept."""
        fresh = self._new(OverTheYear(self._problem).short())
        self.cuts += fresh
        return bool(fresh)

    def is_nobodys(self) -> bool:
        """Whether coverage asks for somebody where nobody can keep the rules; what is proved is kept."""
        fresh = self._new(Alone(self._problem, self._stop).nobodys(self._blocks))
        self.cuts += fresh
        return bool(fresh)

    def is_tight(self) -> bool:
        """Whether a call needs more of its PGYs than coverage lets there be, or than the year has of them.

        What was proved of that is kept. Looked at are calls that would be theirs every fourth night or so.
        """
        for call in self._program.calls:
            pool = self._facts.call_rotations[call.id]
            if call.min > 0 and self._may_be_short(call, pool):
                cuts = {block: self._needs.of_call(block, call) for block in self._blocks}
                needed = {block: max((cut.at_least for cut in cuts[block]), default=0) for block in cuts}
                rooms = {block: room_of(self._facts, pool, call.pgys, block) for block in cuts}
                is_full = any(room is not None and needed[block] > room for block, room in rooms.items())
                if is_full or sum(needed.values()) > months_of(self._facts, pool, call.pgys, self._blocks):
                    self.cuts += self._new([cut for found in cuts.values() for cut in found])
                    return True
        return False

    def _may_be_short(self, call: Call, pool: frozenset[str]) -> bool:
        """Whether that many, and one in four nights each, is more than coverage or requirements allow."""
        rough = call.min * NIGHTS_BETWEEN_CALLS
        rooms = (room_of(self._facts, pool, call.pgys, block) for block in self._blocks)
        in_all = months_of(self._facts, pool, call.pgys, self._blocks)
        return any(room is not None and room < rough for room in rooms) or in_all < rough * len(self._blocks)

    def refutes(self, plan: YearPlan) -> bool:
        """Whether it was proved that this very plan has no days."""
        return any(cut.proved and not cut.is_kept_by(plan) for cut in self.cuts)

    @property
    def is_proved(self) -> bool:
        """Whether every legal schedule keeps all that is asked."""
        return all(cut.proved for cut in self.cuts)

    @property
    def grounded(self) -> Sequence[Cut]:
        """The cuts whose input rows are known, for an explanation."""
        return self._needs.grounded(self.cuts)

    def is_kept_by(self, plan: YearPlan | None) -> bool:
        """Whether a plan keeps all that is asked."""
        return plan is not None and all(cut.is_kept_by(plan) for cut in self.cuts)

    def fresh_of(self, foreseen: Sequence[Cut], plan: YearPlan | None) -> list[Cut]:
        """What counting ahead finds wrong with a plan, and was not asked of plans yet."""
        if plan is None:
            return []
        known = set(self.cuts)
        crowded = [cut for cut in self._rooms.broken_by(plan) if cut not in known]
        if not self._looks_ahead:
            return crowded
        fresh = [cut for cut in foreseen if cut not in known and not cut.is_kept_by(plan)]
        return [*crowded, *fresh]

    def learn(self, daily: DailyOutcome, plan: YearPlan) -> None:
        """Keep what the days ask of plans; where they said nothing new, at least not the same again.

        What a failed block has room for is asked where nothing else was proved of it, what all blocks need
        where days have failed before: both take seconds, and plans that keep it unasked are found sooner.
        After the stop no plan is made, and only a proof counts.
        """
        if self._stop.reached and not daily.is_impossible:
            return
        fresh: list[Cut] = []
        for failure in daily.failures:
            block = failure.block
            said = self._new((*self._needs.of_block(block), *self._pinned.of_block(block)))
            if not _says_something(said, plan):
                said += self._new((*failure.cuts, *failure.alike))
            if not _says_something(said, plan):
                said += self._new(self._rooms.of_block(block))
            fresh += said
        is_said = any(not cut.is_kept_by(plan) for cut in fresh)
        if not is_said or (self._has_failed and not _says_something(fresh, plan)):
            known = set(fresh)
            ahead = self._new(self._needs.ahead(self._stop.seconds + SECONDS_OF_NEEDS))
            fresh += [cut for cut in ahead if cut not in known]
        self._has_failed = True
        fresh = [cut for cut in fresh if cut not in self._refused]
        if all(cut.is_kept_by(plan) for cut in fresh):
            again = [not_again(plan, block) for block in sorted({each.block for each in daily.failures})]
            fresh += self._new(again)
            self._tried |= set(again)
        if daily.is_impossible:
            fresh += self._new([no_such_plan(plan, (failure.words for failure in daily.failures))])
        self.cuts += fresh if self._looks_ahead else [cut for cut in fresh if cut.proved] or fresh

    def forget_guesses(self) -> None:
        """Leave out the cuts that no plan keeps and nobody proved; plans that were tried come last."""
        guesses = {cut for cut in self.cuts if not cut.proved}
        self._refused |= guesses - self._tried
        last = self._tried if guesses - self._tried else frozenset[Cut]()
        self.cuts = [cut for cut in self.cuts if cut.proved or cut in last]
        self._looks_ahead = False

    def _new(self, cuts: Sequence[Cut]) -> list[Cut]:
        return [cut for cut in cuts if cut not in self.cuts]


def _says_something(cuts: Sequence[Cut], plan: YearPlan) -> bool:
    """Whether it was proved that plans must be otherwise than this one."""
    return any(cut.proved and not cut.is_kept_by(plan) for cut in cuts)
