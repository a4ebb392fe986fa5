"""Facts and rule packs in, findings out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from src.compliance.rules.failure import Failure, merge_overlapping
from src.compliance.rules.model import Facts, Finding, PersonFacts, Rule, RulePack
from src.compliance.rules.registry import KINDS
from src.compliance.rules.view import PersonView
from src.compliance.rules.wording import local_instant


def judge(facts: Facts, packs: Sequence[RulePack]) -> tuple[Finding, ...]:
    """Every finding of the packs on a program's year: by person, pack, rule, window.

    Raises KeyError for an enabled rule of a kind that the engine does not know.
    """
    spans = facts.checked_spans()
    return tuple(finding for person in facts.people for finding in _judge(facts, person, packs, spans))


def judge_person(facts: Facts, person: PersonFacts, packs: Sequence[RulePack]) -> tuple[Finding, ...]:
    """The findings on one person, who need not be the one `facts` holds: to try a change, hand it over."""
    return tuple(_judge(facts, person, packs, facts.checked_spans()))


type _Spans = tuple[tuple[int, int], ...]


def _judge(facts: Facts, person: PersonFacts, packs: Sequence[RulePack], spans: _Spans) -> Iterator[Finding]:
    for pack in packs:
        view = PersonView(facts, person, pack.parameters)
        for rule in pack.rules:
            if not rule.enabled:
                continue
            failures = list(KINDS[rule.kind](view, rule))
            for failure in merge_overlapping(failures) if failures else ():
                if _starts_in(failure, spans):
                    yield _finding(facts, person, pack, rule, failure)


def _starts_in(failure: Failure, spans: _Spans) -> bool:
    """Whether one of the entries starts in what is checked (D9)."""
    return any(
        (index := bisect_right(spans, duty.start, key=_first) - 1) >= 0 and duty.start < spans[index][1]
        for duty in failure.duties
    )


def _first(span: tuple[int, int]) -> int:
    return span[0]


def _finding(facts: Facts, person: PersonFacts, pack: RulePack, rule: Rule, failure: Failure) -> Finding:
    return Finding(
        rule=rule.id,
        severity=failure.severity,
        person=person.person,
        window_start_at=local_instant(failure.start, facts.time_zone),
        window_end_at=local_instant(failure.end, facts.time_zone),
        value=failure.value,
        limit=failure.limit,
        unit=failure.unit,
        clause=rule.clause,
        entries=tuple(duty.label for duty in failure.duties),
        message=failure.message,
        pack=pack.id,
        basis=facts.basis,
        weekly_hours=failure.weekly_hours,
    )
