"""What the routes that span domains give out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from src.assignments.schemas import WaivedRead
from src.compliance.check import CheckReport
from src.compliance.finding_schemas import FINDING_EXAMPLE, FindingRead
from src.compliance.structure import Broken
from src.planning.versions.compare import Comparison, DayChange
from src.schemas import Body, Note


class CopyRequest(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [{"note": "After the holidays were agreed"}]})

    note: Annotated[Note | None, Field(description="A remark of a person on the copy.")] = None


class BrokenRead(BaseModel):
    """Something that always holds and does not here; `item` is its number in the format's list.

    `person`, `blocks` (academic blocks), `weeks` (vacation weeks, by their Mondays) and `dates` (local) say
    where, as far as it names a place.
    """

    item: int
    file: str
    row: int | None
    message: str
    person: str | None
    blocks: list[int]
    weeks: list[date]
    dates: list[date]

    @classmethod
    def of(cls, broken: Broken) -> Self:
        return cls(**broken.to_json())


class CheckRead(BaseModel):
    """The checker's word on a version as it is now.

    `waived` are hard findings that a waiver lets stand; they count as hard, and are not among `broken`. `ok`:
    no rule and nothing that must hold is in the way of publishing.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "ok": False,
                "hard": 1,
                "soft": 0,
                "info": 0,
                "findings": [FINDING_EXAMPLE],
                "score_terms": {"vacation_rank": "308", "fair_weekends": "1"},
                "figures": {"hours_in_one_week_max": "84"},
                "broken": [
                    {
                        "item": 5,
                        "file": "assignments.csv",
                        "row": 812,
                        "message": f"R017: US-80 (CPR 6.20): {FINDING_EXAMPLE['message']}",
                        "person": "R017",
                        "blocks": [],
                        "weeks": [],
                        "dates": ["2026-10-06"],
                    }
                ],
                "waived": [],
            }
        }
    )

    ok: bool
    hard: int
    soft: int
    info: int
    findings: list[FindingRead]
    score_terms: dict[str, Decimal]
    figures: dict[str, Decimal]
    broken: list[BrokenRead]
    waived: list[WaivedRead]

    @classmethod
    def of(cls, report: CheckReport) -> Self:
        return cls(
            ok=report.ok,
            hard=report.hard,
            soft=report.soft,
            info=report.info,
            findings=[FindingRead.of(finding) for finding in report.findings],
            score_terms={name: Decimal(value) for name, value in report.score_terms.items()},
            figures={name: Decimal(str(value)) for name, value in report.figures.items()},
            broken=[BrokenRead.of(one) for one in report.broken],
            waived=[WaivedRead.of(one) for one in report.waived],
        )


class YearChangeRead(BaseModel):
    person: str
    block: int
    before: str | None
    after: str | None


class VacationChangeRead(BaseModel):
    person: str
    week_start_date: date
    granted: bool


class DayChangeRead(BaseModel):
    person: str
    date: date
    before: list[str]
    after: list[str]

    @classmethod
    def of(cls, change: DayChange) -> Self:
        return cls(
            person=change.person, date=change.date, before=list(change.before), after=list(change.after)
        )


class ComparisonRead(BaseModel):
    """What changed from `from_version_id` to `to_version_id`; the days come a page at a time."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "from_version_id": "0199e2c4-5a3e-7c1b-9d60-2f8a4b1c7e01",
                "to_version_id": "0199e2c4-5a3e-7c1b-9d60-2f8a4b1c7e02",
                "people_changed": 1,
                "year_changed": 1,
                "vacations_changed": 1,
                "days_changed": 1,
                "year": [{"person": "R017", "block": 4, "before": "MICU", "after": "WARD"}],
                "vacations": [{"person": "R017", "week_start_date": "2026-10-12", "granted": True}],
                "days": [
                    {"person": "R017", "date": "2026-10-06", "before": ["AM MICU"], "after": ["AM WARD"]}
                ],
                "page": 1,
                "page_size": 20,
                "has_next": False,
            }
        }
    )

    from_version_id: UUID
    to_version_id: UUID
    people_changed: int
    year_changed: int
    vacations_changed: int
    days_changed: int
    year: list[YearChangeRead]
    vacations: list[VacationChangeRead]
    days: list[DayChangeRead]
    page: int
    page_size: int
    has_next: bool

    @classmethod
    def of(cls, from_id: UUID, to_id: UUID, found: Comparison, page: int, page_size: int) -> Self:
        start = (page - 1) * page_size
        return cls(
            from_version_id=from_id,
            to_version_id=to_id,
            people_changed=found.people,
            year_changed=len(found.year),
            vacations_changed=len(found.vacations),
            days_changed=len(found.days),
            year=[
                YearChangeRead(person=row.person, block=row.block, before=row.before, after=row.after)
                for row in found.year
            ],
            vacations=[
                VacationChangeRead(
                    person=row.person, week_start_date=row.week_start_date, granted=row.granted
                )
                for row in found.vacations
            ],
            days=[DayChangeRead.of(row) for row in found.days[start : start + page_size]],
            page=page,
            page_size=page_size,
            has_next=start + page_size < len(found.days),
        )
