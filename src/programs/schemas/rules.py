"""Bodies of overrides and approvals of rules."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from src.interchange import limits
from src.interchange.model import RuleApprovalKind
from src.programs.schemas.fields import Code, Count, Day, Flag, Minutes, RotationOrGroup, Text
from src.programs.schemas.rows import RowRead
from src.schemas import Body

PackReference = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9_-]{1,64}(@[A-Za-z0-9._-]{1,64})?$",
        max_length=2 * limits.MAX_ID_LENGTH + 1,
        description="A rule pack's id, or `id@version` to stay with one version of it.",
    ),
]


class RuleOverrideCreate(Body):
    """A parameter of a rule pack that the program sets otherwise, for a reason and until a date."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "pack": "acgme-cpr-2023",
                "parameter": "min_rest_minutes",
                "value": 600,
                "reason": "The hospital asks for ten hours between shifts",
                "approved_by": "GMEC, 12 May 2026",
                "start_date": "2026-07-01",
                "end_date": "2027-06-30",
            }
        }
    )

    pack: Code = Field(description="The id of one of the program's rule packs, without a version.")
    rule: Code | None = Field(default=None, description="None = a parameter of the whole pack.")
    parameter: Code
    value: Count | Flag = Field(description="In the unit of the parameter: minutes, days, … or yes and no.")
    reason: Text
    approved_by: Text
    start_date: Day
    end_date: Day = Field(description="The last local date on which it holds; an override always ends.")


class RuleOverrideRead(RuleOverrideCreate, RowRead):
    """An override as it is kept."""


class RuleApprovalCreate(Body):
    """An approval on record: an exception to the hours on a rotation, or something a person may do."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "hours_exception",
                    "rotation": "WARD",
                    "weekly_minutes": 5280,
                    "reason": "Burn unit, continuity of care",
                    "approved_by": "Review Committee",
                    "start_date": "2026-07-01",
                    "end_date": "2027-06-30",
                },
                {
                    "kind": "moonlighting",
                    "person": "R004",
                    "reason": "Urgent care, at most two shifts a month",
                    "approved_by": "Program director",
                    "start_date": "2026-07-01",
                    "end_date": "2026-12-31",
                },
            ]
        }
    )

    kind: RuleApprovalKind
    person: Code | None = Field(default=None, description="Whom it is about; not for hours of a rotation.")
    rotation: RotationOrGroup | None = None
    weekly_minutes: Minutes | None = Field(default=None, description="Minutes a week that are allowed.")
    reason: Text
    approved_by: Text
    start_date: Day
    end_date: Day = Field(description="The last local date on which it holds.")


class RuleApprovalRead(RuleApprovalCreate, RowRead):
    """An approval as it is kept."""
