"""Two blocks in a row on one rotation, each with the free days advised, which together lack some.

Runs on one rotation are judged by windows of four weeks (US-FREE7), not by its months. Where nearly every day
must be worked, as on night float, no days can help: the days of such a run are expanded, whatever may be off
being off, and its soft findings are counted as in any schedule.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, pairwise
from typing import TYPE_CHECKING

from src.interchange.model import Person, PersonKind, Program
from src.solver.advisories import count_advisories
from src.solver.expand import Decisions, expand
from src.solver.plan import YearPlan
from src.solver.problem import Limits
from src.solver.year.facts import YearFacts
from src.solver.year.model import YearModel

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

DAYS_A_WEEK, WORKDAYS = 7, 5
"""A rotation that must be worked on no more days of the week leaves the others free."""
SOMEBODY = Person("S", "S", PersonKind.RESIDENT, 1)


def long_stretches(year: YearModel, limits: Limits) -> Iterator[tuple[int, cp_model.IntVar]]:
    """How many findings two blocks have beyond those of each, and whether a resident has both: to be few."""
    facts = year.facts
    blocks = [block for block in facts.block_numbers if not year.is_frozen(block)]
    for rotation in _busy(facts):
        alone = {block: _findings_of(facts, rotation, (block,), limits) for block in blocks}
        for block, following in pairwise(blocks):
            together = _findings_of(facts, rotation, (block, following), limits)
            more = together - alone[block] - alone[following]
            if following > block + 1 or more <= 0:
                continue
            for person in facts.residents:
                on = [
                    literal
                    for each in (block, following)
                    for literal in year.literals(person.id, each, (rotation,))
                ]
                if len(on) > 1:
                    both = year.model.new_bool_var(f"stretch {person.id} {block} {rotation}")
                    year.model.add_bool_or(~on[0], ~on[1], both)
                    yield more, both


def _busy(facts: YearFacts) -> list[str]:
    """Rotations with sessions that must be worked on more than the workdays."""
    must: dict[str, set[int]] = {}
    for row in facts.program.templates:
        if not row.may_be_off:
            must.setdefault(row.rotation, set()).update(row.weekdays or range(DAYS_A_WEEK))
    return [rotation for rotation, weekdays in must.items() if len(weekdays) > WORKDAYS]


def _findings_of(facts: YearFacts, rotation: str, blocks: tuple[int, ...], limits: Limits) -> int:
    """Soft findings of somebody on the rotation whose year is those blocks alone."""
    dates = [facts.dates_of_block[block] for block in blocks]
    year = Program(
        id=facts.program.id,
        name=facts.program.name,
        time_zone=facts.program.time_zone,
        year_start_date=dates[0][0],
        blocks=tuple(map(len, dates)),
        holidays=facts.program.holidays,
        people=(SOMEBODY,),
        rotations=facts.program.rotations,
        templates=facts.program.templates,
    )
    plan = YearPlan({(SOMEBODY.id, number): rotation for number in range(1, len(blocks) + 1)})
    off = frozenset(
        (SOMEBODY.id, day)
        for day in chain(*dates)
        if all(row.may_be_off for row in facts.templates_on(rotation, day))
    )
    return count_advisories(year, plan, expand(year, plan, Decisions(off)), limits)
