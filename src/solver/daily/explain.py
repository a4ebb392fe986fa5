"""Why an academic block has no roster under a year plan, and what the plan must do about it.

The block is solved once more with every rule allowed to be broken at a price; the rules that are broken in
the cheapest way say what is missing: people at work, people for a call, or room in one resident's days.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from src.solver.daily.assemble import DailyModel
from src.solver.daily.budget import Budget
from src.solver.daily.linear import Tag
from src.solver.daily.subsolve import State
from src.solver.plan import Cut, OnRotation, OnVacation, PlanFact, Present, YearPlan

SECONDS = 10.0
PRICE_OF_DEMAND = 1
PRICE_OF_A_PERSONS_RULE = 20
DEMAND = frozenset({"staffing", "call"})


@dataclass(frozen=True, slots=True)
class BlockFailure:
    """An academic block without a roster: words for a person, and cuts for the year plan."""

    block: int
    words: str
    cuts: tuple[Cut, ...]


def explain_broken_rows(daily: DailyModel, plan: YearPlan) -> list[BlockFailure]:
    """Rows that no decision can satisfy at all."""
    return [_failure(daily, plan, tag) for tag in dict.fromkeys(daily.model.broken)]


def explain_block(
    daily: DailyModel, plan: YearPlan, state: State, free: list[int], block: int, budget: Budget
) -> BlockFailure:
    """What is missing in a block whose free variables cannot be set around the state."""
    from src.solver.daily.elastic import cheapest_breaks

    tags = cheapest_breaks(state, free, _price, budget.effort(SECONDS), budget.stop)
    failures = [_failure(daily, plan, tag) for tag in tags]
    if not failures:
        return BlockFailure(
            block, f"academic block {block} has no roster under this year plan", (_no_good(plan, block),)
        )
    return BlockFailure(
        block,
        "; ".join(failure.words for failure in failures),
        tuple(cut for failure in failures for cut in failure.cuts),
    )


def _price(tag: Tag) -> int | None:
    """What breaking a row costs; None for rows that only define something."""
    if tag.kind == "link":
        return None
    return PRICE_OF_DEMAND if tag.kind in DEMAND else PRICE_OF_A_PERSONS_RULE


def _failure(daily: DailyModel, plan: YearPlan, tag: Tag) -> BlockFailure:
    calendar = daily.shared.calendar
    day = min(max(tag.day, 0), calendar.days - 1)
    block = calendar.block_of[day]
    on = calendar.date(day)
    if tag.kind == "staffing":
        row = daily.shared.program.staffing[int(tag.subject)]
        words = f"staffing.csv:{row.row}: {row.rotation} needs {row.min} at work in {row.session} on {on}"
        people = _people(daily, row.pgys)
        return BlockFailure(
            block, words, (_one_more(plan, people, block, frozenset({row.rotation}), on, words),)
        )
    if tag.kind == "call":
        call = daily.shared.program.call_by_id[tag.subject]
        words = f"calls.csv:{call.row}: {call.id} needs {call.min} on {on}"
        people = _people(daily, call.pgys)
        rotations = daily.shared.call_rotations[call.id]
        return BlockFailure(block, words, (_one_more(plan, people, block, rotations, on, words),))
    last = min(max(tag.last_day, day), calendar.days - 1)
    words = f"{tag.subject or tag.kind}: {tag.kind} cannot be kept from {on} to {calendar.date(last)}"
    if tag.subject in {person.id for person in daily.shared.program.residents}:
        return BlockFailure(block, words, (_other_stretch(daily, plan, tag.subject, day, last, words),))
    return BlockFailure(block, words, (_no_good(plan, block),))


def _people(daily: DailyModel, pgys: tuple[int, ...]) -> list[str]:
    return [person.id for person in daily.shared.program.residents if not pgys or person.pgy in pgys]


def _one_more(
    plan: YearPlan, people: Iterable[str], block: int, rotations: frozenset[str], on: date, words: str
) -> Cut:
    """One more present than now, of those who could be there in that week."""
    monday = on - timedelta(days=on.weekday())
    facts = [Present(person, block, rotations, (monday,)) for person in people]
    return Cut.at_least_of(1 + sum(fact.holds_in(plan) for fact in facts), facts, words)


def _other_stretch(daily: DailyModel, plan: YearPlan, person: str, first: int, last: int, words: str) -> Cut:
    """Not these rotations and vacation weeks together around the stretch."""
    calendar = daily.shared.calendar
    blocks = range(calendar.block_of[max(0, first - 1)], calendar.block_of[last] + 1)
    facts: list[PlanFact] = [
        OnRotation(person, block, frozenset({plan.rotation[person, block]}))
        for block in blocks
        if (person, block) in plan.rotation
    ]
    facts += [
        OnVacation(person, monday)
        for who, monday in sorted(plan.vacation_weeks)
        if who == person and first - 7 <= calendar.day_of_date(monday) <= last
    ]
    return Cut.not_together(facts, words)


def _no_good(plan: YearPlan, block: int) -> Cut:
    """Not this block as it is."""
    facts = [
        OnRotation(person, number, frozenset({rotation}))
        for (person, number), rotation in sorted(plan.rotation.items())
        if number == block
    ]
    return Cut.not_together(facts, f"academic block {block} has no roster like this")
