"""Rules of agreements and laws outside the United States, as kinds that several packs share."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from src.compliance.rules.failure import Judged
from src.compliance.rules.international.calls import (
    calls_apart,
    calls_by_share,
    calls_by_table,
    calls_in_dates,
    calls_in_row,
    calls_weighted,
)
from src.compliance.rules.international.days import days_in_row
from src.compliance.rules.international.hours import (
    average_hours,
    fatigue_risk,
    hours_in_dates,
    hours_in_period,
    night_work_average,
)
from src.compliance.rules.international.lengths import (
    day_length,
    leave_after_call,
    on_call_length,
    shift_length,
    work_day_with_call,
)
from src.compliance.rules.international.oncall import day_after_on_call, on_call_rest
from src.compliance.rules.international.rests import (
    breaks,
    rest_between_shifts,
    rest_in_each_day,
    rests_in_period,
)
from src.compliance.rules.international.runs import (
    late_shifts_in_row,
    long_shifts_in_row,
    nights_in_row,
    rest_after_nights,
)
from src.compliance.rules.international.weekends import (
    free_weekends,
    weekend_frequency,
    weekends_in_row,
    worked_weekends,
)
from src.compliance.rules.model import Rule
from src.compliance.rules.view import PersonView

INTERNATIONAL_KINDS: Mapping[str, Callable[[PersonView, Rule], Iterable[Judged]]] = MappingProxyType(
    {
        "average_hours": average_hours,
        "breaks": breaks,
        "calls_apart": calls_apart,
        "calls_by_share": calls_by_share,
        "calls_by_table": calls_by_table,
        "calls_in_dates": calls_in_dates,
        "calls_in_row": calls_in_row,
        "calls_weighted": calls_weighted,
        "day_after_on_call": day_after_on_call,
        "day_length": day_length,
        "days_in_row": days_in_row,
        "fatigue_risk": fatigue_risk,
        "free_weekends": free_weekends,
        "hours_in_dates": hours_in_dates,
        "hours_in_period": hours_in_period,
        "late_shifts_in_row": late_shifts_in_row,
        "leave_after_call": leave_after_call,
        "long_shifts_in_row": long_shifts_in_row,
        "night_shifts_in_row": nights_in_row,
        "night_work_average": night_work_average,
        "on_call_length": on_call_length,
        "on_call_rest": on_call_rest,
        "rest_after_nights": rest_after_nights,
        "rest_between_shifts": rest_between_shifts,
        "rest_in_each_day": rest_in_each_day,
        "rests_in_period": rests_in_period,
        "shift_length": shift_length,
        "weekend_frequency": weekend_frequency,
        "weekends_in_row": weekends_in_row,
        "work_day_with_call": work_day_with_call,
        "worked_weekends": worked_weekends,
    }
)

AVERAGED_INTERNATIONAL_KINDS = frozenset(
    {
        "calls_by_share",
        "calls_by_table",
        "calls_weighted",
        "free_weekends",
        "weekend_frequency",
        "worked_weekends",
    }
)
"""Kinds that judge windows as wholes, few of them to a year."""
