"""Makes a certificate of a program, a schedule and the packs they are judged by. Pure but for the packs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from src.compliance.certificates.digests import file_digest, row_digests
from src.compliance.certificates.document import (
    Certificate,
    CertifiedApproval,
    CertifiedFile,
    CertifiedFinding,
    CertifiedOverride,
    CertifiedPack,
    CertifiedProgram,
    CertifiedRule,
    CertifiedVersion,
    CertifiedWaiver,
    MeasureRow,
)
from src.compliance.facts import facts_of
from src.compliance.packs import packs_of
from src.compliance.rules import Finding, Measure, RulePack, judge, measure
from src.compliance.structure.ground import judged_part
from src.compliance.waivers import Waiver
from src.interchange.model import Program
from src.interchange.schedule import ResultFile, Schedule, Scope, SolveStatus
from src.interchange.schedule_files import schedule_files
from src.interchange.writer import program_files


@dataclass(frozen=True, slots=True)
class Publication:
    """Which version was published, when (a UTC instant) and by whom; `academic_blocks` are those judged."""

    version_id: str
    schedule: str
    number: int
    scope: Scope
    academic_blocks: tuple[int, ...]
    published_at: datetime
    published_by: str


@dataclass(frozen=True, slots=True)
class Computed:
    """What the rules say: the packs they went by, what they found and every number with its margin."""

    packs: tuple[RulePack, ...]
    findings: tuple[Finding, ...]
    measures: tuple[Measure, ...]


def issue(
    program: Program,
    schedule: Schedule,
    publication: Publication,
    *,
    engine_version: str,
    waivers: Sequence[Waiver] = (),
) -> Certificate:
    """The certificate of a schedule of a program, judged by the packs the program goes by now.

    Raises `UnknownRulePackError`, `OverrideInvalidError` and `FactsError` where it cannot be judged.
    """
    computed = compute(program, schedule, publication.scope, publication.academic_blocks)
    versions = {pack.id: pack.version for pack in computed.packs}
    return Certificate(
        engine_version=engine_version,
        program=certified_program(program),
        version=CertifiedVersion(
            id=publication.version_id,
            schedule=publication.schedule,
            number=publication.number,
            scope=publication.scope,
            academic_blocks=list(publication.academic_blocks),
            published_at=publication.published_at,
            published_by=publication.published_by,
        ),
        packs=[certified_pack(pack) for pack in computed.packs],
        overrides=certified_overrides(program),
        approvals=certified_approvals(program),
        waivers=[CertifiedWaiver(**_plain(waiver)) for waiver in waivers],
        inputs=certified_files(input_files(with_versions(program, versions))),
        content=certified_files(content_files(program, schedule)),
        findings=[certified_finding(finding) for finding in computed.findings],
        measures=measure_rows(computed.measures),
    )


def compute(program: Program, schedule: Schedule, scope: Scope, blocks: Sequence[int]) -> Computed:
    """What the rules say of those academic blocks of a schedule; nothing where days were not solved."""
    packs = packs_of(program)
    result = ResultFile(SolveStatus.FEASIBLE, scope, tuple(blocks))
    judged = replace(schedule, result=result)
    if not judged_part(program, judged).days:
        return Computed(packs, (), ())
    facts = facts_of(program, judged)
    return Computed(packs, judge(facts, packs), measure(facts, packs))


def certified_program(program: Program) -> CertifiedProgram:
    return CertifiedProgram(
        id=program.id,
        name=program.name,
        time_zone=program.time_zone,
        year_start_date=program.year_start_date.isoformat(),
    )


def certified_overrides(program: Program) -> list[CertifiedOverride]:
    return [CertifiedOverride(**_plain(row)) for row in program.rule_overrides]


def certified_approvals(program: Program) -> list[CertifiedApproval]:
    return [CertifiedApproval(**_plain(row)) for row in program.rule_approvals]


def certified_pack(pack: RulePack) -> CertifiedPack:
    """A pack with all the numbers and choices it judges by."""
    return CertifiedPack(
        id=pack.id,
        version=pack.version,
        overridden=list(pack.overridden),
        judges_from=None if pack.judges_from is None else pack.judges_from.isoformat(),
        judges_until=None if pack.judges_until is None else pack.judges_until.isoformat(),
        parameters={name: _number(value) for name, value in asdict(pack.parameters).items()},
        rules=[
            CertifiedRule(
                id=rule.id,
                kind=rule.kind,
                clause=rule.clause,
                severity=rule.severity.value,
                enabled=rule.enabled,
                parameters={
                    name: None if parameter.value is None else _number(parameter.value)
                    for name, parameter in rule.parameters.items()
                },
            )
            for rule in pack.rules
        ],
    )


def _number(value: int | bool) -> int | bool:
    """A choice among several, which is a number with a name, as the number alone."""
    return value if isinstance(value, bool) else int(value)


def with_versions(program: Program, versions: Mapping[str, str]) -> Program:
    """The program with a version named for each of its packs that names none and that has one here."""
    names = (name.partition("@") for name in program.rule_packs)
    pinned = (
        f"{pack}@{versions[pack]}" if not at and pack in versions else f"{pack}{at}{version}"
        for pack, at, version in names
    )
    return replace(program, rule_packs=tuple(pinned))


def input_files(program: Program) -> Mapping[str, bytes]:
    """The canonical files of the program's inputs."""
    return program_files(program)


def content_files(program: Program, schedule: Schedule) -> Mapping[str, bytes]:
    """The canonical files of what the schedule itself says, instants in the program's zone."""
    bare = replace(schedule, denied=None, findings=None, result=None, certificate=None)
    return schedule_files(bare, program.zone)


def certified_files(files: Mapping[str, bytes]) -> dict[str, CertifiedFile]:
    return {
        name: CertifiedFile(sha256=file_digest(data), rows=row_digests(name, data))
        for name, data in sorted(files.items())
    }


def certified_finding(finding: Finding) -> CertifiedFinding:
    return CertifiedFinding(
        pack=finding.pack,
        rule=finding.rule,
        severity=finding.severity.value,
        person=finding.person,
        window_start_at=finding.window_start_at.isoformat(),
        window_end_at=finding.window_end_at.isoformat(),
        value=str(finding.value),
        limit=str(finding.limit),
        clause=finding.clause,
        message=finding.message,
    )


def measure_rows(measures: Iterable[Measure]) -> list[MeasureRow]:
    """Every number as the cells of `MEASURE_COLUMNS`."""
    return [
        [
            one.person,
            one.pack,
            one.rule,
            one.window_start_at.isoformat(),
            one.window_end_at.isoformat(),
            str(one.value),
            str(one.limit),
            str(one.margin),
            one.unit,
            "" if one.severity is None else one.severity.value,
        ]
        for one in measures
    ]


def _plain(row: Any) -> dict[str, Any]:
    """A frozen value's fields as plain values of JSON, its row number left out."""
    return {name: _word(value) for name, value in asdict(row).items() if name != "row"}


def _word(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int) else str(value)
