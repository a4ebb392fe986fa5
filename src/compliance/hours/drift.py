"""Plan against worked hours, by rotation and PGY. Pure.

Compared are dates that are over, that a published schedule planned, and for which hours were handed in. Dates
without a log are counted apart, and so are the minutes planned on them: nothing is taken for nought. An
interval counts whole to the date it starts on, and with it to that date's rotation: a sheet holds the nights
that begin on its dates, so that plan and log are cut alike. Only what counts to the 80 hours is summed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from src.compliance.hours.judgement import Log
from src.compliance.hours.worked import Worked, minutes_by_start, zone_of
from src.interchange.model import Person, Program
from src.interchange.schedule import Schedule


@dataclass(slots=True)
class Drift:
    """Plan and work of one rotation and PGY; minutes, and days of single residents.

    `rotation` None: the year plan names none. `unknown_planned_minutes` were planned on the unknown days.
    """

    rotation: str | None
    pgy: int | None
    residents: set[str] = field(default_factory=set)
    known_days: int = 0
    unknown_days: int = 0
    planned_minutes: int = 0
    worked_minutes: int = 0
    unknown_planned_minutes: int = 0

    @property
    def difference_minutes(self) -> int:
        """Minutes worked beyond the plan; below zero where less was worked."""
        return self.worked_minutes - self.planned_minutes


def drift_of(
    program: Program,
    frame: Schedule,
    planned_dates: Collection[dt.date],
    planned: Mapping[str, Sequence[Worked]],
    logs: Mapping[str, Log],
    today: dt.date,
) -> tuple[Drift, ...]:
    """Lines by rotation, then PGY; `planned` and `logs` are by the person's id."""
    zone = zone_of(program.time_zone)
    rotation_of = {(row.person, row.block): row.rotation for row in frame.year}
    dates = [day for day in sorted(planned_dates) if day < today and program.block_of(day) is not None]
    lines: dict[tuple[str | None, int | None], Drift] = {}
    for person in program.residents:
        log = logs.get(person.id, Log())
        plan = minutes_by_start(planned.get(person.id, ()), zone)
        work = minutes_by_start((worked for _, worked in log.entries), zone)
        for day in _dates_there(person, dates):
            rotation = rotation_of.get((person.id, program.block_of(day) or 0))
            line = lines.setdefault((rotation, person.pgy), Drift(rotation, person.pgy))
            line.residents.add(person.id)
            if day in log.known_dates:
                line.known_days += 1
                line.planned_minutes += plan.get(day, 0)
                line.worked_minutes += work.get(day, 0)
            else:
                line.unknown_days += 1
                line.unknown_planned_minutes += plan.get(day, 0)
    return tuple(
        line for _, line in sorted(lines.items(), key=lambda pair: (pair[0][0] or "", pair[0][1] or 0))
    )


def _dates_there(person: Person, dates: Sequence[dt.date]) -> Iterator[dt.date]:
    return (day for day in dates if person.is_there(day))
