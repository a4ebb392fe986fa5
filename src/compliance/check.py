"""The whole check of a schedule against its program: what always holds, the rules, the score, the figures.

PURE but for the rule packs, which are documents of this package. It is what `rounds check`, the worker and
the API judge by, and shares no code with what makes schedules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from src.compliance.care import supervision_of
from src.compliance.facts import facts_of
from src.compliance.packs import packs_of
from src.compliance.rules import (
    DataFinding,
    Finding,
    NotJudged,
    data_findings,
    finding_rows,
    judge,
    not_judged,
)
from src.compliance.structure import Broken, Item, examine
from src.compliance.structure.broken import ASSIGNMENTS_FILE, in_reading_order
from src.compliance.structure.examine import NOTHING_KNOWN, Expansion
from src.compliance.structure.ground import Ground, judged_part
from src.compliance.waivers import Waived, Waiver, sort_out
from src.interchange.model import Program
from src.interchange.schedule import FindingRow, Schedule, Severity


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found.

    `hard`, `soft` and `info` count the findings by severity. `broken` holds what must always hold and does
    not, a hard finding included (item 5). `score_terms` are counts by term of the objective, `tiers` scores.
    `not_judged` names the enabled rules that the program's data is not enough for: they are no pass.
    `data_findings` tell what is odd in schedule and history; they neither break nor keep a rule. `waived` are
    the hard findings that a waiver lets stand; they are not among what is broken.
    """

    findings: tuple[Finding, ...]
    finding_rows: tuple[FindingRow, ...]
    broken: tuple[Broken, ...]
    score_terms: Mapping[str, Decimal]
    tiers: Mapping[int, Decimal]
    figures: Mapping[str, int | Decimal]
    not_judged: tuple[NotJudged, ...] = ()
    data_findings: tuple[DataFinding, ...] = ()
    waived: tuple[Waived, ...] = ()

    @property
    def hard(self) -> int:
        return self._count(Severity.HARD)

    @property
    def soft(self) -> int:
        return self._count(Severity.SOFT)

    @property
    def info(self) -> int:
        return self._count(Severity.INFO)

    @property
    def ok(self) -> bool:
        """Whether no finding is hard, or a waiver lets it stand, and everything else that must hold does."""
        return not self.blocking and not self.broken

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """The hard findings that no waiver lets stand."""
        stands = {one.finding for one in self.waived}
        return tuple(one for one in self.findings if one.severity is Severity.HARD and one not in stands)

    def under(self, waivers: Iterable[Waiver], today: date) -> CheckReport:
        """The same report where the waivers in force on that local date let hard findings stand."""
        _, waived = sort_out(self.findings, waivers, today)
        stands = {told_as_broken(one.finding) for one in waived}
        broken = tuple(one for one in self.broken if one.message not in stands)
        return replace(self, waived=waived, broken=broken)

    def to_json(self) -> dict[str, Any]:
        """What `rounds check --json` prints, as plain values of JSON; `waived` only where there are any."""
        waived = {"waived": [_waived_json(one) for one in self.waived]} if self.waived else {}
        return {
            "hard": self.hard,
            "soft": self.soft,
            "info": self.info,
            "findings": [_finding_json(row) for row in self.finding_rows],
            "score_terms": {term: _number(count) for term, count in self.score_terms.items()},
            "figures": {name: _figure(value) for name, value in self.figures.items()},
            "broken": [one.to_json() for one in self.broken],
            **waived,
        }

    def _count(self, severity: Severity) -> int:
        return sum(finding.severity is severity for finding in self.findings)


def check(program: Program, schedule: Schedule) -> CheckReport:
    """Judge a schedule. Bad rows are named in `broken`, never raised.

    Raises `UnknownRulePackError` for a rule pack of the program that there is not, `OverrideInvalidError` for
    an override that cannot be applied, and `FactsError` where no rule can be applied to the program at all.
    """
    return checked(program, schedule).report


@dataclass(frozen=True, slots=True)
class Checked:
    """A schedule as judged, with what another one near to it can be judged by sooner."""

    program: Program
    schedule: Schedule
    report: CheckReport
    expansion: Expansion


def checked(program: Program, schedule: Schedule) -> Checked:
    """Judge a schedule, and keep what is known of each person; raises what `check` does."""
    judged = _judge(program, schedule)
    return _told(program, schedule, judged, NOTHING_KNOWN)


def check_again(known: Checked, schedule: Schedule) -> Checked:
    """Judge another schedule of the same program and blocks: the report is the one that `check` gives.

    Only people whose rows are others are judged and expanded anew; demand, score and figures are everyone's.
    """
    program = known.program
    people = _others(known.schedule, schedule)
    if known.schedule.result != schedule.result or supervision_of(program) is not None:
        return checked(program, schedule)
    alone = replace(
        program,
        people=tuple(person for person in program.people if person.id in people),
        absences=tuple(row for row in program.absences if row.person in people),
        history=tuple(row for row in program.history if row.person in people),
    )
    own = replace(
        schedule,
        year=tuple(row for row in schedule.year if row.person in people),
        vacations=tuple(row for row in schedule.vacations if row.person in people),
        assignments=tuple(row for row in schedule.assignments if row.person in people),
    )
    found = _judge(alone, own)
    place = {person.id: number for number, person in enumerate(program.people)}
    kept = (finding for finding in known.report.findings if finding.person not in people)
    odd = (finding for finding in known.report.data_findings if finding.person not in people)
    judged = _Judged(
        tuple(sorted((*kept, *found.findings), key=lambda finding: place[finding.person])),
        known.report.not_judged,
        (*odd, *found.data_findings),
    )
    return _told(program, schedule, judged, known.expansion.without(people))


def _others(before: Schedule, after: Schedule) -> frozenset[str]:
    """The people whose rows are not the same, or not in the same order."""
    old, new = _by_person(before), _by_person(after)
    return frozenset(person for person in old.keys() | new.keys() if old.get(person) != new.get(person))


def _by_person(schedule: Schedule) -> dict[str, list[object]]:
    found: defaultdict[str, list[object]] = defaultdict(list)
    for rows in (schedule.year, schedule.vacations, schedule.assignments):
        for row in rows:
            found[row.person].append(row)
    return found


def _told(program: Program, schedule: Schedule, judged: _Judged, known: Expansion) -> Checked:
    findings = judged.findings
    rows = finding_rows(findings, program)
    examination = examine(program, schedule, rows, known)
    report = CheckReport(
        findings=findings,
        finding_rows=rows,
        broken=in_reading_order((*examination.broken, *_hard_rules_broken(program, schedule, findings))),
        score_terms=examination.score.terms,
        tiers=examination.score.tiers,
        figures=examination.figures,
        not_judged=judged.not_judged,
        data_findings=judged.data_findings,
    )
    return Checked(program, schedule, report, examination.expansion)


@dataclass(frozen=True, slots=True)
class _Judged:
    findings: tuple[Finding, ...] = ()
    not_judged: tuple[NotJudged, ...] = ()
    data_findings: tuple[DataFinding, ...] = ()


def _judge(program: Program, schedule: Schedule) -> _Judged:
    """What the program's packs say, and what they could not judge; nothing where days were not solved."""
    packs = packs_of(program)
    if not judged_part(program, schedule).days:
        return _Judged()
    ground = Ground(program, schedule)
    sound = replace(schedule, year=tuple(ground.year_rows.values()), vacations=ground.sound_vacations)
    facts = facts_of(program, sound)
    odd = data_findings(facts, packs[0]) if packs else facts.set_aside
    return _Judged(judge(facts, packs), not_judged(facts, packs), odd)


def _hard_rules_broken(program: Program, schedule: Schedule, findings: tuple[Finding, ...]) -> list[Broken]:
    """Every hard finding as a break of item 5, at the last row it rests on."""
    hard = [finding for finding in findings if finding.severity is Severity.HARD]
    if not hard:
        return []
    zone = program.zone
    row_of: dict[tuple[str, str], int] = {}
    for row in schedule.assignments:
        row_of[row.person, f"{row.date}/{row.session}/{row.id}"] = row.row
    found = []
    for finding in hard:
        labels = [label.removesuffix("/handover") for label in finding.entries]
        rows = [row_of[finding.person, label] for label in labels if (finding.person, label) in row_of]
        last = rows[-1] if rows else None
        words, begins = told_as_broken(finding), finding.window_start_at.astimezone(zone).date()
        found.append(
            Broken(Item.POST_CALL, ASSIGNMENTS_FILE, last, words, person=finding.person, dates=(begins,))
        )
    return found


def told_as_broken(finding: Finding) -> str:
    """The message of the break that a hard finding is."""
    return f"{finding.person}: {finding.rule} ({finding.clause}): {finding.message}"


def _finding_json(row: FindingRow) -> dict[str, str]:
    return {
        "rule": row.rule,
        "severity": row.severity.value,
        "person": row.person,
        "window_start_at": row.window_start_at.isoformat(),
        "window_end_at": row.window_end_at.isoformat(),
        "value": row.value,
        "limit": row.limit,
        "clause": row.clause,
        "entries": row.entries,
    }


def _waived_json(waived: Waived) -> dict[str, str | None]:
    finding, waiver = waived.finding, waived.waiver
    return {
        "rule": finding.rule,
        "person": finding.person,
        "message": finding.message,
        "reason": waiver.reason,
        "granted_by": waiver.granted_by,
        "granted_at": waiver.granted_at.isoformat(),
        "expires_date": None if waiver.expires_date is None else waiver.expires_date.isoformat(),
    }


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _figure(value: int | Decimal) -> int | float:
    return value if isinstance(value, int) else float(value)
