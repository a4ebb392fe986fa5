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

    person: Annotated[Code, Field(description="The resident's id in the program, as R001.")]
    block: Annotated[BlockNumber, Field(description="The academic block, counted from 1.")]
    rotation: Annotated[Code, Field(description="The rotation's id in the program.")]


class CallPinIn(Body):
    """A person's call on a date, to be kept as it is."""

    person: Annotated[Code, Field(description="The resident's id in the program, as R001.")]
    date: Annotated[date, Field(description="The local date on which the call starts.")]
    call: Annotated[Code, Field(description="The call's id in the program.")]


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

    scope: Annotated[
        Scope, Field(description="The year plan, days and calls under the base version's plan, or both.")
    ] = Scope.BOTH
    first_block: Annotated[
        BlockNumber | None, Field(description="The first academic block to build; none = the year's first.")
    ] = None
    last_block: Annotated[
        BlockNumber | None, Field(description="The last one, included; none = the year's last.")
    ] = None
    time_limit_seconds: Annotated[
        Annotated[int, Field(strict=True, ge=1, le=86_400)] | None,
        Field(description="Seconds from the run's start to its end, judging included. At most the server's."),
    ] = None
    deterministic_limit: Annotated[
        Annotated[float, Field(strict=True, gt=0, le=86_400)] | None,
        Field(description="The search's work in deterministic seconds, whatever the machine's load."),
    ] = None
    workers: Annotated[
        Annotated[int, Field(strict=True, ge=1, le=64)] | None,
        Field(description="Threads of the search; at most the server's, which are also the default."),
    ] = None
    seed: Annotated[Seed, Field(description="Another seed searches another way.")] = 1
    base_version_id: Annotated[
        UUID | None,
        Field(description="The version to build on; none = the schedule's newest, where one is needed."),
    ] = None
    start_from: Annotated[
        UUID | None, Field(description="A version, or a run that ended, to begin the search at.")
    ] = None
    pins: Annotated[
        list[RotationPinIn | CallPinIn],
        Field(max_length=MAX_PINS, description="What must stay as it is, on top of the program's own pins."),
    ] = []
    allow_unmet: Annotated[
        bool, Field(strict=True, description="Let demand stay open at its weight, rather than find nothing.")
    ] = False

    @model_validator(mode="after")
    def _range_in_order(self) -> Self:
        first, last = self.first_block, self.last_block
        if first is not None and last is not None and first > last:
            raise ValueError("first_block must not be after last_block")
        return self
