"""A model's decisions by names that hold in every process: resident, date and call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from src.solver.daily.assemble import DailyModel
from src.solver.daily.linear import Expr
from src.solver.daily.subsolve import State
from src.solver.expand import Decisions
from src.solver.parts.company import Changes


class Named:
    """Reads the decisions of a state, and finds those that somebody else names."""

    def __init__(self, daily: DailyModel) -> None:
        self._off: dict[tuple[str, date], int] = {}
        self._calls: dict[tuple[str, date, str], int] = {}
        calendar = daily.shared.calendar
        for draft in daily.drafts:
            for day, off in draft.off.items():
                self._off[draft.id, calendar.date(day)] = _variable(off)
            for day, options in draft.calls.items():
                for option in options:
                    key = (draft.id, calendar.date(day), option.duty.call.id)
                    self._calls[key] = _variable(option.taken)

    def decisions(self, state: State) -> Decisions:
        """The days off given and the calls taken in a settled state."""
        return Decisions(
            frozenset(key for key, variable in self._off.items() if state.low[variable]),
            frozenset(key for key, variable in self._calls.items() if state.low[variable]),
        )

    def values(self, decisions: Decisions) -> dict[int, int]:
        """Every decision of the model as a schedule has it; other names are left out."""
        return {
            **{variable: int(key in decisions.days_off) for key, variable in self._off.items()},
            **{variable: int(key in decisions.calls) for key, variable in self._calls.items()},
        }

    def changed(self, changes: Changes) -> dict[int, int]:
        """The decisions that changes name, as they would be."""
        return self._among(changes.taken_back, 0) | self._among(changes.given, 1)

    @staticmethod
    def between(before: Decisions, after: Decisions) -> Changes:
        """What leads from one schedule to another."""
        return Changes(_less(after, before), _less(before, after))

    def _among(self, decisions: Decisions, value: int) -> dict[int, int]:
        return {
            **_known(self._off, decisions.days_off, value),
            **_known(self._calls, decisions.calls, value),
        }


def _known[Key](variables: Mapping[Key, int], keys: Iterable[Key], value: int) -> dict[int, int]:
    return {variables[key]: value for key in keys if key in variables}


def _less(some: Decisions, others: Decisions) -> Decisions:
    return Decisions(some.days_off - others.days_off, some.calls - others.calls)


def _variable(decision: Expr) -> int:
    return decision.terms[0][0]
