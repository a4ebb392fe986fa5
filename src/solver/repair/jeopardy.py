"""What helps where nothing legal is left: whom jeopardy could bring in, and which limits to lower."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from src.interchange.schedule import AssignmentKind, Conflict, UnmetKind, UnmetRow
from src.solver.repair.when import grouped
from src.solver.swaps.standing import Standing

MOST_SENTENCES = 20


def ways_out(standing: Standing, unmet: Sequence[UnmetRow], conflicts: Sequence[Conflict]) -> tuple[str, ...]:
    """Sentences with sizes: for open demand the jeopardy of its dates, else the rows that collide.

    What lacks as many on several dates, with the same help, is one sentence.
    """
    said = grouped((_of_demand(standing, row), row.date_or_block) for row in unmet)
    found = {f"{what} on {when} {lacks}{help_}": None for (what, lacks, help_), when in said.items()}
    if not found:
        collide = (row.message.rstrip(".") for row in conflicts)
        found = dict.fromkeys(f"{words}: lower it, or give others leave to move." for words in collide)
    return tuple(found)[:MOST_SENTENCES]


def _of_demand(standing: Standing, row: UnmetRow) -> tuple[str, str, str]:
    """What is short, by how many, and what helps."""
    what = f"{row.id} {row.session or ''}".strip()
    lacks = f"lacks {row.needed - row.got} of {row.needed}"
    if row.what is UnmetKind.COVERAGE:
        return what, lacks, f": lower the minimum to {row.got}."
    backups = _on_jeopardy(standing, date.fromisoformat(row.date_or_block), row)
    if backups:
        return what, lacks, f": activate jeopardy, {' or '.join(backups)}."
    return what, lacks, f", and nobody who might do it is on jeopardy: lower the minimum to {row.got}."


def _on_jeopardy(standing: Standing, day: date, row: UnmetRow) -> list[str]:
    """Residents on jeopardy that date whose PGY the demand counts."""
    rows: Iterable[str] = (
        each.person
        for each in standing.by_day.get(standing.shared.calendar.day_of_date(day), ())
        if each.kind is AssignmentKind.JEOPARDY
    )
    away = standing.shared.calendar.day_of_date(day)
    return sorted(
        {
            person
            for person in rows
            if (not row.pgys or standing.program.person_by_id[person].pgy in row.pgys)
            and away not in standing.holder(person).year.leave
        }
    )
