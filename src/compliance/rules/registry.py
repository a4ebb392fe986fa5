"""Every kind of rule the engine can judge, listed once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from src.compliance.rules.failure import Judged
from src.compliance.rules.free7_postcall import free7_postcall
from src.compliance.rules.model import Rule
from src.compliance.rules.nf_6 import nf_6
from src.compliance.rules.nf_7 import nf_7
from src.compliance.rules.us_80 import us_80
from src.compliance.rules.us_call3 import us_call3
from src.compliance.rules.us_cont24 import us_cont24
from src.compliance.rules.us_free7 import us_free7
from src.compliance.rules.us_moon import us_moon
from src.compliance.rules.us_rest8 import us_rest8
from src.compliance.rules.us_rest14 import us_rest14
from src.compliance.rules.view import PersonView

type RuleFunction = Callable[[PersonView, Rule], Iterable[Judged]]

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
    }
)

AVERAGED_KINDS = frozenset({"weekly_hours", "free_days", "postcall_free_days", "call_frequency"})
"""Kinds that judge windows as wholes; all others judge every gap, period or run by itself."""
