"""What the numbers and marks of a rule pack say to a person."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

from src.compliance.rules import Rule
from src.interchange import texts

CHOICE = "choice"

SURENESS: Mapping[str, str] = {
    "S1": "The primary text, or a verbatim quotation of it, was seen.",
    "S2": "Seen in a secondary source only.",
    "GK+": "General knowledge, confident.",
    "GK?": "General knowledge, not confident; nobody has read the primary text yet.",
    "ours": "A choice of ours where the sources are silent.",
}
"""What each mark of sureness means."""

_UNIT_BY_NAME: Mapping[str, str] = {
    "max_nights_in_row": "nights",
    "max_postcall_free": "free days",
    "moonlighting_min_pgy": "PGY",
}
_UNIT_BY_ENDING = {"_minutes": "minutes", "_days": "days"}


def unit_of(name: str, value: int | bool) -> str:
    """The unit of a pack's own parameter, which its name tells."""
    if isinstance(value, bool):
        return CHOICE
    if name in _UNIT_BY_NAME:
        return _UNIT_BY_NAME[name]
    return next((unit for ending, unit in _UNIT_BY_ENDING.items() if name.endswith(ending)), "number")


def in_words(value: int | bool | None, unit: str) -> str:
    """A value as a person says it: `80 h`, `28 days`, `yes`."""
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, IntEnum):
        return value.name.lower().replace("_", " ")
    if unit == "minutes":
        return f"{texts.hours(value)} h"
    if unit == "percent":
        return f"{value} %"
    return f"{unit} {value}" if unit == "PGY" else f"{value} {unit}"


def why_disabled(rule: Rule) -> str | None:
    """Why a rule judges nothing; None for one that does."""
    if rule.enabled:
        return None
    unknown = sorted(name for name, parameter in rule.parameters.items() if parameter.value is None)
    if unknown:
        return f"Nobody has found out {', '.join(unknown)} yet; a program that knows can set and enable it."
    if rule.sureness == "GK?":
        return f"{SURENESS['GK?']} A program that goes by it can enable it, with a reason."
    return "It holds only where a program says so; an override of `enabled` switches it on."
