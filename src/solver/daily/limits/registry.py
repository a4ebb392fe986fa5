"""Every kind of rule that the engine can keep as a row, listed once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from src.solver.daily.limits.book import Book, Poster
from src.solver.daily.limits.calls import (
    call_frequency,
    call_spacing,
    calls_apart,
    calls_by_share,
    calls_by_table,
    calls_in_dates,
    calls_in_row,
    calls_weighted,
)
from src.solver.daily.limits.hours import (
    average_hours,
    emergency_clinical_hours,
    emergency_hours,
    hours_in_dates,
    hours_in_period,
    weekly_hours,
)
from src.solver.daily.limits.lengths import (
    day_after_on_call,
    day_length,
    ed_equal_rest,
    ed_shift_length,
    leave_after_call,
    on_call_length,
    shift_length,
    work_day_with_call,
)
from src.solver.daily.limits.rests import (
    free_days,
    free_each_week,
    rest_between,
    rest_between_shifts,
    rest_in_each_day,
    rests_in_period,
)
from src.solver.daily.limits.runs import (
    days_in_row,
    late_shifts_in_row,
    long_shifts_in_row,
    night_shifts_in_row,
    rest_after_nights,
)
from src.solver.daily.limits.weekends import (
    free_weekends,
    weekend_frequency,
    weekends_in_row,
    worked_weekends,
)
from src.solver.daily.presence import PersonDraft
from src.solver.limit_rows import LimitRow

KINDS: Mapping[str, Callable[[Poster], None]] = MappingProxyType(
    {
        "average_hours": average_hours,
        "call_frequency": call_frequency,
        "call_spacing": call_spacing,
        "calls_apart": calls_apart,
        "calls_by_share": calls_by_share,
        "calls_by_table": calls_by_table,
        "calls_in_dates": calls_in_dates,
        "calls_in_row": calls_in_row,
        "calls_weighted": calls_weighted,
        "day_after_on_call": day_after_on_call,
        "day_length": day_length,
        "days_in_row": days_in_row,
        "ed_equal_rest": ed_equal_rest,
        "ed_shift_length": ed_shift_length,
        "emergency_clinical_hours": emergency_clinical_hours,
        "emergency_hours": emergency_hours,
        "free_days": free_days,
        "free_each_week": free_each_week,
        "free_weekends": free_weekends,
        "hours_in_dates": hours_in_dates,
        "hours_in_period": hours_in_period,
        "late_shifts_in_row": late_shifts_in_row,
        "leave_after_call": leave_after_call,
        "long_shifts_in_row": long_shifts_in_row,
        "night_shifts_in_row": night_shifts_in_row,
        "on_call_length": on_call_length,
        "rest_after_nights": rest_after_nights,
        "rest_between": rest_between,
        "rest_between_shifts": rest_between_shifts,
        "rest_in_each_day": rest_in_each_day,
        "rests_in_period": rests_in_period,
        "shift_length": shift_length,
        "weekend_frequency": weekend_frequency,
        "weekends_in_row": weekends_in_row,
        "weekly_hours": weekly_hours,
        "work_day_with_call": work_day_with_call,
        "worked_weekends": worked_weekends,
    }
)

UNLIKE_NIGHTS = ("opted_out", "leave_in_working_days", "prospective_cover", "by_block")
ROLLING28 = 5
AVERAGED = frozenset({"weekly_hours", "free_days", "call_frequency"})


def keep_rows(draft: PersonDraft, rows: Iterable[LimitRow], *, whole_year: bool = False) -> None:
    """Post what the rows ask of a resident; `whole_year` where the days not to be solved are known too.

    Raises KeyError for a row of a kind that cannot be kept.
    """
    if draft.year.solved:
        book = Book(draft, whole_year=whole_year)
        for row in rows:
            KINDS[row.kind](Poster(book, row))


def can_keep(row: LimitRow) -> bool:
    """Whether the engine knows the row's kind, with its numbers."""
    made_up = row.kind == "average_hours" and row.choice("leave_made_up_after")
    return row.kind in KINDS and (not made_up or row.choice("prospective_cover"))


def is_planned(row: LimitRow, rows: Sequence[LimitRow]) -> bool:
    """Whether the engine keeps all that the row asks, or other rows make sure of it."""
    if row.kind == "night_work_average":
        return not row.choice("special_hazard") and any(_implies(other, row) for other in rows)
    if row.kind == "breaks":
        return not _asks_for_breaks(row)
    if row.kind in AVERAGED and row.number("window_mode") == ROLLING28:
        return True  # told for information only
    return can_keep(row)


def _implies(hours: LimitRow, nights: LimitRow) -> bool:
    """Whether hours on average a week keep night work within its average: six days of so many hours."""
    return (
        hours.kind == "average_hours"
        and hours.choice("rolling") is nights.choice("rolling")
        and hours.number("reference_days") == nights.number("reference_days")
        and 0 < hours.number("weekly_minutes") <= 6 * nights.number("minutes")
        and not any(hours.choice(name) for name in UNLIKE_NIGHTS)
        and hours.rotations is None
        and (hours.first_date, hours.last_date) == (nights.first_date, nights.last_date)
    )


def _asks_for_breaks(row: LimitRow) -> bool:
    """Whether a plan can fail the row: where breaks are written down, or more than one is due."""
    later = ("two_after_minutes", "three_by_night_minutes")
    return row.choice("breaks_are_recorded") or any(row.number(name) for name in later)
