"""A person judged anew after some duties changed: only what the change can touch is computed again.

Of rules that average, the windows near the change; of rules on single rests, periods, runs and entries, those
between two long breaks around it (see `near`). What was found elsewhere stands. Rules of other kinds, and of
packs that average in unusual ways, are judged on the whole year.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from src.compliance.rules.columns import columns_of
from src.compliance.rules.engine import Views, failures_by, findings_of
from src.compliance.rules.failure import Failure
from src.compliance.rules.model import Facts, Finding, PersonFacts, Rule, RulePack
from src.compliance.rules.near import Near, Span, near_change
from src.compliance.rules.screen import suspects

type Failures = Mapping[int, tuple[Failure, ...]]
"""What rules found wrong, by their position among all rules of all packs; most found nothing."""


@dataclass(frozen=True, slots=True)
class JudgedPerson:
    """A person and what the packs found, kept so that a change of some duties can be judged sooner."""

    person: PersonFacts
    failures: Failures
    findings: tuple[Finding, ...]


def judge_first(
    facts: Facts, people: Sequence[PersonFacts], packs: Sequence[RulePack]
) -> tuple[JudgedPerson, ...]:
    """Judge people, who need not be those that `facts` holds: their findings are those of `judge_person`.

    Raises KeyError for an enabled rule of a kind that the engine does not know.
    """
    if not people:
        return ()
    named = suspects(columns_of(replace(facts, people=tuple(people))), packs)
    return tuple(
        _told(facts, person, packs, _failures(facts, person, packs, named[:, position].tolist()))
        for position, person in enumerate(people)
    )


def judge_again(
    facts: Facts, changed: Sequence[tuple[JudgedPerson, PersonFacts]], packs: Sequence[RulePack]
) -> tuple[JudgedPerson, ...]:
    """Judge people after a change: as they were, and as they are. The findings are those of `judge_person`.

    They were judged by the same packs under the same facts of the program. Those in whose year a change
    touches much are judged as at first, together.
    """
    parameters = [pack.parameters for pack in packs]
    nears = [near_change(facts, known.person, person, parameters) for known, person in changed]
    wide = [person for near, (_, person) in zip(nears, changed, strict=True) if near is None]
    judged_whole = iter(judge_first(facts, wide, packs))
    return tuple(
        next(judged_whole) if near is None else _judge_near(facts, known, person, near, packs)
        for near, (known, person) in zip(nears, changed, strict=True)
    )


def _judge_near(
    facts: Facts, known: JudgedPerson, person: PersonFacts, near: Near, packs: Sequence[RulePack]
) -> JudgedPerson:
    """What stands away from the change, and what is found near it."""
    part = Views(facts, replace(person, duties=near.duties), tells_kept=False, days=near.days)
    whole = Views(facts, person, tells_kept=False)
    failures: dict[int, tuple[Failure, ...]] = {}
    for number, pack, rule in _rules(packs):
        touched = near.touched_by(pack, rule)
        if touched is None:
            found = failures_by(whole.of(pack), pack, rule)
        else:
            before = known.failures.get(number, ())
            found = (
                *(one for one in before if not _lies_in(one, touched)),
                *(one for one in failures_by(part.of(pack), pack, rule) if _lies_in(one, touched)),
            )
        if found:
            failures[number] = found
    return _told(facts, person, packs, failures)


def _lies_in(failure: Failure, touched: Span) -> bool:
    return failure.start < touched[1] and touched[0] < failure.end


def _failures(
    facts: Facts, person: PersonFacts, packs: Sequence[RulePack], named: Sequence[bool]
) -> Failures:
    """What the rules named find on a person."""
    views = Views(facts, person, tells_kept=False)
    found = {
        number: failures_by(views.of(pack), pack, rule)
        for number, pack, rule in _rules(packs)
        if named[number]
    }
    return {number: failures for number, failures in found.items() if failures}


def _told(facts: Facts, person: PersonFacts, packs: Sequence[RulePack], failures: Failures) -> JudgedPerson:
    spans = facts.checked_spans()
    findings = tuple(
        finding
        for number, pack, rule in _rules(packs)
        if number in failures
        for finding in findings_of(facts, person, pack, rule, failures[number], spans)
    )
    return JudgedPerson(person, failures, findings)


def _rules(packs: Sequence[RulePack]) -> Iterator[tuple[int, RulePack, Rule]]:
    """The enabled rules of the packs, with their position among all."""
    numbered = enumerate((pack, rule) for pack in packs for rule in pack.rules)
    return ((number, pack, rule) for number, (pack, rule) in numbered if rule.enabled)
