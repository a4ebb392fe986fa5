"""Every rule the engine can judge, listed once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from src.compliance.rules.failure import Failure
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

type RuleFunction = Callable[[PersonView, Rule], Iterable[Failure]]

RULES: Mapping[str, RuleFunction] = MappingProxyType(
    {
        "US-80": us_80,
        "US-REST8": us_rest8,
        "US-REST14": us_rest14,
        "US-FREE7": us_free7,
        "FREE7-POSTCALL": free7_postcall,
        "US-CONT24": us_cont24,
        "US-MOON": us_moon,
        "NF-6": nf_6,
        "NF-7": nf_7,
        "US-CALL3": us_call3,
    }
)
