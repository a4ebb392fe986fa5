"""What a change does to the findings on the people it touches. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from src.compliance.facts import facts_of
from src.compliance.packs import packs_of
from src.compliance.rules import Finding, judge
from src.interchange.model import Program
from src.interchange.schedule import Schedule, Severity


@dataclass(frozen=True, slots=True)
class Effect:
    """Findings that came, went and stayed; `worse` are hard ones that are new or farther over their limit."""

    after: tuple[Finding, ...]
    added: tuple[Finding, ...]
    removed: tuple[Finding, ...]
    worse: tuple[Finding, ...]


def effect_of(program: Program, people: Iterable[str], before: Schedule, after: Schedule) -> Effect:
    """Judge the people before and after; both schedules need only hold these people's rows."""
    wanted = set(people)
    some = replace(program, people=tuple(person for person in program.people if person.id in wanted))
    packs = packs_of(program)
    old = judge(facts_of(some, before), packs)
    new = judge(facts_of(some, after), packs)
    known = {_identity(finding) for finding in old}
    now = {_identity(finding) for finding in new}
    return Effect(
        after=new,
        added=tuple(finding for finding in new if _identity(finding) not in known),
        removed=tuple(finding for finding in old if _identity(finding) not in now),
        worse=tuple(
            finding for finding in new if finding.severity is Severity.HARD and not _was_there(finding, old)
        ),
    )


def _identity(finding: Finding) -> tuple[object, ...]:
    return (
        finding.rule,
        finding.severity,
        finding.person,
        finding.window_start_at,
        finding.window_end_at,
        finding.value,
    )


def _was_there(finding: Finding, before: Sequence[Finding]) -> bool:
    """Whether the same rule failed before over the same time, at least as badly."""
    return any(
        old.rule == finding.rule
        and old.person == finding.person
        and old.severity is Severity.HARD
        and old.window_start_at < finding.window_end_at
        and finding.window_start_at < old.window_end_at
        and abs(old.value - old.limit) >= abs(finding.value - finding.limit)
        for old in before
    )
