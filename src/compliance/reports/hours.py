"""Hours a week of residents in academic blocks, leave left out: the numbers of trends and charts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from src.compliance.reports.model import Counts, HoursLine, PlacedFinding
from src.compliance.rules import RuleParameters
from src.compliance.rules.columns import FactColumns
from src.compliance.rules.screen_time import Line

TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class ResidentBlock:
    """One resident in one academic block: minutes that count to the weekly hours, and the days that count."""

    person: str
    block: int
    rotation: str | None
    minutes: int
    days: int

    @property
    def weekly_hours(self) -> Decimal:
        return (Decimal(7 * self.minutes) / (60 * self.days)).quantize(TENTH)


def resident_blocks(columns: FactColumns, parameters: RuleParameters) -> list[ResidentBlock]:
    """Every resident in every checked academic block in which a day counts, by person and block."""
    blocks = [one for one in columns.frame.blocks if one.number in columns.frame.checked_blocks]
    line, people = Line(columns, parameters), len(columns)
    person = np.repeat(np.arange(people, dtype=np.int64), len(blocks))
    first = np.tile(np.array([one.start_date.toordinal() for one in blocks], dtype=np.int64), people)
    days = np.tile(
        np.array([(one.end_date - one.start_date).days + 1 for one in blocks], dtype=np.int64), people
    )
    windows = line.dates.windows(person, first, days)
    minutes = line.hours.minutes_until(windows.end) - line.hours.minutes_until(windows.start)
    return [
        ResidentBlock(
            person=columns.profiles[position].person,
            block=blocks[index % len(blocks)].number,
            rotation=rotation_on(columns, position, int(first[index])),
            minutes=int(minutes[index]),
            days=int(windows.counted[index]),
        )
        for index, position in enumerate(person.tolist())
        if windows.counted[index] > 0
    ]


def rotation_on(columns: FactColumns, position: int, day: int) -> str | None:
    """The rotation of a person on a local date, by its ordinal."""
    for segment in columns.profiles[position].segments:
        if 0 <= day - segment.first_date.toordinal() < segment.days:
            return segment.rotation
    return None


def lines_by(
    rows: Iterable[ResidentBlock],
    findings: Iterable[PlacedFinding],
    key_of_row: Callable[[ResidentBlock], str | None],
    key_of_finding: Callable[[PlacedFinding], str | None],
    labels: dict[str, str],
) -> tuple[HoursLine, ...]:
    """One line for each label, in their order: the hours and findings that belong to its key."""
    grouped: defaultdict[str | None, list[ResidentBlock]] = defaultdict(list)
    found: defaultdict[str | None, list[PlacedFinding]] = defaultdict(list)
    for row in rows:
        grouped[key_of_row(row)].append(row)
    for finding in findings:
        found[key_of_finding(finding)].append(finding)
    return tuple(
        _line(key, label, grouped[key], found[key])
        for key, label in labels.items()
        if grouped[key] or found[key]
    )


def _line(key: str, label: str, rows: list[ResidentBlock], findings: list[PlacedFinding]) -> HoursLine:
    days = sum(row.days for row in rows)
    most = max(rows, key=lambda row: (row.weekly_hours, row.person), default=None)
    mean = (Decimal(7 * sum(row.minutes for row in rows)) / (60 * days)).quantize(TENTH) if days else None
    return HoursLine(
        key=key,
        label=label,
        residents=len({row.person for row in rows}),
        mean_hours=mean,
        most_hours=None if most is None else most.weekly_hours,
        most_person=None if most is None else most.person,
        counts=Counts.of(findings),
    )
