"""How numbers, dates and windows read in a finding's sentence."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from src.compliance.rules.windows import AveragingWindow
from src.quantities import count

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def hours(minutes: int, *, rounded_up: bool, divisor: int = 1) -> Decimal:
    """`minutes / divisor` as hours with at most two decimals.

    Rounded up where a value is too large, down where it is too small: what fails never equals its limit.
    """
    return rounded(minutes, 60 * divisor, up=rounded_up)


def rounded(value: int, divisor: int, *, up: bool) -> Decimal:
    """`value / divisor` with at most two decimals, rounded up or down."""
    hundredths = -(-value * 100 // divisor) if up else value * 100 // divisor
    return plain(Decimal(hundredths) / 100)


def plain(number: Decimal) -> Decimal:
    """The same number without trailing zeros or an exponent: 80, not 80.00 or 8E+1."""
    whole = number.to_integral_value()
    return whole.quantize(Decimal(1)) if number == whole else number.normalize()


def day(ordinal: int) -> str:
    """A local date as "6 Oct"."""
    found = date.fromordinal(ordinal)
    return f"{found.day} {_MONTHS[found.month - 1]}"


def day_range(first: int, last: int) -> str:
    """Dates from first to last: "6 Oct", "6–19 Oct" or "28 Sep–11 Oct"."""
    if first == last:
        return day(first)
    start, end = date.fromordinal(first), date.fromordinal(last)
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day}–{day(last)}"
    return f"{day(first)}–{day(last)}"


def day_ranges(ordinals: Iterable[int]) -> str:
    """Dates as ranges in words: "13–15 Oct, 20 Oct"."""
    ranges: list[list[int]] = []
    for ordinal in sorted(ordinals):
        if ranges and ordinal == ranges[-1][1] + 1:
            ranges[-1][1] = ordinal
        else:
            ranges.append([ordinal, ordinal])
    return ", ".join(day_range(first, last) for first, last in ranges)


def moment(minute: int, time_zone: str) -> str:
    """An instant on the zone's clocks as "7 Jul 23:00"."""
    local = local_instant(minute, time_zone)
    return f"{local.day} {_MONTHS[local.month - 1]} {local:%H:%M}"


def local_instant(minute: int, time_zone: str) -> datetime:
    """An instant as an aware datetime of the zone."""
    return datetime.fromtimestamp(minute * 60, UTC).astimezone(ZoneInfo(time_zone))


def place(window: AveragingWindow) -> str:
    """Where and when a window is: "on MICU 6–19 Oct", "in block 3, 26 Aug–22 Sep"."""
    dates = day_range(window.first_day, window.last_day)
    if window.block is not None:
        return f"in block {window.block}, {dates}"
    if window.lead:
        return f"{window.lead} {dates}"
    return f"on {window.rotation} {dates}" if window.rotation else f"without a rotation {dates}"


def remarks(window: AveragingWindow) -> str:
    """What was left out of a window, and why it may be for information only; empty for most."""
    parts: list[str] = []
    if window.excluded:
        parts.append(f"leave {day_ranges(window.excluded)} left out")
    if window.is_small:
        parts.append(f"only {count(window.counted_days, 'counted day')}, so for information")
    if window.is_rolling:
        parts.append("windows that begin on every date are for information")
    return "".join(f"; {part}" for part in parts)
