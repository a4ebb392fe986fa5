"""Writes single values as the format's text; `values` reads them back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, time
from decimal import Decimal

_HOUR_PLACES = Decimal("0.0001")


def text(value: object) -> str:
    """A value as it prints; an empty cell for None."""
    return "" if value is None else str(value)


def flag(value: bool) -> str:
    """`1` or `0`."""
    return "1" if value else "0"


def listing(items: Iterable[object]) -> str:
    """A list within a cell."""
    return " ".join(map(str, items))


def spans(numbers: Iterable[int]) -> str:
    """Ascending block numbers, runs of three and more as `first-last`: `1-3 5 7 8`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return " ".join(f"{run[0]}-{run[-1]}" if len(run) > 2 else listing(run) for run in runs)


def number(value: Decimal) -> str:
    """A plain decimal without superfluous zeros or exponent."""
    plain = f"{value:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def hours(minutes: int) -> str:
    """Decimal hours of whole minutes: exact where a decimal can be, else rounded to four places."""
    return number((Decimal(minutes) / 60).quantize(_HOUR_PLACES))


def clock(value: time) -> str:
    """`HH:MM`."""
    return value.strftime("%H:%M")


def instant(value: datetime) -> str:
    """An instant with its offset and seconds. Raises ValueError for one without an offset."""
    if value.utcoffset() is None:
        raise ValueError(f"{value} has no offset and is no instant")
    return value.isoformat(timespec="seconds")


def toml_string(value: str) -> str:
    """A TOML basic string; JSON escapes what TOML wants escaped."""
    return json.dumps(value, ensure_ascii=False)
