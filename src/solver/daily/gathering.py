"""What others found of the days, as values of this model's decisions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from src.interchange.schedule import AssignmentRow
from src.solver.parts.part import Offer
from src.solver.stop import Stop


@dataclass(frozen=True, slots=True)
class Proposal:
    """Decisions of some blocks; nothing says that they go with what others decided."""

    blocks: tuple[int, ...]
    values: Mapping[int, int]

    def blocks_apart_from(self, settled: Collection[int]) -> tuple[int, ...]:
        """The blocks but for a first or a last that borders on settled ones.

        Days on both sides of such a border were found apart, and hardly ever go together: the block is solved
        between what both sides hold, which takes less than to see that it has to be.
        """
        first = 1 if self.blocks[0] - 1 in settled else 0
        last = len(self.blocks) - (self.blocks[-1] + 1 in settled)
        return self.blocks[first:last]


class Gathering:
    """An offer whose answers are read as values by variable."""

    def __init__(
        self,
        offer: Offer,
        stop: Stop,
        read: Callable[[Sequence[AssignmentRow], Sequence[int]], Mapping[int, int]],
    ) -> None:
        self._offer = offer
        self._stop = stop
        self._read = read
        self.blocks = frozenset(block for part in offer.parts for block in part.blocks)

    def proposals(self) -> Iterator[Proposal]:
        """The answers that came, part by part; parts that nobody solved are left out."""
        for part in self._offer.parts:
            answer = self._offer.gather(part, self._stop)
            if answer is not None and answer.assignments is not None:
                yield Proposal(part.blocks, self._read(answer.assignments, part.blocks))
