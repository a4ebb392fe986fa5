"""Small years for the rules of other countries: day 0 is a Monday, times are local."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from src.compliance.packs import load_pack
from src.compliance.rules import Finding, RulePack, judge
from src.compliance.rules.choices import Care
from src.interchange.model import DutyType
from tests.compliance.rules.building import CALL, CLINICAL, HOME_CALL, TRANSITION, Roster

CALLED_IN = DutyType.HOME_CALL_ONSITE
FROM_HOME = DutyType.HOME_CALL_REMOTE_CARE
MONDAY = date(2026, 7, 6)
LONDON, TORONTO, AUCKLAND = "Europe/London", "America/Toronto", "Pacific/Auckland"

__all__ = ["CALL", "CALLED_IN", "CLINICAL", "FROM_HOME", "HOME_CALL", "LONDON", "MONDAY", "Roster"]


def year(*blocks: int, zone: str = "UTC", first: date = MONDAY) -> Roster:
    """Blocks of so many days (28 without any), each with a rotation of its own."""
    lengths = blocks or (28,)
    return Roster(
        zone=zone, first=first, blocks=lengths, rotations=tuple(f"R{n}" for n in range(len(lengths)))
    )


def in_place(roster: Roster, care: Care, rotation: str = "R0") -> Roster:
    """The same year with a rotation in one kind of place."""
    return replace(roster, care={**roster.care, rotation: care})


def minutes(roster: Roster, day: int, wall: str, length: int, kind: DutyType = CLINICAL) -> Roster:
    """So many elapsed minutes of duty."""
    return roster.work(day, wall, length / 60, kind)


def with_rule(pack_id: str, rule: str, **parameters: int | bool) -> RulePack:
    """A pack with some parameters of a rule set otherwise, and the rule enabled."""
    pack = load_pack(pack_id)
    [found] = [one for one in pack.rules if one.id == rule]
    changed = {name: replace(found.parameters[name], value=value) for name, value in parameters.items()}
    mine = replace(found, enabled=True, parameters={**found.parameters, **changed})
    return replace(pack, rules=(mine,))


def findings(roster: Roster, pack_id: str, rule: str, **parameters: int | bool) -> list[Finding]:
    """What one rule of a pack says, that it could not judge included."""
    return list(judge(roster.facts(), [with_rule(pack_id, rule, **parameters)]))


def told(roster: Roster, pack_id: str, rule: str, **parameters: int | bool) -> list[str]:
    """Severities of what one rule of a pack says; "not judged" where it could not judge."""
    return [
        one.unit if one.unit == "not judged" else one.severity.value
        for one in findings(roster, pack_id, rule, **parameters)
    ]


def numbers(found: Iterable[Finding]) -> list[tuple[Decimal | int, Decimal | int]]:
    """Value and limit of each finding."""
    return [(one.value, one.limit) for one in found]


def called(roster: Roster, number: int, kind: DutyType = CALL, every: int = 2) -> Roster:
    """So many calls, one every other day."""
    return roster.work(range(0, number * every, every), "17:00", 14, kind)


def stay(call_end: str, stays: str) -> Roster:
    """Call from 17:00 and hand-over after it until a time on the next day."""
    roster = year()
    end = roster.minute(1, call_end)
    minutes(roster, 0, "17:00", end - roster.minute(0, "17:00"), CALL)
    return minutes(roster, 1, call_end, roster.minute(1, stays) - end, TRANSITION)
