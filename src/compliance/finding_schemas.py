"""A finding as it goes out: the same fields wherever findings are told, on schedules, logs and in reports."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator

from src.compliance.rules import Basis, Finding
from src.interchange.schedule import Severity

Figure = Annotated[str, BeforeValidator(str)]
"""A number of a rule as it is worded, in the rule's unit: no float rounds it."""


class FindingFields(BaseModel):
    """What a rule says about a window of one person; `value` and `limit` are in `unit`.

    `basis` is what was judged, the schedule or the log. `message` is the finding as a sentence, `entries` are
    the intervals it rests on, `weekly_hours` (of averaged hours) the hours of each seven days of the window,
    and `remedy` is what would clear it; it is empty where nothing can be said.
    """

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
