"""Continuous duty and rest: US-CONT24, US-REST14, and the advisories US-REST8 and FREE7-POSTCALL.

Intervals that follow one another within the merge gap are one period (duty-hour-rules.md, D6). Which do is
known beforehand, so a rule on periods is a set of chains of intervals that must not all be worked.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from src.interchange.model import DutyType
from src.solver.daily.duties import BREAKS_FREE_DAY, CONTINUOUS_WORK, MAY_END_LATE
from src.solver.daily.linear import FREE, ONE, ZERO, Expr, Tag, of
from src.solver.daily.objective import Objective
from src.solver.daily.presence import Item, PersonDraft
from src.solver.daily.windows import Window
from src.solver.problem import Limits

Chain = tuple[Item, ...]

LONGEST_FOLLOWED = 3 * 24 * 60
"""Periods are followed no further, in minutes, where nothing limits them."""


@dataclass(frozen=True, slots=True)
class LongCall:
    """A shortest chain that makes a period with in-house call of at least 24 hours, ending then."""

    end: int
    chain: Chain


class Periods:
    """The chains of one resident's work that rules forbid, or that ask for rest."""

    def __init__(self, draft: PersonDraft, limits: Limits) -> None:
        self._draft = draft
        self._limits = limits
        self._items = [item for item in draft.items if item.duty_type in CONTINUOUS_WORK]
        self._starts = [item.start for item in self._items]
        self._by_end = sorted(self._items, key=lambda item: item.end)
        self._ends = [item.end for item in self._by_end]
        self._long_calls: list[LongCall] = []

    def limit_continuous_duty(self) -> None:
        """US-CONT24 where it is kept: at most 24 hours, and 4 more for transition and education.

        On the way the periods that ask for rest are found.
        """
        limits = self._limits
        is_kept = "continuous_duty" in limits.keeps
        most = limits.continuous_minutes + limits.transition_minutes
        for last in self._items:
            pending: list[Chain] = [(last,)]
            while pending:
                chain = pending.pop()
                span = last.end - chain[0].start
                late = last.duty_type not in MAY_END_LATE and span > limits.continuous_minutes
                if late or span > most:
                    if is_kept:
                        self._forbid(chain, "US-CONT24")
                    if is_kept or span > LONGEST_FOLLOWED:
                        continue
                is_long_call = span >= limits.rest_after_call_trigger_minutes and _has_call(chain)
                if is_long_call and not any(_is_part(known.chain, chain) for known in self._long_calls[-8:]):
                    self._long_calls.append(LongCall(last.end, chain))
                pending += [
                    longer
                    for before in self._before(chain[0])
                    if not _cannot_all_hold(_distinct(longer := (before, *chain)))
                ]

    def require_rest_after_calls(self) -> None:
        """US-REST14: after such a period the next work starts 14 hours after its end or later.

        Work in between makes the period longer, or is itself too soon: either is a row of its own.
        """
        for long_call in self._long_calls:
            end = long_call.end
            first = bisect_right(self._starts, end + self._limits.merge_gap_minutes)
            last = bisect_left(self._starts, end + self._limits.rest_after_call_minutes)
            for item in self._items[first:last]:
                between = self._between(long_call, item)
                if not any(each == ONE or each in _distinct(long_call.chain) for each in between):
                    self._forbid((*long_call.chain, item), "US-REST14", between)

    def _between(self, call: LongCall, later: Item) -> tuple[Expr, ...]:
        """What may be worked after the call's chain and before the item."""
        first, last = bisect_right(self._ends, call.end), bisect_right(self._ends, later.start)
        return _distinct_all(item for item in self._by_end[first:last] if item.start < later.start)

    def advise_rest(self, objective: Objective) -> None:
        """US-REST8: each gap between periods shorter than 8 hours is an advisory."""
        if "advisories" not in objective:
            return
        for item in self._items:
            if item.duty_type is DutyType.HOME_CALL_ONSITE:
                continue
            first = bisect_right(self._starts, item.end + self._limits.merge_gap_minutes)
            last = bisect_left(self._starts, item.end + self._limits.min_rest_minutes)
            for later in self._items[first:last]:
                if later.duty_type is not DutyType.HOME_CALL_ONSITE and self._is_in_question((item, later)):
                    self._count_short_rest(item, later, objective)

    def _count_short_rest(self, item: Item, later: Item, objective: Objective) -> None:
        between = [
            each.worked
            for each in self._items[
                bisect_left(self._starts, item.start) : bisect_left(self._starts, later.start)
            ]
            if each is not item and each.end > item.end and each.end <= later.start
        ]
        if ONE in between:
            return
        parts = (item.worked, later.worked)
        if all(part == ONE for part in parts) and not between:
            objective.count("advisories", ONE)
            return
        short = of(self._draft.model.derived(self._draft.index, item.day, (*parts, *between)))
        terms = [(short, 1), *((each, 1) for each in between), *((part, -1) for part in parts)]
        self._draft.model.add(terms, -1, FREE)
        objective.count("advisories", short)

    def advise_free_days_after_calls(
        self, windows: Sequence[Window], excluded: frozenset[int], objective: Objective
    ) -> None:
        """FREE7-POSTCALL: more than one free day of a window starting as a long call period ends."""
        if "advisories" not in objective:
            return
        calendar = self._draft.year.shared.calendar
        breaking = [item for item in self._draft.items if item.duty_type in BREAKS_FREE_DAY]
        for window in windows:
            start, end = calendar.midnight(window.first), calendar.midnight(window.last + 1)
            found: dict[tuple[int, Expr], Expr] = {}
            for call in self._long_calls:
                until = call.end + self._limits.free_period_minutes
                if (
                    start <= call.end
                    and until <= end
                    and excluded.isdisjoint(range(calendar.day_of(call.end), calendar.end_day(until) + 1))
                ):
                    free = self._free_after(call, until, breaking)
                    if free != ZERO:
                        found[call.end, call.chain[-1].worked] = free
            most = self._limits.max_postcall_free
            if len(found) > most:
                excess = of(self._draft.model.derived(self._draft.index, window.first, found.values()))
                counted = [(free, 1) for free in found.values()]
                self._draft.model.add([*counted, (excess, most - len(found))], -FREE, most)
                objective.count("advisories", excess)

    def _free_after(self, call: LongCall, until: int, breaking: Sequence[Item]) -> Expr:
        """1 if the long call is worked and nothing in the 24 hours after it; else 1 only at a cost."""
        parts = _distinct(call.chain)
        after = {item.worked for item in breaking if item.start < until and call.end < item.end}
        if ONE in after:
            return ZERO
        taken = set(parts)
        if any(_cannot_all_hold((*taken, each.negated)) for each in after):
            return ZERO
        free = of(self._draft.model.derived(self._draft.index, call.chain[0].day, (*parts, *after)))
        terms = [(free, 1), *((each, 1) for each in after), *((part, -1) for part in parts)]
        self._draft.model.add(terms, 1 - len(parts), FREE)
        return free

    def _before(self, item: Item) -> Iterator[Item]:
        """What may be worked directly before the item, within the merge gap."""
        first = bisect_left(self._ends, item.start - self._limits.merge_gap_minutes)
        last = bisect_right(self._ends, item.start)
        for before in self._by_end[first:last]:
            if before.start < item.start:
                yield before

    def _is_in_question(self, chain: Chain) -> bool:
        """Whether something of the chain lies in the days to be solved; the rest is settled elsewhere."""
        return any(item.day in self._draft.year.solved for item in chain)

    def _forbid(self, chain: Chain, rule: str, unless: Sequence[Expr] = ()) -> None:
        if not self._is_in_question(chain):
            return
        tag, parts = Tag(rule, self._draft.id, chain[0].day, chain[-1].day), _distinct(chain) or (ONE,)
        if not unless:
            self._draft.model.forbid_all(parts, tag)
            return
        terms = [*((each, 1) for each in parts), *((each, -1) for each in unless)]
        self._draft.model.add(terms, -FREE, len(parts) - 1, tag)


def _has_call(chain: Chain) -> bool:
    return any(item.duty_type is DutyType.IN_HOUSE_CALL for item in chain)


def _distinct(chain: Chain) -> tuple[Expr, ...]:
    """The truth values a chain rests on, each once, without those that always hold."""
    return tuple(dict.fromkeys(item.worked for item in chain if item.worked != ONE))


def _distinct_all(items: Iterable[Item]) -> tuple[Expr, ...]:
    return tuple(dict.fromkeys(item.worked for item in items))


def _is_part(shorter: Chain, longer: Chain) -> bool:
    return len(shorter) < len(longer) and longer[-len(shorter) :] == shorter


def _cannot_all_hold(literals: Sequence[Expr]) -> bool:
    """Whether a sum of 0-1 variables shows that the truth values exclude one another."""
    sums: dict[int, int] = {}
    most = 0
    for literal in literals:
        most += literal.constant
        for variable, factor in literal.terms:
            sums[variable] = sums.get(variable, 0) + factor
    return most + sum(max(0, factor) for factor in sums.values()) < len(literals)
