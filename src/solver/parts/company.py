"""Improving one schedule with others: what passes between a run and those who search beside it.

The run shows how its schedule stands; the others search around that and tell what they would change. Both
speak of decisions by the names of residents, dates and calls, so that neither need trust the other's model:
a change is a proposal, which the run judges under its own rules, and takes, in part or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from src.solver.expand import Decisions
from src.solver.plan import YearPlan


@dataclass(frozen=True, slots=True)
class Changes:
    """Decisions that were made otherwise: days off and calls given, and taken back."""

    given: Decisions
    taken_back: Decisions


@dataclass(frozen=True, slots=True)
class Task:
    """The days of a year plan, to be bettered for `seconds` once their run has shown a schedule.

    `seed` sets the searches of several who do so apart.
    """

    number: int
    plan: YearPlan
    seconds: float
    seed: int


class Company(Protocol):
    """Others who search beside the run. Nothing here waits, and nothing fails: they may be gone any time."""

    def show(self, decisions: Decisions) -> None:
        """How the run's schedule stands now."""

    def found(self) -> Sequence[Changes]:
        """What the others would change, as far as it was not asked before."""

    def judged(self, *, bettered: bool) -> None:
        """Whether a change that was found, or a part of it, made the schedule better; for the record."""

    def withdraw(self) -> None:
        """Nobody need go on; safe more than once."""


class Host(Protocol):
    """The run, seen by one who searches beside it. Nothing here waits."""

    def shown(self) -> Decisions | None:
        """How the run's schedule stands, where that was not asked before; None when there is nothing new."""

    def tell(self, changes: Changes) -> None:
        """Propose changes to what the run has shown."""
