"""Checks a schedule folder against a program folder, and says in words what came out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from src.compliance.certificates import Discrepancy, verify
from src.compliance.check import CheckReport, check
from src.compliance.rules import Finding
from src.compliance.structure import Broken, Item
from src.interchange.columns import CERTIFICATE_FILE
from src.interchange.schedule import Severity
from src.planning.folders.read import Tell, program_at, schedule_at

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


def check_folder(program: Path, schedule: Path, tell: Tell) -> CheckReport:
    """Read both folders and judge the schedule; `tell` is handed the warnings of the reading.

    A certificate in the schedule's folder is verified: what it says and what does not hold is broken.

    Raises `ProgramRejectedError` or `ScheduleRejectedError` with every issue of a folder that cannot be
    read, and `UnknownRulePackError` for a rule pack that there is not.
    """
    inputs, content = program_at(program, tell), schedule_at(schedule, tell)
    report = check(inputs, content)
    if content.certificate is None:
        return report
    discrepancies = verify(content.certificate, inputs, content)
    broken = [Broken(Item.RESULTS, one.file, None, _certificate_line(one)) for one in discrepancies]
    return replace(report, broken=(*report.broken, *broken))


def _certificate_line(one: Discrepancy) -> str:
    return one.message if one.file == CERTIFICATE_FILE else f"{one.message} (by {CERTIFICATE_FILE})"


def render_report(report: CheckReport) -> str:
    """The report as plain text: the verdict, what is broken by item, findings by rule, score and figures."""
    return "\n".join(_lines(report))


def _lines(report: CheckReport) -> Iterator[str]:
    yield _verdict(report)
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
        yield from (f"  {term}: {_plain(count)}" for term, count in report.score_terms.items())
        yield from (f"  tier {tier}: {_plain(objective)}" for tier, objective in report.tiers.items())
    yield ""
    yield "Figures"
    yield from (f"  {name.replace('_', ' ')}: {_plain(value)}" for name, value in report.figures.items())


def _verdict(report: CheckReport) -> str:
    if report.ok:
        return f"Legal: no hard finding, everything that must hold does ({_counts(report)})."
    return f"Not legal: {len(report.broken)} things that must hold do not ({_counts(report)})."


def _counts(report: CheckReport) -> str:
    return f"{report.hard} hard, {report.soft} soft, {report.info} info findings"


def _broken_line(one: Broken) -> str:
    place = one.file if one.row is None else f"{one.file} row {one.row}"
    return f"  {place}: {one.message}"


def _finding_lines(findings: Iterable[Finding]) -> Iterator[str]:
    found = list(findings)
    for severity in SEVERITIES:
        of_severity = [finding for finding in found if finding.severity is severity]
        for rule, count in sorted(Counter(finding.rule for finding in of_severity).items()):
            yield f"  {rule} {severity}: {count}"
            of_rule = (f"    {finding.message}" for finding in of_severity if finding.rule == rule)
            yield from _shown(of_rule, count, indent="    ")


def _shown(lines: Iterable[str], count: int, indent: str = "  ") -> Iterator[str]:
    for number, line in enumerate(lines):
        if number == SHOWN:
            yield f"{indent}… and {count - SHOWN} more"
            return
        yield line


def _plain(value: int | Decimal) -> str:
    return format(Decimal(value).normalize(), "f")
