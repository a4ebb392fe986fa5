"""What is worked out beside a search and wanted only at its end: never at the cost of what was found.

A bound that is not lowered holds all the same, it is only wide. So nobody waits for it long after the stop,
and whatever goes wrong with it is told beside the schedule, not instead of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from decimal import Decimal

from src.solver.ceilings.ceilings import Ceilings
from src.solver.memory import notice_of
from src.solver.problem import Problem
from src.solver.stop import Stop

SECONDS_AFTER_THE_STOP = 1.0
NO_TIME = "There was no time to work out all bounds: those given hold, but are wide."

Gains = tuple[Decimal, ...]


class Told:
    """What a run says beside its result: sentences for a person, errors for whoever keeps a log."""

    def __init__(self) -> None:
        self.sentences: list[str] = []
        self.troubles: list[Exception] = []

    def broke_off(self, trouble: Exception) -> None:
        """The search for a better schedule ended by an error; the best found before it is kept."""
        self._note(trouble, f"The search for a better schedule broke off: {_named(trouble)}.")

    def lowered_in_time(
        self, ceilings: Ceilings, known: Sequence[Decimal | None], gains: Future[Gains], stop: Stop
    ) -> tuple[Decimal | None, ...]:
        """Bounds brought down by what the ceilings gain, where that is worked out soon after the stop."""
        if not stop.wait(gains, SECONDS_AFTER_THE_STOP):
            self.sentences.append(NO_TIME)
            return tuple(known)
        trouble = gains.exception()
        if isinstance(trouble, Exception):
            words = f"Some bounds were not worked out: {_named(trouble)}. Those given hold, but are wide."
            self._note(trouble, words)
            return tuple(known)
        return ceilings.lowered(known)

    def notice(
        self, problem: Problem, stop: Stop, sharing: Future[None] | None, *, found: bool
    ) -> str | None:
        """What whoever asked should know beside the result; `sharing` got ready to share jeopardy out."""
        said = [*self.sentences]
        if stop.out_of_memory:
            said.insert(0, notice_of(problem.memory_limit_mb, found=found))
        if sharing is not None and sharing.done() and not sharing.cancelled() and sharing.exception():
            said.append(f"Jeopardy was not shared out over the year: {sharing.exception()}")
        return " ".join(said) or None

    def _note(self, trouble: Exception, words: str) -> None:
        self.sentences.append(words)
        self.troubles.append(trouble)


def _named(trouble: Exception) -> str:
    """An error in the middle of a sentence."""
    words = str(trouble).strip().rstrip(".")
    return f"{type(trouble).__name__} ({words})" if words else type(trouble).__name__
