"""Hard rules of a program's packs as plain data: a kind, numbers, and where they hold.

The words are those of the rule packs' documents; what they mean is worked out anew by the engine, so that it
and the judge share numbers and no code. Minutes are whole minutes, choices are 0 or 1, days are numbers of
dates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from types import MappingProxyType

COMMON_KINDS = frozenset(
    {"weekly_hours", "call_frequency", "free_days", "continuous_duty", "rest_after_call"}
)
"""The kinds of the common requirements, which `Limits` says with numbers of its own."""

ADVISED_KINDS = frozenset(
    {"rest_between", "nights_in_row", "free_among_nights", "free_days", "postcall_free_days"}
)
"""The kinds whose soft findings the engine counts as advisories."""

COMMON_WORDS = MappingProxyType(
    {
        "continuous_duty": "continuous duty has a limit",
        "rest_after_call": "rest follows 24 hours of call",
        "weekly_hours": "weekly hours have a limit",
        "free_days": "one day in seven is free",
        "call_frequency": "calls are not more often than every third night",
    }
)
"""What the common requirements say, where no pack says it."""


@dataclass(frozen=True)
class LimitRow:
    """One hard rule: `numbers` are its own parameters and those of its pack, by name.

    `rotations` are those it speaks of (None = all). `first_date` and `last_date` bound where windows and runs
    may begin (None = open): an override may hold for some dates alone. `words` say the rule for a person.
    """

    kind: str
    rule: str
    pack: str
    numbers: tuple[tuple[str, int], ...] = ()
    rotations: frozenset[str] | None = None
    first_date: date | None = None
    last_date: date | None = None
    words: str = field(default="", compare=False)

    @cached_property
    def _by_name(self) -> Mapping[str, int]:
        return dict(self.numbers)

    def number(self, name: str, missing: int = 0) -> int:
        """A number by its name; `missing` where the rule has none."""
        return self._by_name.get(name, missing)

    def choice(self, name: str) -> bool:
        """Whether the rule makes the choice of that name."""
        return bool(self._by_name.get(name, 0))

    def has(self, name: str) -> bool:
        return name in self._by_name


def common_rule(kind: str, rules: Iterable[LimitRow]) -> LimitRow:
    """The rule of that kind among some of packs; by its kind alone where none of them is."""
    nameless = LimitRow(kind, kind.replace("_", " "), "", words=COMMON_WORDS[kind])
    return next((rule for rule in rules if rule.kind == kind), nameless)


def said(rule: LimitRow) -> str:
    """The rule for a person: its name, its pack and its words."""
    return f"{rule.rule} ({rule.pack}): {rule.words}" if rule.pack else f"{rule.rule}: {rule.words}"
