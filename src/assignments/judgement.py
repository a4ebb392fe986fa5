"""What a change does to the findings on the people it touches."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from uuid import UUID

from src.assignments.prepared import Prepared
from src.compliance.facts import facts_of
from src.compliance.rules import Finding, judge
from src.interchange.schedule import Schedule, Severity

type SavedState = tuple[UUID, int]
"""A version and its revision: the content of a version moves only with its revision."""

KEPT_IN_MEMORY = 2_000
"""People whose findings in a saved state are remembered, by far most of whom have none."""

_saved: OrderedDict[tuple[SavedState, str], tuple[Finding, ...]] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Effect:
    """Findings that came, went and stayed; `worse` are hard ones that are new or farther over their limit."""

    after: tuple[Finding, ...]
    added: tuple[Finding, ...]
    removed: tuple[Finding, ...]
    unchanged: tuple[Finding, ...]
    worse: tuple[Finding, ...]


def effect_of(
    prepared: Prepared,
    people: Collection[str],
    before: Schedule,
    after: Schedule,
    saved: SavedState | None = None,
) -> Effect:
    """Judge the people before and after; both schedules need only hold these people's rows.

    Where `before` is a saved state, its findings are remembered for the next change that is tried on it.
    """
    old = findings_before(prepared, people, before, saved)
    new = findings_on(prepared, people, after)
    known = {_identity(finding) for finding in old}
    now = {_identity(finding) for finding in new}
    return Effect(
        after=new,
        added=tuple(finding for finding in new if _identity(finding) not in known),
        removed=tuple(finding for finding in old if _identity(finding) not in now),
        unchanged=tuple(finding for finding in new if _identity(finding) in known),
        worse=tuple(
            finding for finding in new if finding.severity is Severity.HARD and not _was_there(finding, old)
        ),
    )


def findings_on(prepared: Prepared, people: Collection[str], schedule: Schedule) -> tuple[Finding, ...]:
    """What the rules say of these people."""
    return judge(facts_of(prepared.only(people), schedule), prepared.packs)


def findings_before(
    prepared: Prepared, people: Collection[str], schedule: Schedule, saved: SavedState | None
) -> tuple[Finding, ...]:
    """What the rules say of these people in a saved state, from memory where it is there."""
    if saved is None:
        return findings_on(prepared, people, schedule)
    missing = {person for person in people if (saved, person) not in _saved}
    if missing:
        found: dict[str, list[Finding]] = {person: [] for person in missing}
        for finding in findings_on(prepared, missing, _of(schedule, missing)):
            found[finding.person].append(finding)
        for person, findings in found.items():
            _saved[saved, person] = tuple(findings)
    told = tuple(finding for person in sorted(people) for finding in _saved[saved, person])
    while len(_saved) > KEPT_IN_MEMORY:
        _saved.popitem(last=False)
    return told


def _of(schedule: Schedule, people: Collection[str]) -> Schedule:
    """The rows of some of the people of a schedule."""
    return Schedule(
        year=tuple(row for row in schedule.year if row.person in people),
        vacations=tuple(row for row in schedule.vacations if row.person in people),
        assignments=tuple(row for row in schedule.assignments if row.person in people),
        result=schedule.result,
    )


def _identity(finding: Finding) -> Hashable:
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
