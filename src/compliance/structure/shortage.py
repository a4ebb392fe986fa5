"""Demand that a schedule leaves open: allowed where `unmet.csv` says so, and says it truly."""

from __future__ import annotations

from dataclasses import dataclass

from src.interchange.model import Session
from src.interchange.schedule import UnmetKind


@dataclass(frozen=True, slots=True)
class Shortage:
    """Fewer than a minimum of the program, on one date or in one academic block.

    `sessions` are those that a row of `unmet.csv` may name for it (None = the cell is empty). An empty
    `pgys` means all. `item`, `file` and `row` say what is broken where the shortage is not listed.
    """

    what: UnmetKind
    id: str
    date_or_block: str
    sessions: frozenset[Session | None]
    pgys: frozenset[int]
    needed: int
    got: int
    item: int
    file: str
    row: int

    @property
    def missing(self) -> int:
        return self.needed - self.got

    @property
    def words(self) -> str:
        """The shortage as part of a sentence."""
        of_pgys = f" of PGY {' '.join(map(str, sorted(self.pgys)))}" if self.pgys else ""
        sessions = " ".join(sorted(session for session in self.sessions if session is not None))
        place = f"block {self.date_or_block}" if self.what is UnmetKind.COVERAGE else self.date_or_block
        when = f"{place} {sessions}".strip() if self.what is UnmetKind.STAFFING else place
        return f"{when}: {self.got}{of_pgys} on {self.id}, at least {self.needed} are needed"
