"""A finding as it goes out: the same fields wherever findings are told, on schedules, logs and in reports."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict

from src.compliance.rules import Basis, Finding
from src.interchange.schedule import Severity

Figure = Annotated[str, BeforeValidator(str)]
"""A number of a rule as it is worded, in the rule's unit: no float rounds it."""


FINDING_EXAMPLE: dict[str, Any] = {
    "basis": "schedule",
    "pack": "acgme-cpr-2023",
    "rule": "US-80",
    "severity": "hard",
    "person": "R017",
    "window_start_at": "2026-10-06T00:00:00-05:00",
    "window_end_at": "2026-10-20T00:00:00-05:00",
    "value": "82.5",
    "limit": "80",
    "unit": "hours a week",
    "clause": "CPR 6.20 (VI.F.1)",
    "message": "R017 worked 82.5 h a week on MICU 6–19 Oct, 2.5 h over the 80 h of CPR 6.20 (VI.F.1);"
    " leave 13–15 Oct left out",
    "entries": ["2026-10-06/AM/MICU", "2026-10-06/PM/MICU"],
    "weekly_hours": ["84", "80"],
    "remedy": "Take 3.93 h off MICU 6–19 Oct.",
}


class FindingFields(BaseModel):
    """What a rule says about a window of one person; `value` and `limit` are in `unit`.

    `basis` is what was judged, the schedule or the log. `message` is the finding as a sentence, `entries` are
    the intervals it rests on, `weekly_hours` (of averaged hours) the hours of each seven days of the window,
    and `remedy` is what would clear it; it is empty where nothing can be said.
    """

    model_config = ConfigDict(json_schema_extra={"example": FINDING_EXAMPLE})

    basis: Basis = Basis.SCHEDULE
    pack: str = ""
    rule: str
    severity: Severity
    person: str
    window_start_at: dt.datetime
    window_end_at: dt.datetime
    value: Figure
    limit: Figure
    unit: str = ""
    clause: str
    message: str
    entries: list[str] = []
    weekly_hours: list[Figure] = []
    remedy: str = ""


def fields_of(finding: Finding) -> dict[str, Any]:
    """The values of `FindingFields` for a finding."""
    return {name: getattr(finding, name) for name in FindingFields.model_fields}


class FindingRead(FindingFields):
    """What a rule says about a window of one person of a schedule version."""

    @classmethod
    def of(cls, finding: Finding) -> Self:
        return cls(**fields_of(finding))
