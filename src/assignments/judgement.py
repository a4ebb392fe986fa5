"""What a change does to the findings on the people it touches.

A person's findings depend on every row of the person's year: windows are averaged, runs are counted. They do
not depend on others, save for the ratio in clinic, where a program says who precepts. So a change is judged
on whole persons, but what was found on a person in a saved state is kept: only the rows that change are made
into duties again, and only what lies near them is judged again.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from src.assignments.prepared import Prepared
from src.compliance.facts import facts_of
from src.compliance.rules import Duty, Facts, Finding, PersonFacts
from src.compliance.rules.changed import JudgedPerson, judge_again, judge_first
from src.interchange.schedule import AssignmentRow, Schedule, Severity

type SavedState = tuple[UUID, int]
"""A version and its revision: the content of a version moves only with its revision."""

FRAMES_IN_MEMORY = 8
KEPT_IN_MEMORY = 300
"""People whose duties and findings in a saved state are kept: some 100 kB each."""

_frames: OrderedDict[Hashable, Facts] = OrderedDict()
_saved: OrderedDict[tuple[SavedState, str], SavedPerson] = OrderedDict()


@dataclass(frozen=True, slots=True)
class SavedPerson:
    """A person in a saved state; of others, `frame` holds the sessions in clinic, if they matter."""

    frame: Facts
    judged: JudgedPerson

    @property
    def facts(self) -> PersonFacts:
        return self.judged.person

    @property
    def findings(self) -> tuple[Finding, ...]:
        return self.judged.findings


@dataclass(frozen=True, slots=True)
class Effect:
    """Findings that came, went and stayed; `worse` are hard ones that are new or farther over their limit.

    `people` are those touched, as they would be.
    """

    people: Mapping[str, SavedPerson]
    after: tuple[Finding, ...]
    added: tuple[Finding, ...]
    removed: tuple[Finding, ...]
    unchanged: tuple[Finding, ...]
    worse: tuple[Finding, ...]


def known_of(saved: SavedState, people: Iterable[str]) -> dict[str, SavedPerson]:
    """Those of the people whose saved state is in memory."""
    found: dict[str, SavedPerson] = {}
    for person in people:
        known = _saved.get((saved, person))
        if known is not None:
            _saved.move_to_end((saved, person))
            found[person] = known
    return found


def frame_of(key: Hashable) -> Facts | None:
    """The program's year that was made under that key, where it is in memory."""
    return _frames.get(key)


def make_frame(prepared: Prepared, key: Hashable, in_clinic: Schedule) -> Facts:
    """The program's year with everybody's sessions in clinic, or with nobody where they do not matter."""
    facts = facts_of(prepared.program, in_clinic)
    frame = facts if prepared.sees_everybody else replace(facts, people=())
    _frames[key] = frame
    while len(_frames) > FRAMES_IN_MEMORY:
        _frames.popitem(last=False)
    return frame


def judge_saved(
    prepared: Prepared, saved: SavedState, frame: Facts, people: Collection[str], schedule: Schedule
) -> dict[str, SavedPerson]:
    """Judge people as they are saved, from all of their rows, and remember it."""
    facts = facts_of(prepared.only(people), schedule)
    judged = _judge(prepared, frame, facts.people)
    found = {one.person.person: SavedPerson(frame, one) for one in judged}
    for person, known in found.items():
        _saved[saved, person] = known
    while len(_saved) > KEPT_IN_MEMORY:
        _saved.popitem(last=False)
    return found


def carry_over(before: SavedState, after: SavedState, changed: Mapping[str, SavedPerson]) -> None:
    """One state has become another, in which only some people are others: remember all of them there.

    To be called when the change is committed, and not where somebody's findings depend on others.
    """
    for state, person in [key for key in _saved if key[0] == before]:
        _saved[after, person] = _saved.pop((state, person))
    for person, known in changed.items():
        _saved[after, person] = known
    while len(_saved) > KEPT_IN_MEMORY:
        _saved.popitem(last=False)


def effect_of(
    prepared: Prepared,
    saved: Mapping[str, SavedPerson],
    gone: Sequence[AssignmentRow],
    come: Sequence[AssignmentRow],
) -> Effect:
    """What the rules say of the people when some of their rows go and others come."""
    old = tuple(finding for known in saved.values() for finding in known.findings)
    without, having = _duties_of(prepared, saved, gone), _duties_of(prepared, saved, come)
    changed = {
        person: _changed(known.facts, without[person], having[person]) for person, known in saved.items()
    }
    people = _judge_again(prepared, saved, changed)
    new = tuple(finding for known in people.values() for finding in known.findings)
    known_before = {_identity(finding) for finding in old}
    now = {_identity(finding) for finding in new}
    return Effect(
        people=people,
        after=new,
        added=tuple(finding for finding in new if _identity(finding) not in known_before),
        removed=tuple(finding for finding in old if _identity(finding) not in now),
        unchanged=tuple(finding for finding in new if _identity(finding) in known_before),
        worse=tuple(
            finding for finding in new if finding.severity is Severity.HARD and not _was_there(finding, old)
        ),
    )


def _judge(prepared: Prepared, frame: Facts, people: tuple[PersonFacts, ...]) -> tuple[JudgedPerson, ...]:
    """What the rules find on people as they are saved."""
    return judge_first(frame, people, prepared.packs)


def _judge_again(
    prepared: Prepared, saved: Mapping[str, SavedPerson], changed: Mapping[str, PersonFacts]
) -> dict[str, SavedPerson]:
    """What the rules find on people once some of their duties have changed."""
    if not saved:
        return {}
    frame = next(iter(saved.values())).frame
    before_and_after = [(known.judged, changed[person]) for person, known in saved.items()]
    judged = judge_again(frame, before_and_after, prepared.packs)
    return dict(zip(saved, (SavedPerson(frame, one) for one in judged), strict=True))


def _duties_of(
    prepared: Prepared, people: Collection[str], rows: Sequence[AssignmentRow]
) -> Mapping[str, tuple[Duty, ...]]:
    """The rows as the rules see them, by person."""
    if not rows:
        return dict.fromkeys(people, ())
    alone = replace(prepared.only(people), history=())
    facts = facts_of(alone, Schedule(assignments=tuple(rows)))
    return {own.person: own.duties for own in facts.people}


def _changed(own: PersonFacts, gone: Sequence[Duty], come: Sequence[Duty]) -> PersonFacts:
    """The person with some duties less and others more, in order."""
    left = Counter(gone)
    kept: list[Duty] = []
    for duty in own.duties:
        if left and left[duty] > 0:
            left[duty] -= 1
        else:
            kept.append(duty)
    duties = sorted((*kept, *come), key=lambda duty: (duty.start, duty.end, duty.label))
    return replace(own, duties=tuple(duties))


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
