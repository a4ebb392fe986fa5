"""The structural checks in one pass: the work is expanded once, and every check reads it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import chain

from src.compliance.structure.blocks import broken_blocks, coverage_shortages
from src.compliance.structure.broken import Broken, in_reading_order
from src.compliance.structure.calls import PersonCalls, broken_calls, call_shortages, taken_calls
from src.compliance.structure.collisions import broken_collisions
from src.compliance.structure.denied import broken_denied
from src.compliance.structure.figures import PersonLoads, figures, loads_of
from src.compliance.structure.ground import Entry, Ground
from src.compliance.structure.intervals import broken_intervals, broken_overlaps, rows_of_nobody
from src.compliance.structure.results import broken_findings, broken_result, is_without_schedule
from src.compliance.structure.score import Score, Scorer
from src.compliance.structure.sessions import Timetable
from src.compliance.structure.staffing import AtWork, broken_maxima, staffing_shortages
from src.compliance.structure.touched import touched_dates
from src.compliance.structure.unmet import broken_unmet
from src.compliance.structure.vacations import broken_vacations
from src.compliance.structure.wishes import Wishes
from src.compliance.structure.work import PersonWork, work_of
from src.compliance.structure.year import broken_year
from src.interchange.model import Program
from src.interchange.schedule import FindingRow, Schedule, Severity


@dataclass(frozen=True, slots=True)
class Expansion:
    """What residents take and are to work, and what is wrong with it, by their own rows alone."""

    entries: Mapping[str, tuple[Entry, ...]]
    calls: Mapping[str, PersonCalls]
    work: Mapping[str, PersonWork]
    touched: Mapping[str, frozenset[date]]
    broken: Mapping[str, tuple[Broken, ...]]
    loads: Mapping[str, PersonLoads]

    def without(self, people: Collection[str]) -> Expansion:
        """That of all others."""
        return Expansion(
            _without(people, self.entries),
            _without(people, self.calls),
            _without(people, self.work),
            _without(people, self.touched),
            _without(people, self.broken),
            _without(people, self.loads),
        )


def _without[Own](people: Collection[str], known: Mapping[str, Own]) -> Mapping[str, Own]:
    return {person: own for person, own in known.items() if person not in people}


NOTHING_KNOWN = Expansion({}, {}, {}, {}, {}, {})


@dataclass(frozen=True, slots=True)
class Examination:
    """What the structural checks found, and what an independent count gives."""

    broken: tuple[Broken, ...]
    score: Score
    figures: dict[str, int | Decimal]
    expansion: Expansion


def examine(
    program: Program,
    schedule: Schedule,
    findings: Sequence[FindingRow],
    known: Expansion = NOTHING_KNOWN,
) -> Examination:
    """Check "What always holds" and count the score.

    `findings` are what the rules of the program's packs find on the schedule; their soft ones are the
    advisories of the score, and `findings.csv` is compared with them. `known` are residents whose rows are as
    they were when they were last expanded, under the same program.
    """
    ground = Ground(program, schedule, known.entries)
    timetable = Timetable(ground)
    at_work = AtWork(ground)
    calls = taken_calls(ground, known.calls)
    work = work_of(ground, timetable, calls, known.work)
    touched = touched_dates(ground, known.touched)
    rows = broken_intervals(ground, work, known.broken)
    loads = loads_of(ground, known.loads)
    shortages = (
        *coverage_shortages(ground),
        *staffing_shortages(ground, timetable, at_work),
        *call_shortages(ground, calls),
    )
    advisories = sum(finding.severity is Severity.SOFT for finding in findings)
    score = Scorer(ground, touched, calls, shortages, advisories).score()

    def broken() -> Iterator[Broken]:
        if is_without_schedule(schedule):
            yield from broken_result(ground, score)
            return
        yield from broken_year(ground)
        yield from broken_blocks(ground)
        yield from broken_vacations(ground)
        yield from rows_of_nobody(ground)
        yield from chain.from_iterable(rows.values())
        yield from broken_overlaps(ground)
        yield from broken_collisions(ground, calls, work)
        yield from broken_calls(ground, calls)
        yield from broken_maxima(ground, timetable, at_work)
        yield from broken_unmet(ground, shortages)
        yield from broken_findings(ground, findings)
        yield from broken_denied(ground, Wishes(ground, touched))
        yield from broken_result(ground, score)

    return Examination(
        in_reading_order(broken()),
        score,
        figures(ground, work, touched, loads),
        Expansion(ground.entries_of, calls, work, touched, rows, loads),
    )
