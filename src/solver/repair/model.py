"""What a repair is asked and what it answers: frozen values, nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from src.interchange.model import Program
from src.interchange.schedule import Conflict, Schedule, SolveStatus
from src.solver.problem import Limits

ALTERNATIVES = 3


class NothingMayMoveError(ValueError):
    """A repair was asked of a schedule without days, or for a range without a date of the year."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """What somebody else's arithmetic finds wrong with the base, on local dates, both included."""

    first: date
    last: date
    words: str
    rule: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class RepairProblem:
    """A schedule `base`, and the program as it is now, after the change.

    Only local dates from `from_date` to `to_date` (None = the year's first and last) may move. `allow_unmet`
    lets demand stay open where nothing else helps. Seconds are those of the stop's clock.
    """

    program: Program
    base: Schedule
    limits: Limits = field(default_factory=Limits)
    from_date: date | None = None
    to_date: date | None = None
    alternatives: int = ALTERNATIVES
    allow_unmet: bool = True
    seed: int = 1
    workers: int = 4
    complaints: tuple[Complaint, ...] = ()
    """What is to be mended beside what the solver sees of itself, as rules of further packs."""

    def may_move(self, day: date) -> bool:
        """Whether the date lies in the range."""
        first = self.from_date or self.program.year_start_date
        return first <= day <= (self.to_date or self.program.year_end_date)

    @property
    def movable_blocks(self) -> frozenset[int]:
        """The academic blocks that lie wholly in the range: only their rotations may change."""
        return frozenset(
            block.number
            for block in self.program.academic_blocks
            if self.may_move(block.start_date) and self.may_move(block.end_date)
        )

    def movable_weeks(self, mondays: Iterable[date]) -> frozenset[date]:
        """The vacation weeks that may be given or taken: those of such blocks that end in the range."""
        blocks, program = self.movable_blocks, self.program
        return frozenset(
            monday
            for monday in mondays
            if program.block_of(monday) in blocks and self.may_move(monday + timedelta(6))
        )


@dataclass(frozen=True, slots=True)
class Alternative:
    """A repaired schedule: year, vacations, assignments, unmet and denied.

    `cells` are the (person, local date)s whose rows differ from the base, `people` those they belong to, and
    `year_cells` the (person, academic block)s with another rotation. `is_least` says that no repair that
    keeps the same rotations changes fewer cells (and, for a later one, differs enough from those before).
    """

    schedule: Schedule
    cells: tuple[tuple[str, date], ...]
    year_cells: tuple[tuple[str, int], ...]
    is_least: bool

    @property
    def people(self) -> frozenset[str]:
        return frozenset(person for person, _ in (*self.cells, *self.year_cells))


@dataclass(frozen=True, slots=True)
class Repaired:
    """The answer: `feasible` with alternatives, `infeasible` (proved), or `unknown` (time ran out).

    `troubles` say what the change breaks in the schedule as it stood; `conflicts` what cannot hold together,
    `way_out` what helps, in sentences. Alternatives with open demand have it in their `unmet`.
    """

    status: SolveStatus
    alternatives: tuple[Alternative, ...] = ()
    troubles: tuple[str, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    way_out: tuple[str, ...] = ()
    seconds: float = 0.0
    cancelled: bool = False
    notice: str | None = None
    """Why there are fewer alternatives than asked for."""
