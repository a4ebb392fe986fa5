"""Checks a schedule folder against a program folder, and says in words what came out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from src.compliance.certificates import (
    Certificate,
    Discrepancy,
    publication_date,
    read_certificate,
    verify,
)
from src.compliance.check import CheckReport, check
from src.compliance.rules import Finding
from src.compliance.structure import Broken, Item
from src.compliance.waivers import Waived
from src.interchange.columns import CERTIFICATE_FILE
from src.interchange.schedule import Severity
from src.planning.folders.read import Tell, program_at, schedule_at
from src.quantities import count

SHOWN = 20
"""Things of one kind that are written out; the JSON form has them all."""

WHAT_HOLDS = {
    Item.YEAR: "rotations, requirements, coverage, successions and pins",
    Item.VACATIONS: "vacation weeks, and nobody at work on vacation or absence",
    Item.WORK: "no overlaps, and exactly the work that template, clinic and calls say",
    Item.STAFFING: "staffing and calls, day by day",
    Item.POST_CALL: "post-call, and the hard rules of the program's packs",
    Item.RESULTS: "findings, denied requests and scores as told, and the certificate",
}

SEVERITIES = (Severity.HARD, Severity.SOFT, Severity.INFO)


@dataclass(frozen=True, slots=True)
class FolderReport:
    """A schedule folder as it was judged; `certificate` is there where the folder's one verifies."""

    report: CheckReport
    certificate: Certificate | None = None

    def to_json(self) -> dict[str, Any]:
        """What `rounds check --json` prints; `certificate` says which publication was verified, if any."""
        told = self.report.to_json()
        if self.certificate is not None:
            version = self.certificate.version
            told["certificate"] = {
                "sha256": self.certificate.seal(),
                "version_id": version.id,
                "published_at": version.published_at.isoformat(),
                "published_by": version.published_by,
            }
        return told


def check_folder(program: Path, schedule: Path, tell: Tell, *, with_waivers: bool = True) -> FolderReport:
    """Read both folders and judge the schedule; `tell` is handed the warnings of the reading.

    A certificate in the schedule's folder is verified: what it says and what does not hold is broken. The
    waivers of one that verifies let stand what they let stand on the day of publishing, unless told not to.

    Raises `ProgramRejectedError` or `ScheduleRejectedError` with every issue of a folder that cannot be
    read, and `UnknownRulePackError` for a rule pack that there is not.
    """
    inputs, content = program_at(program, tell), schedule_at(schedule, tell)
    report = check(inputs, content)
    if content.certificate is None:
        return FolderReport(report)
    discrepancies = verify(content.certificate, inputs, content)
    if discrepancies:
        broken = [Broken(Item.RESULTS, one.file, None, _certificate_line(one)) for one in discrepancies]
        return FolderReport(replace(report, broken=(*report.broken, *broken)))
    certificate, _ = read_certificate(content.certificate)
    if with_waivers:
        waivers = [waiver.as_waiver() for waiver in certificate.waivers]
        report = report.under(waivers, publication_date(certificate, inputs))
    return FolderReport(report, certificate)


def _certificate_line(one: Discrepancy) -> str:
    return one.message if one.file == CERTIFICATE_FILE else f"{one.message} (by {CERTIFICATE_FILE})"


def render_report(checked: FolderReport) -> str:
    """The report as plain text: the verdict, what is broken by item, findings by rule, score and figures."""
    return "\n".join(_lines(checked))


def _lines(checked: FolderReport) -> Iterator[str]:
    report = checked.report
    yield _verdict(report)
    if checked.certificate is not None:
        yield from _certificate_lines(checked.certificate)
    if report.waived:
        yield ""
        yield "Waived"
        yield from _shown(map(_waived_line, report.waived), len(report.waived))
    for item in Item:
        broken = [one for one in report.broken if one.item == item]
        if broken:
            yield ""
            yield f"{int(item)}. {WHAT_HOLDS[item]}: {len(broken)} broken"
            yield from _shown(map(_broken_line, broken), len(broken))
    if report.findings:
        yield ""
        yield "Findings"
        yield from _finding_lines(report.findings)
    if report.not_judged:
        yield ""
        yield "Not judged"
        yield from (f"  {one.rule} ({one.pack}): {one.reason}" for one in report.not_judged)
    if report.data_findings:
        yield ""
        yield "Odd in the data"
        odd = (f"  {one.message}" for one in report.data_findings)
        yield from _shown(odd, len(report.data_findings))
    if report.score_terms:
        yield ""
        yield "Score"
        yield from (f"  {term}: {_plain(worth)}" for term, worth in report.score_terms.items())
        yield from (f"  tier {tier}: {_plain(objective)}" for tier, objective in report.tiers.items())
    yield ""
    yield "Figures"
    yield from (f"  {name.replace('_', ' ')}: {_plain(value)}" for name, value in report.figures.items())


def _verdict(report: CheckReport) -> str:
    if report.ok and report.waived:
        waived = len(report.waived)
        stand = "stands" if waived == 1 else "stand"
        return (
            f"Legal under waivers: {count(waived, 'hard finding')} {stand}, "
            f"everything else that must hold does ({_counts(report)})."
        )
    if report.ok:
        return f"Legal: no hard finding, everything that must hold does ({_counts(report)})."
    broken = len(report.broken)
    do = "does" if broken == 1 else "do"
    return f"Not legal: {count(broken, 'thing')} that must hold {do} not ({_counts(report)})."


def _counts(report: CheckReport) -> str:
    return f"{report.hard} hard, {report.soft} soft, {report.info} info findings"


def _certificate_lines(certificate: Certificate) -> Iterator[str]:
    version = certificate.version
    yield ""
    yield "Certificate: everything in it that can be computed holds"
    yield (
        f"  version {version.number} of {version.schedule!r}, by its word published"
        f" {version.published_at.isoformat(timespec='seconds')} by {version.published_by}"
    )
    yield f"  SHA-256 {certificate.seal()}"


def _waived_line(waived: Waived) -> str:
    waiver = waived.waiver
    until = "" if waiver.expires_date is None else f", until {waiver.expires_date}"
    return (
        f"  {waived.finding.message}: waived by {waiver.granted_by} on"
        f" {waiver.granted_at.date()}{until}: {waiver.reason}"
    )


def _broken_line(one: Broken) -> str:
    place = one.file if one.row is None else f"{one.file} row {one.row}"
    return f"  {place}: {one.message}"


def _finding_lines(findings: Iterable[Finding]) -> Iterator[str]:
    found = list(findings)
    for severity in SEVERITIES:
        of_severity = [finding for finding in found if finding.severity is severity]
        for rule, number in sorted(Counter(finding.rule for finding in of_severity).items()):
            yield f"  {rule} {severity}: {number}"
            of_rule = (f"    {finding.message}" for finding in of_severity if finding.rule == rule)
            yield from _shown(of_rule, number, indent="    ")


def _shown(lines: Iterable[str], total: int, indent: str = "  ") -> Iterator[str]:
    for number, line in enumerate(lines):
        if number == SHOWN:
            yield f"{indent}… and {total - SHOWN} more"
            return
        yield line


def _plain(value: int | Decimal) -> str:
    return format(Decimal(value).normalize(), "f")
