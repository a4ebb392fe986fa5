"""What a generation may be asked for."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from src.interchange.schedule import Scope
from src.schedules.schemas import BlockNumber, Seed
from src.schemas import Body, Text

MAX_PINS = 1000

Code = Annotated[Text, Field(max_length=64)]


class RotationPinIn(Body):
    """A resident's rotation of an academic block, to be kept as it is."""

    person: Code
    block: BlockNumber
    rotation: Code


class CallPinIn(Body):
    """A person's call on a date, to be kept as it is."""

    person: Code
    date: date
    call: Code


class GenerateRequest(Body):
    """What to generate, how long to look, and from where to start.

    `first_block` … `last_block` limit the run to a range of academic blocks; the rest stays as in the base
    version. Scope `daily` keeps the base version's year plan. `pins` come on top of the program's own.
    `start_from` names where the search begins, as far as it fits: a version of the program (imported ones
    too), or a run that ended, with the version it made or the last schedule it had found. It binds nothing.
    `deterministic_limit` (with `workers` 1) makes equal seeds give equal schedules.
    """

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"scope": "both", "time_limit_seconds": 120, "seed": 1}]}
    )

    scope: Scope = Scope.BOTH
    first_block: BlockNumber | None = None
    last_block: BlockNumber | None = None
    time_limit_seconds: Annotated[int, Field(strict=True, ge=1, le=86_400)] | None = None
    deterministic_limit: Annotated[float, Field(gt=0, le=86_400)] | None = None
    workers: Annotated[int, Field(strict=True, ge=1, le=64)] | None = None
    seed: Seed = 1
    base_version_id: UUID | None = None
    start_from: UUID | None = None
    pins: Annotated[list[RotationPinIn | CallPinIn], Field(max_length=MAX_PINS)] = []
    allow_unmet: Annotated[bool, Field(strict=True)] = False

    @model_validator(mode="after")
    def _range_in_order(self) -> Self:
        first, last = self.first_block, self.last_block
        if first is not None and last is not None and first > last:
            raise ValueError("first_block must not be after last_block")
        return self
