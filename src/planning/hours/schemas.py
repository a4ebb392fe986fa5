"""What goes in and out of the routes that hold worked hours against schedules and rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from src.compliance.finding_schemas import FindingFields, fields_of
from src.compliance.hours.drift import Drift
from src.compliance.hours.judgement import LogFinding
from src.compliance.hours.schemas import OUTCOME_EXAMPLE, EntriesOutcome
from src.compliance.rules import Basis, DataFinding, DataFindingKind
from src.interchange.model import DutyType
from src.pagination import Page


class LeftOut(BaseModel):
    """A planned interval that was not copied, and why."""

    start_at: dt.datetime
    end_at: dt.datetime
    duty_type: DutyType
    reason: str


class PrefillOutcome(EntriesOutcome):
    """The copies that were made, and what was left out (at most 50 are listed)."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                **OUTCOME_EXAMPLE,
                "left_out": [
                    {
                        "start_at": "2026-07-29T12:00:00Z",
                        "end_at": "2026-07-29T22:00:00Z",
                        "duty_type": "clinical",
                        "reason": "is not over yet",
                    }
                ],
                "left_out_count": 1,
            }
        }
    )

    left_out: list[LeftOut]
    left_out_count: int


class DateRange(BaseModel):
    """Local dates from first to last, both inside."""

    start_date: dt.date
    end_date: dt.date

    @classmethod
    def of(cls, dates: Iterable[dt.date]) -> list[Self]:
        """Ascending dates as ranges."""
        ranges: list[Self] = []
        for day in dates:
            if ranges and day - ranges[-1].end_date == dt.timedelta(days=1):
                ranges[-1].end_date = day
            else:
                ranges.append(cls(start_date=day, end_date=day))
        return ranges


class WeekRead(BaseModel):
    """Seven days of a window; `hours` is null where none of them is known."""

    start_date: dt.date
    days: int
    known_days: int
    hours: str | None


class LogFindingRead(FindingFields):
    """What a rule says of a window of one resident's log.

    `is_certain`: it holds whatever was worked on the window's unknown dates, which both sides leave out.
    `entry_ids` are the logged entries it rests on, `entries` names all, history included.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "basis": "log",
                "rule": "US-80",
                "severity": "hard",
                "person": "R017",
                "window_start_at": "2026-07-01T00:00:00-05:00",
                "window_end_at": "2026-07-29T00:00:00-05:00",
                "value": "82.5",
                "limit": "80",
                "unit": "hours a week",
                "clause": "CPR 6.20",
                "message": "R017 worked 82.5 h a week on MICU 1–28 Jul, 2.5 h over the 80 h of CPR 6.20",
                "pack": "acgme-cpr-2023",
                "is_certain": True,
                "unknown": [],
                "weeks": [{"start_date": "2026-07-01", "days": 7, "known_days": 7, "hours": "84"}],
                "entry_ids": ["0199e2c4-5a3e-7c1b-9d60-2f8a4b1c7e99"],
                "entries": ["2026-07-01T06:00-05:00/2026-07-01T18:00-05:00/clinical"],
            }
        }
    )

    is_certain: bool
    unknown: list[DateRange]
    weeks: list[WeekRead]
    entry_ids: list[UUID]

    @classmethod
    def of(cls, found: LogFinding) -> Self:
        return cls(
            **fields_of(found.finding),
            is_certain=found.is_certain,
            unknown=DateRange.of(found.unknown_dates),
            weeks=[
                WeekRead(
                    start_date=week.start_date,
                    days=week.days,
                    known_days=week.known_days,
                    hours=None if week.hours is None else str(week.hours),
                )
                for week in found.weeks
            ],
            entry_ids=list(found.entry_ids),
        )


class DataFindingRead(BaseModel):
    """Something odd in the hours themselves; it has no clause, and the rules say how it counts."""

    kind: DataFindingKind
    person: str
    message: str
    entries: list[str]

    @classmethod
    def of(cls, found: DataFinding) -> Self:
        return cls(kind=found.kind, person=found.person, message=found.message, entries=list(found.entries))


class UnknownRead(BaseModel):
    """A resident's dates of the year so far of which nothing is known: no sheet with them is handed in."""

    person: str
    known_days: int
    unknown_days: int
    unknown: list[DateRange]


class LimitedRead(BaseModel):
    """A rule that does not speak fully of worked hours, and why."""

    pack: str
    rule: str
    why: str


class HoursFindings(Page[LogFindingRead]):
    """A page of findings on worked hours, and what they do not speak of.

    `as_of_date` is today in the program's zone. `data_findings`, `unknown` and `limited`, the rules that are
    not judged on logs or only in part, are whole on every page.
    """

    basis: Basis
    as_of_date: dt.date
    data_findings: list[DataFindingRead]
    unknown: list[UnknownRead]
    limited: list[LimitedRead]


class DriftLine(BaseModel):
    """Plan and work of one rotation and PGY, in minutes that count to the 80 hours.

    Only days with a log are compared; unknown days, and what was planned on them, are counted apart.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "rotation": "MICU",
                "pgy": 2,
                "residents": 4,
                "known_days": 112,
                "unknown_days": 28,
                "planned_minutes": 71400,
                "worked_minutes": 75120,
                "difference_minutes": 3720,
                "unknown_planned_minutes": 17850,
            }
        }
    )

    rotation: str | None
    pgy: int | None
    residents: int
    known_days: int
    unknown_days: int
    planned_minutes: int
    worked_minutes: int
    difference_minutes: int
    unknown_planned_minutes: int

    @classmethod
    def of(cls, line: Drift) -> Self:
        return cls(
            rotation=line.rotation,
            pgy=line.pgy,
            residents=len(line.residents),
            known_days=line.known_days,
            unknown_days=line.unknown_days,
            planned_minutes=line.planned_minutes,
            worked_minutes=line.worked_minutes,
            difference_minutes=line.difference_minutes,
            unknown_planned_minutes=line.unknown_planned_minutes,
        )
