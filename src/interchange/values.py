"""Reads single values from their text; None where the text does not say one.

No messages here: who asks knows the file, row and column.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from zoneinfo import available_timezones

from src.interchange import limits

_ID = re.compile(r"[A-Za-z0-9_-]+")
_VERSION = re.compile(r"[A-Za-z0-9._-]+")
_INTEGER = re.compile(r"[+-]?[0-9]{1,9}")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,9}(\.[0-9]{1,9})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_HOUR_MINUTE = r"([01][0-9]|2[0-3]):[0-5][0-9]"
_TIME = re.compile(_HOUR_MINUTE)
_INSTANT = re.compile(rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T{_HOUR_MINUTE}(:[0-5][0-9])?(Z|[+-]{_HOUR_MINUTE})")
_BLOCKS = re.compile(r"([0-9]{1,4})(?:-([0-9]{1,4}))?")

# Hours carry at most four decimals when they name minutes that no short decimal can (20 min = 0.3333 h).
_HOUR_ROUNDING = Decimal("0.003")


def is_id(text: str) -> bool:
    """Whether the text is an id: letters, digits, underscore and hyphen, at most 64."""
    return len(text) <= limits.MAX_ID_LENGTH and _ID.fullmatch(text) is not None


def is_pack(text: str) -> bool:
    """Whether the text names a rule pack: its id, or its id and a version as `id@version`."""
    identifier, at, version = text.partition("@")
    is_version = len(version) <= limits.MAX_ID_LENGTH and _VERSION.fullmatch(version) is not None
    return is_id(identifier) and (is_version or not at)


def pack_id(reference: str) -> str:
    """The id of a rule pack that is named with or without its version."""
    return reference.partition("@")[0]


def parse_integer(text: str) -> int | None:
    """A whole number in ASCII digits."""
    return int(text) if _INTEGER.fullmatch(text) else None


def parse_decimal(text: str) -> Decimal | None:
    """A plain decimal number: no exponent, no thousands separator."""
    return Decimal(text) if _DECIMAL.fullmatch(text) else None


def minutes_of(hours: Decimal) -> int | None:
    """Whole minutes of decimal hours, None where they are none; four decimals are enough for any minute."""
    exact = hours * 60
    whole = exact.quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return int(whole) if abs(exact - whole) <= _HOUR_ROUNDING else None


def parse_date(text: str) -> date | None:
    """A local date as `YYYY-MM-DD`."""
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def parse_time(text: str) -> time | None:
    """A local time as `HH:MM`."""
    return time.fromisoformat(text) if _TIME.fullmatch(text) else None


@lru_cache(maxsize=4096)
def parse_instant(text: str) -> datetime | None:
    """An instant as `YYYY-MM-DDTHH:MM[:SS]` with its offset from UTC."""
    if not _INSTANT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def is_plausible(day: date) -> bool:
    """Whether the date lies in the years that programs live in."""
    return limits.FIRST_DATE <= day <= limits.LAST_DATE


def parse_blocks(token: str) -> range | None:
    """A block number or a span of them: `5`, `1-13`."""
    match = _BLOCKS.fullmatch(token)
    if match is None:
        return None
    first = int(match[1])
    last = int(match[2]) if match[2] else first
    return range(first, last + 1) if first <= last else None


def weekday_order(weekdays: set[int]) -> tuple[int, ...]:
    """Weekdays in the order a week on duty reads: from the first one after the longest break.

    Monday to Friday is 0 1 2 3 4; nights from Sunday to Thursday are 6 0 1 2 3.
    """
    days = sorted(weekdays)
    if not days:
        return ()
    breaks = [((day - days[index - 1]) % 7 or 7, -day) for index, day in enumerate(days)]
    start = days.index(-max(breaks)[1]) if len(days) < 7 else 0
    return tuple(days[start:] + days[:start])


def is_time_zone(name: str) -> bool:
    """Whether the name is one of the IANA time zones this machine knows."""
    return name in _time_zones()


@lru_cache(maxsize=1)
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())
