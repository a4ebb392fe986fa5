"""Bodies of waivers."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, model_validator
from pydantic_core import PydanticCustomError

from src.programs.schemas.fields import Code, Day, Instant, Text
from src.schemas import Body

LEAST_REASON = 3
MAX_REASON = 1000


def _says_something(reason: str) -> str:
    if len(reason) < LEAST_REASON:
        raise PydanticCustomError(
            "string_too_short", "Must say why, in at least {least} characters", {"least": LEAST_REASON}
        )
    return reason


Measure = Annotated[
    Decimal,
    Field(max_digits=12, decimal_places=2, description="As the finding tells it, in the unit of the rule."),
    PlainSerializer(str, return_type=str),
]
Reason = Annotated[Text, Field(max_length=MAX_REASON), AfterValidator(_says_something)]

_FINDING: dict[str, Any] = {
    "rule": "US-80",
    "person": "R017",
    "window_start_at": "2026-10-06T05:00:00Z",
    "window_end_at": "2026-11-03T06:00:00Z",
    "value": "81.5",
    "limit": "80",
}


class WaiverCreate(Body):
    """A hard finding as it is worded, and why it may stand."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                **_FINDING,
                "reason": "Two colleagues are ill; the program director agreed on 2 October",
                "expires_date": "2026-11-30",
            }
        }
    )

    rule: Code
    person: Code
    window_start_at: Instant
    window_end_at: Instant
    value: Measure
    limit: Measure
    reason: Reason
    expires_date: Day | None = Field(
        default=None, description="The last local date on which it holds; none = no expiry."
    )

    @model_validator(mode="after")
    def _window_in_order(self) -> Self:
        if self.window_end_at <= self.window_start_at:
            raise ValueError("window_end_at must be after window_start_at")
        return self


class WaiverRevocation(Body):
    """Why a waiver no longer holds."""

    model_config = ConfigDict(json_schema_extra={"example": {"reason": "The colleagues are back"}})

    reason: Reason


class WaiverRead(BaseModel):
    """A waiver: what it covers, who granted it when and why, and whether it holds today."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "0199e2c4-5a3e-7c1b-9d60-2f8a4b1c7e55",
                **_FINDING,
                "reason": "Two colleagues are ill; the program director agreed on 2 October",
                "expires_date": "2026-11-30",
                "granted_by": "casey@example.org",
                "granted_at": "2026-10-03T14:05:00Z",
                "revoked_at": None,
                "revocation_reason": None,
                "in_force": True,
            }
        }
    )

    id: UUID
    rule: str
    person: str
    window_start_at: datetime
    window_end_at: datetime
    value: str
    limit: str
    reason: str
    expires_date: date | None
    granted_by: str
    granted_at: datetime
    revoked_at: datetime | None
    revocation_reason: str | None
    in_force: bool
