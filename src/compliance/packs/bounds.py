"""What numbers of rule packs may be: none that the arithmetic of a rule could not stand."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

TEN_YEARS_OF_DAYS = 3_660
TEN_YEARS_OF_MINUTES = TEN_YEARS_OF_DAYS * 24 * 60

MINUTES_OF_A_DAY = (0, 24 * 60 - 1)

BY_NAME: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "window_days": (1, TEN_YEARS_OF_DAYS),
        "free_period_minutes": (1, TEN_YEARS_OF_MINUTES),
        "free_period_every_days": (1, TEN_YEARS_OF_DAYS),
        "call_every_days": (1, TEN_YEARS_OF_DAYS),
        "night_float_window_days": (1, TEN_YEARS_OF_DAYS),
        "call_date_cut_minutes": MINUTES_OF_A_DAY,
        "window_edge_minutes": MINUTES_OF_A_DAY,
        "ends_after_minute": MINUTES_OF_A_DAY,
        "latest_minute": MINUTES_OF_A_DAY,
        "monday_until_minute": MINUTES_OF_A_DAY,
        "night_from_minute": MINUTES_OF_A_DAY,
        "night_until_minute": MINUTES_OF_A_DAY,
        "saturday_from_minute": MINUTES_OF_A_DAY,
        "sunday_until_minute": MINUTES_OF_A_DAY,
        "one_in": (1, TEN_YEARS_OF_DAYS),
        "aim_one_in": (1, TEN_YEARS_OF_DAYS),
        "every": (1, TEN_YEARS_OF_DAYS),
        "days": (1, TEN_YEARS_OF_DAYS),
        "reference_days": (1, TEN_YEARS_OF_DAYS),
    }
)
"""The least and the most of the parameters that divide, cut dates or are a time of day."""


def problem_with(value: int, *, name: str = "", unit: str = "minutes") -> str | None:
    """What is wrong with a number, as the end of a sentence about it; None where nothing is.

    `name` is that of the parameter, of a whole pack or of a rule; `unit` is that of a rule's own.
    """
    is_of_dates = "day" in unit or "week" in unit
    longest = TEN_YEARS_OF_DAYS if is_of_dates else TEN_YEARS_OF_MINUTES
    least, most = BY_NAME.get(name, (0, longest))
    if value < 0:
        return "must not be negative"
    if value < least:
        return f"must be at least {least}"
    return f"must be at most {most}" if value > most else None
