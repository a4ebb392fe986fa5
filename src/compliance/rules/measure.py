"""How near everyone is to every limit: the number and margin of all that was judged, kept or not.

Of a rule that averages over windows every window is told. Of one that judges each gap, period or run by
itself the tightest of each programme block is told, which is what a person would ask for.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from src.compliance.rules.engine import judged
from src.compliance.rules.failure import Failure, Judged, Passed
from src.compliance.rules.international.judging import NOT_JUDGED
from src.compliance.rules.model import Basis, Facts, PersonFacts, Rule, RulePack
from src.compliance.rules.registry import AVERAGED_KINDS, lacking
from src.compliance.rules.wording import local_instant, rounded
from src.interchange.schedule import Severity


@dataclass(frozen=True, slots=True)
class Measure:
    """The number of one person under one rule in one window, beside its limit.

    `margin` is how far the value is on the right side of the limit, in `unit`; below zero it is beyond.
    `severity` is that of the failure, None = kept. A value that fails is rounded away from its limit, one
    that is kept towards it and never past it. The window is half-open, in instants of the program's zone.
    """

    pack: str
    version: str
    rule: str
    clause: str
    person: str
    window_start_at: datetime
    window_end_at: datetime
    value: Decimal
    limit: Decimal
    margin: Decimal
    unit: str
    severity: Severity | None
    basis: Basis = Basis.SCHEDULE


def measure(facts: Facts, packs: Sequence[RulePack]) -> tuple[Measure, ...]:
    """Every measure of the packs on a program's year: by person, pack, rule, window.

    Only what reaches into the checked academic blocks is told. Raises KeyError for an enabled rule of a kind
    that the engine does not know.
    """
    return tuple(one for person in facts.people for one in measure_person(facts, person, packs))


def measure_person(facts: Facts, person: PersonFacts, packs: Sequence[RulePack]) -> Iterator[Measure]:
    """The measures of one person, who need not be the one `facts` holds.

    What a rule could only say it cannot judge is no number, and none is told.
    """
    spans = facts.checked_spans()
    starts = [start for start, _ in spans]
    for pack, rule, found in judged(facts, person, packs):
        inside = [
            one
            for one in found
            if one.unit != NOT_JUDGED and any(one.start < end and start < one.end for start, end in spans)
        ]
        told: Iterable[Judged] = inside if rule.kind in AVERAGED_KINDS else _tightest(inside, starts)
        for one in sorted(told, key=_when):
            yield _measure(facts, person, pack, rule, one)


def _tightest(found: Iterable[Judged], block_starts: Sequence[int]) -> Iterable[Judged]:
    """Of what starts in one block, or before the first, the one nearest to or farthest past its limit."""
    by_block: dict[int, tuple[Fraction, Judged]] = {}
    for one in found:
        block, margin = max(bisect_right(block_starts, one.start) - 1, 0), _margin(one)
        if block not in by_block or margin < by_block[block][0]:
            by_block[block] = (margin, one)
    return [one for _, one in by_block.values()]


def _margin(one: Judged) -> Fraction:
    if isinstance(one, Passed):
        return Fraction(one.margin, one.divisor)
    return -abs(Fraction(one.value) - Fraction(one.limit))


def _when(one: Judged) -> tuple[int, int]:
    return (one.start, one.end)


def _measure(facts: Facts, person: PersonFacts, pack: RulePack, rule: Rule, one: Judged) -> Measure:
    if isinstance(one, Failure):
        value, limit, margin = one.value, one.limit, -abs(one.value - one.limit)
    else:
        value = rounded(one.value, one.divisor, up=not one.at_least)
        limit = rounded(one.limit, one.divisor, up=not one.at_least)
        margin = abs(limit - value)
    return Measure(
        pack=pack.id,
        version=pack.version,
        rule=rule.id,
        clause=rule.clause,
        person=person.person,
        window_start_at=local_instant(one.start, facts.time_zone),
        window_end_at=local_instant(one.end, facts.time_zone),
        value=value,
        limit=limit,
        margin=margin,
        unit=one.unit,
        severity=one.severity if isinstance(one, Failure) else None,
        basis=facts.basis,
    )


@dataclass(frozen=True, slots=True)
class NotJudged:
    """A rule that is enabled and was not judged, because the program's data is not enough for it."""

    pack: str
    version: str
    rule: str
    clause: str
    reason: str


def not_judged(facts: Facts, packs: Sequence[RulePack]) -> tuple[NotJudged, ...]:
    """The enabled rules that could not be judged, each once, with what is lacking: silence is no pass."""
    found = {
        (pack.id, rule.id): NotJudged(pack.id, pack.version, rule.id, rule.clause, reason)
        for pack in packs
        for rule in pack.rules
        if rule.enabled and (reason := lacking(facts, rule.kind))
    }
    return tuple(found.values())
