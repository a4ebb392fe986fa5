"""Which local dates work touches: those that any part of an interval, jeopardy aside, lies on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from src.compliance.structure.ground import SPILL, Ground
from src.interchange.model import days_between
from src.interchange.schedule import AssignmentKind

NONE_KNOWN: Mapping[str, frozenset[date]] = {}


def touched_dates(
    ground: Ground, known: Mapping[str, frozenset[date]] = NONE_KNOWN
) -> Mapping[str, frozenset[date]]:
    """The local dates that each resident's work touches; of dates far outside the year nothing is known.

    `known` holds them already for some, whose rows are the same.
    """
    first, last = ground.program.year_start_date - SPILL, ground.program.year_end_date + SPILL
    clock = ground.clock
    found: dict[str, frozenset[date]] = {}
    for person, entries in ground.entries_of.items():
        if person in known:
            found[person] = known[person]
            continue
        touched: set[date] = set()
        for row, start, end in entries:
            if row.kind is AssignmentKind.JEOPARDY or end <= start:
                continue
            day, last_day = clock.date_of(start), clock.last_date(end)
            touched.add(day)
            if day != last_day:
                touched.update(days_between(max(day, first), min(last_day, last)))
        found[person] = frozenset(touched)
    return found
