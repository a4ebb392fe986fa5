"""Puts a report together from facts, packs and waivers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import chain

from src.compliance.reports.hours import ResidentBlock, lines_by, resident_blocks
from src.compliance.reports.model import (
    Counts,
    HoursLine,
    PackLine,
    PlacedFinding,
    PlacedMeasure,
    Report,
    ReportScope,
)
from src.compliance.rules import Facts, Finding, Measure, RulePack, measure_person
from src.compliance.rules.columns import FactColumns
from src.compliance.rules.failure import severity_rank
from src.compliance.rules.screen import judge_columns
from src.compliance.waivers import Waiver
from src.interchange.model import Program
from src.interchange.schedule import Severity


@dataclass(frozen=True, slots=True)
class ReportInput:
    """All that reports of a version are made of.

    `waivers` are those in force. A mere year plan has no days to judge: it is not `is_judged`. `logged` are
    the findings on worked hours, whatever version they were worked under.
    """

    program: Program
    schedule: str
    number: int
    state: str
    published_at: datetime | None
    certificate_sha256: str | None
    columns: FactColumns
    packs: tuple[RulePack, ...]
    is_judged: bool
    waivers: tuple[Waiver, ...] = ()
    logged: tuple[Finding, ...] = ()

    @property
    def judging(self) -> tuple[RulePack, ...]:
        """The packs by which anything is judged."""
        return self.packs if self.is_judged else ()


@dataclass(frozen=True, slots=True)
class _Scope:
    """Which windows belong to the report: those of a person, a block or a rotation, or all."""

    person: str | None = None
    block: int | None = None
    rotation: str | None = None

    def holds(self, person: str, block: int | None, rotation: str | None) -> bool:
        return (
            self.person in (None, person)
            and self.block in (None, block)
            and (self.rotation is None or self.rotation == rotation)
        )


def build_report(
    given: ReportInput,
    scope: ReportScope = ReportScope.PROGRAM,
    *,
    person: str | None = None,
    block: int | None = None,
    rotation: str | None = None,
) -> Report:
    """The report of a version on everyone, a person, an academic block or a rotation.

    A window belongs to the block and the rotation that it begins in. Raises KeyError for an enabled rule of
    a kind that the engine does not know.
    """
    wanted = _Scope(person, block, rotation)
    place = _Places(given)
    planned = judge_columns(given.columns, given.judging)
    found = _in_order(place.finding(one) for one in chain(planned, place.of_version(given.logged)))
    findings = [one for one in found if wanted.holds(one.finding.person, one.block, one.rotation)]
    measures = [
        one for one in place.measures(person) if wanted.holds(one.measure.person, one.block, one.rotation)
    ]
    rows = [
        row
        for row in (resident_blocks(given.columns, given.judging[0].parameters) if given.judging else ())
        if wanted.holds(row.person, row.block, row.rotation)
    ]
    program = given.program
    frame = given.columns.frame
    checked = [one for one in frame.blocks if one.number in frame.checked_blocks]
    return Report(
        scope=scope,
        subject=_subject(program, wanted),
        program_id=program.id,
        program_name=program.name,
        time_zone=program.time_zone,
        schedule=given.schedule,
        number=given.number,
        state=given.state,
        published_at=given.published_at,
        first_date=checked[0].start_date if checked else program.year_start_date,
        last_date=checked[-1].end_date if checked else program.year_end_date,
        weekly_limit_hours=_weekly_limit(given.packs),
        certificate_sha256=given.certificate_sha256,
        packs=tuple(map(_pack_line, given.packs)),
        overrides=program.rule_overrides,
        approvals=tuple(
            one for one in program.rule_approvals if person is None or one.person in (None, person)
        ),
        waivers=tuple(one for one in given.waivers if person in (None, one.person)),
        counts=Counts.of(findings),
        findings=tuple(findings),
        closest_calls=tuple(sorted((one for one in measures if one.is_close), key=_closeness)),
        measures=tuple(measures),
        trend=_trend(program, rows, findings),
        rotations=_rotations(program, rows, findings),
        people=_people(program, rows, findings),
    )


class _Places:
    """Finds the block and the rotation a window begins in, and the names of people."""

    def __init__(self, given: ReportInput) -> None:
        self._given = given
        self._facts: Facts = given.columns.frame
        self._zone = given.program.zone
        self._position = {own.person: position for position, own in enumerate(given.columns.profiles)}
        self._name = {one.id: one.name for one in given.program.people}

    def of_version(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Those on residents of the version that begin in the academic blocks it is judged in."""
        for finding in findings:
            block = self._given.program.block_of(finding.window_start_at.astimezone(self._zone).date())
            if finding.person in self._position and block in self._facts.checked_blocks:
                yield finding

    def finding(self, finding: Finding) -> PlacedFinding:
        block, rotation = self._place(finding.person, finding.window_start_at)
        waiver = None
        if finding.severity is Severity.HARD:
            waiver = next((one for one in self._given.waivers if one.covers(finding)), None)
        return PlacedFinding(finding, self._name.get(finding.person, ""), block, rotation, waiver)

    def measures(self, person: str | None) -> Iterable[PlacedMeasure]:
        """The measures of one person or of all, made person by person."""
        columns = self._given.columns
        facts = columns.facts() if person is None else self._facts
        for position in self._position.values() if person is None else [self._position[person]]:
            own = facts.people[position] if person is None else columns.person(position)
            for one in measure_person(facts, own, self._given.judging):
                yield self._measure(one)

    def _measure(self, one: Measure) -> PlacedMeasure:
        block, rotation = self._place(one.person, one.window_start_at)
        percent = None if one.limit == 0 else (100 * one.margin / one.limit).quantize(Decimal("0.1"))
        return PlacedMeasure(one, self._name.get(one.person, ""), block, rotation, percent)

    def _place(self, person: str, start_at: datetime) -> tuple[int | None, str | None]:
        day = start_at.astimezone(self._zone).date()
        block = self._given.program.block_of(day)
        position = self._position[person]
        rotation = self._rotation(position, max(day, self._facts.year_start_date))
        return block, rotation

    def _rotation(self, position: int, day: date) -> str | None:
        for segment in self._given.columns.profiles[position].segments:
            if 0 <= (day - segment.first_date).days < segment.days:
                return segment.rotation
        return None


def _in_order(findings: Iterable[PlacedFinding]) -> list[PlacedFinding]:
    """The most severe first, then by time."""
    return sorted(
        findings,
        key=lambda one: (
            severity_rank(one.finding.severity),
            one.finding.window_start_at,
            one.finding.person,
            one.finding.rule,
        ),
    )


def _closeness(one: PlacedMeasure) -> tuple[object, ...]:
    """What is past its limit first, the farthest of it, then what is nearest to it."""
    measure = one.measure
    rank = 3 if measure.severity is None else severity_rank(measure.severity)
    percent = one.percent if one.percent is not None else Decimal(-100)
    return (rank, percent, measure.rule, measure.person, measure.window_start_at)


def _trend(
    program: Program, rows: Sequence[ResidentBlock], findings: Sequence[PlacedFinding]
) -> tuple[HoursLine, ...]:
    labels = {
        str(block.number): f"{block.start_date.isoformat()} – {block.end_date.isoformat()}"
        for block in program.academic_blocks
    }
    return lines_by(
        rows,
        findings,
        lambda row: str(row.block),
        lambda one: None if one.block is None else str(one.block),
        labels,
    )


def _rotations(
    program: Program, rows: Sequence[ResidentBlock], findings: Sequence[PlacedFinding]
) -> tuple[HoursLine, ...]:
    labels = {rotation.id: rotation.name for rotation in program.rotations}
    return lines_by(rows, findings, lambda row: row.rotation, lambda one: one.rotation, labels)


def _people(
    program: Program, rows: Sequence[ResidentBlock], findings: Sequence[PlacedFinding]
) -> tuple[HoursLine, ...]:
    labels = {person.id: person.name for person in program.residents}
    return lines_by(rows, findings, lambda row: row.person, lambda one: one.finding.person, labels)


def _weekly_limit(packs: Sequence[RulePack]) -> Decimal | None:
    """The weekly hours of the first pack that limits them for everyone."""
    for pack in packs:
        if any(rule.kind == "weekly_hours" and rule.enabled for rule in pack.rules):
            return Decimal(pack.parameters.weekly_minutes) / 60
    return None


def _pack_line(pack: RulePack) -> PackLine:
    return PackLine(pack.id, pack.version, pack.title, pack.overridden, pack.judges_from, pack.judges_until)


def _subject(program: Program, scope: _Scope) -> str:
    if scope.person is not None:
        person = program.person_by_id[scope.person]
        return f"{person.name} ({person.id})"
    if scope.block is not None:
        block = program.academic_blocks[scope.block - 1]
        return f"Block {block.number}, {block.start_date.isoformat()} – {block.end_date.isoformat()}"
    if scope.rotation is not None:
        rotation = program.rotation_by_id[scope.rotation]
        return f"{rotation.name} ({rotation.id})"
    return program.name
