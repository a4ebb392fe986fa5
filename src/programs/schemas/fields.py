"""The kinds of value that bodies hold: the same limits as the readers of the program folder have.

What compares fields or rows with each other is not said here: `validation` reads a change back as the folder
it would make, so that the API and an import never disagree.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from src.interchange import limits, values
from src.interchange.tables import is_forbidden
from src.schemas import refuse_unstorable

_OUT_OF_RANGE = f"Must lie between {limits.FIRST_DATE} and {limits.LAST_DATE}"


def _printable(text: str) -> str:
    refuse_unstorable(text)
    for character in text:
        if is_forbidden(character):
            name = f"U+{ord(character):04X}"
            raise PydanticCustomError("string_character", "Text must not hold {name}", {"name": name})
    return text.replace("\r\n", "\n")


def _iso_date(value: Any) -> Any:
    """Take `YYYY-MM-DD` and nothing else: no number of seconds, no instant."""
    day = value if type(value) is date else values.parse_date(value) if isinstance(value, str) else None
    if day is None:
        raise PydanticCustomError("date_form", "Must be a date YYYY-MM-DD")
    if not values.is_plausible(day):
        raise PydanticCustomError("date_range", _OUT_OF_RANGE)
    return day


def _clock_time(value: Any) -> Any:
    found = value if isinstance(value, time) else values.parse_time(value) if isinstance(value, str) else None
    if found is None or found.tzinfo is not None or found.second or found.microsecond:
        raise PydanticCustomError("time_form", "Must be a local time HH:MM")
    return found


def _instant_text(value: Any) -> Any:
    """Take an instant with its offset and nothing else: no number of seconds."""
    found = values.parse_instant(value) if isinstance(value, str) else value
    if not isinstance(found, datetime):
        raise PydanticCustomError("instant_form", "Must be an instant YYYY-MM-DDTHH:MM:SS with its offset")
    return found


def _whole_second(instant: datetime) -> datetime:
    if instant.microsecond:
        raise PydanticCustomError("instant_form", "Must have no fraction of a second")
    if not values.is_plausible(instant.date()):
        raise PydanticCustomError("date_range", _OUT_OF_RANGE)
    return instant.astimezone(UTC)


def _no_truth_value(value: Any) -> Any:
    if isinstance(value, bool):
        raise PydanticCustomError("number_form", "Must be a number")
    return value


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


Code = Annotated[
    str, StringConstraints(min_length=1, max_length=limits.MAX_ID_LENGTH, pattern=r"^[A-Za-z0-9_-]+$")
]
RotationOrGroup = Annotated[
    str,
    StringConstraints(min_length=1, max_length=limits.MAX_ID_LENGTH + 1, pattern=r"^@?[A-Za-z0-9_-]{1,64}$"),
    Field(description="A rotation's code, or `@group` for all rotations of that group."),
]
Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=limits.MAX_CELL_LENGTH),
    AfterValidator(_printable),
]
Flag = Annotated[bool, Field(strict=True)]
Count = Annotated[int, Field(strict=True, ge=0, le=limits.MAX_COUNT)]
Positive = Annotated[int, Field(strict=True, ge=1, le=limits.MAX_COUNT)]
Weight = Annotated[int, Field(strict=True, ge=-limits.MAX_COUNT, le=limits.MAX_COUNT)]
Pgy = Annotated[int, Field(strict=True, ge=1, le=limits.MAX_PGY)]
Weekday = Annotated[int, Field(strict=True, ge=0, le=6, description="Monday = 0 … Sunday = 6.")]
BlockNumber = Annotated[int, Field(strict=True, ge=1, le=limits.MAX_BLOCKS)]
Minutes = Annotated[int, Field(strict=True, ge=1, le=limits.MAX_MINUTES)]
MinutesOrNone = Annotated[int, Field(strict=True, ge=0, le=limits.MAX_MINUTES)]

Pgys = Annotated[list[Pgy], Field(max_length=limits.MAX_PGY, description="Empty = every PGY.")]
Weekdays = Annotated[list[Weekday], Field(max_length=7, description="Monday = 0; empty = all seven.")]
Blocks = Annotated[
    list[BlockNumber], Field(max_length=limits.MAX_BLOCKS, description="Academic blocks; empty = all.")
]

Day = Annotated[date, BeforeValidator(_iso_date), WithJsonSchema({"type": "string", "format": "date"})]
ClockTime = Annotated[
    time,
    BeforeValidator(_clock_time),
    PlainSerializer(lambda value: value.strftime("%H:%M"), return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "examples": ["07:00"]}),
]
Instant = Annotated[AwareDatetime, BeforeValidator(_instant_text), AfterValidator(_whole_second)]
Number = Annotated[
    Decimal,
    BeforeValidator(_no_truth_value),
    Field(max_digits=18, decimal_places=9),
    PlainSerializer(_number, when_used="json"),
    WithJsonSchema({"type": "number"}),
]
NumberNotNegative = Annotated[Number, Field(ge=0)]
