"""Which of a pack's own numbers and choices a rule goes by, by the rule's kind.

Rules of the common requirements share the numbers of their pack, so that one override changes all that go by
it. Whoever reads one rule wants to see them beside it. Kinds that are not here have all their numbers in the
rule itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_WINDOW = (
    "window_mode",
    "window_days",
    "longest_single_window_days",
    "min_window_days",
    "window_edge_minutes",
    "leave_is_left_out",
)
_WORK = ("merge_gap_minutes", "cont_length", "home_call_onsite_is_continuous", "moonlighting_is_work")
_FREE = (
    "free_period_minutes",
    "free_basis",
    "work_from_home_breaks_free_day",
    "moonlighting_breaks_free_day",
)

GOES_BY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "weekly_hours": ("weekly_minutes", *_WINDOW),
        "excepted_hours": ("weekly_minutes", *_WINDOW),
        "rest_between": ("min_rest_minutes", "merge_gap_minutes", "moonlighting_is_work"),
        "rest_after_call": ("rest_after_call_trigger_minutes", "rest_after_call_minutes", *_WORK),
        "free_days": ("free_period_every_days", *_FREE, *_WINDOW),
        "postcall_free_days": (
            "max_postcall_free",
            "rest_after_call_trigger_minutes",
            *_FREE,
            *_WORK,
            *_WINDOW,
        ),
        "continuous_duty": ("continuous_minutes", "transition_minutes", *_WORK),
        "moonlighting": ("moonlighting_min_pgy",),
        "nights_in_row": ("max_nights_in_row",),
        "free_among_nights": ("night_float_window_days", *_FREE),
        "call_frequency": ("call_every_days", "call_date_cut_minutes", *_WINDOW),
        "call_spacing": ("call_date_cut_minutes",),
        "elected_extensions": _WINDOW,
        "home_call_frequency": ("call_date_cut_minutes", *_WINDOW),
        "emergency_clinical_hours": _WINDOW,
        "emergency_hours": _WINDOW,
        "ed_shift_length": ("merge_gap_minutes",),
        "ed_equal_rest": ("merge_gap_minutes",),
    }
)
