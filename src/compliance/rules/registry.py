"""Every kind of rule the engine can judge, listed once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from src.compliance.rules.call_spacing import call_spacing
from src.compliance.rules.care_days import critical_care_days
from src.compliance.rules.clinic import clinic_gaps, clinic_hours, clinic_sessions, clinic_weeks
from src.compliance.rules.ed_shifts import ed_equal_rest, ed_shift_length
from src.compliance.rules.em_hours import em_60, em_72
from src.compliance.rules.failure import Judged
from src.compliance.rules.free7_postcall import free7_postcall
from src.compliance.rules.international import AVERAGED_INTERNATIONAL_KINDS, INTERNATIONAL_KINDS
from src.compliance.rules.model import Facts, Rule
from src.compliance.rules.nf_6 import nf_6
from src.compliance.rules.nf_7 import nf_7
from src.compliance.rules.night_float_service import night_float_service
from src.compliance.rules.ny_free import free_each_week
from src.compliance.rules.us_80 import us_80, us_88
from src.compliance.rules.us_call3 import us_call3
from src.compliance.rules.us_cont24 import us_cont24
from src.compliance.rules.us_elect import us_elect
from src.compliance.rules.us_free7 import us_free7
from src.compliance.rules.us_home import us_home
from src.compliance.rules.us_moon import us_moon
from src.compliance.rules.us_rest8 import us_rest8
from src.compliance.rules.us_rest14 import us_rest14
from src.compliance.rules.us_sup_l import us_sup_l
from src.compliance.rules.us_sup_r import clinic_ratio
from src.compliance.rules.view import PersonView

type RuleFunction = Callable[[PersonView, Rule], Iterable[Judged]]

EXCEPTED_HOURS = "excepted_hours"
"""The kind that judges windows with an approved exception; the weekly hours leave those to it."""

KINDS: Mapping[str, RuleFunction] = MappingProxyType(
    {
        "weekly_hours": us_80,
        "rest_between": us_rest8,
        "rest_after_call": us_rest14,
        "free_days": us_free7,
        "postcall_free_days": free7_postcall,
        "continuous_duty": us_cont24,
        "moonlighting": us_moon,
        "nights_in_row": nf_6,
        "free_among_nights": nf_7,
        "call_frequency": us_call3,
        EXCEPTED_HOURS: us_88,
        "elected_extensions": us_elect,
        "home_call_frequency": us_home,
        "supervision_level": us_sup_l,
        "clinic_ratio": clinic_ratio,
        "emergency_clinical_hours": em_60,
        "emergency_hours": em_72,
        "ed_shift_length": ed_shift_length,
        "ed_equal_rest": ed_equal_rest,
        "call_spacing": call_spacing,
        "night_float_service": night_float_service,
        "critical_care_days": critical_care_days,
        "clinic_weeks": clinic_weeks,
        "clinic_hours": clinic_hours,
        "clinic_sessions": clinic_sessions,
        "clinic_gaps": clinic_gaps,
        "free_each_week": free_each_week,
        **INTERNATIONAL_KINDS,
    }
)

LOCAL_WINDOW_KINDS = frozenset(
    {
        "weekly_hours",
        EXCEPTED_HOURS,
        "free_days",
        "postcall_free_days",
        "call_frequency",
        "elected_extensions",
        "home_call_frequency",
        "emergency_clinical_hours",
        "emergency_hours",
    }
)
"""Kinds that judge each averaging window by what lies in it, and by nothing else (see `near`)."""

AVERAGED_KINDS = LOCAL_WINDOW_KINDS | AVERAGED_INTERNATIONAL_KINDS
"""Kinds that judge windows as wholes; all others judge every gap, period or run by itself."""

LOCAL_SINGLE_KINDS = frozenset(
    {
        "rest_between",
        "rest_after_call",
        "continuous_duty",
        "moonlighting",
        "free_among_nights",
    }
)
"""Kinds that judge rests, periods, entries and stretches, none of which reaches across a long break."""

UNKNOWN_IS_UNCHECKED = frozenset({"night_float_service", "clinic_sessions"})
"""Kinds with several limits, of which those nobody knows are not checked."""


def _lacks_levels(facts: Facts) -> str:
    if facts.supervision is not None and facts.supervision.knows_levels:
        return ""
    return "The program does not say who supervises whom, and at which level."


def _lacks_preceptors(facts: Facts) -> str:
    if facts.supervision is not None and facts.supervision.knows_preceptors:
        return ""
    return "The program does not say which faculty precept in clinic."


LACKING: Mapping[str, Callable[[Facts], str]] = MappingProxyType(
    {"supervision_level": _lacks_levels, "clinic_ratio": _lacks_preceptors}
)
"""What the facts lack to judge a kind of rule, in a sentence; empty where they lack nothing."""


def lacking(facts: Facts, kind: str) -> str:
    """What the facts lack to judge a kind of rule; empty where it can be judged."""
    return LACKING[kind](facts) if kind in LACKING else ""
