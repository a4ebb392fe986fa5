"""Holds a certificate against a program and a schedule: every number and digest is computed again.

What it proves: that the certified rows, inputs, packs, findings and numbers are the ones at hand, and that
the rules of the certified versions give those numbers. What only the seal protects: when and by whom the
version was published, and who granted its waivers and why.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, zip_longest

from src.compliance.certificates.digests import file_digest, row_differences, row_digests
from src.compliance.certificates.document import (
    MEASURE_COLUMNS,
    Certificate,
    CertificateInvalidError,
    CertifiedFile,
    CertifiedFinding,
    CertifiedPack,
    read_certificate,
)
from src.compliance.certificates.issue import (
    Computed,
    certified_approvals,
    certified_finding,
    certified_overrides,
    certified_pack,
    certified_program,
    compute,
    content_files,
    input_files,
    measure_rows,
    with_versions,
)
from src.compliance.packs import OverrideInvalidError, UnknownRulePackError
from src.compliance.waivers import sort_out
from src.interchange.columns import CERTIFICATE_FILE
from src.interchange.model import Program
from src.interchange.schedule import Schedule
from src.quantities import count

type Row = tuple[str, ...]

MOST_NAMED = 200
"""Differences of one kind that are named; the rest is counted."""


KEY_CELLS = 5
"""Person, pack, rule and window come first in the rows compared."""


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Something that the certificate says and that does not hold: in which file, and what."""

    file: str
    message: str


def verify(text: str, program: Program, schedule: Schedule) -> tuple[Discrepancy, ...]:
    """Everything that does not hold of a certificate's text for a program and schedule that were checked."""
    try:
        certificate, is_sealed = read_certificate(text)
    except CertificateInvalidError as error:
        return (Discrepancy(CERTIFICATE_FILE, error.text),)
    return tuple(_discrepancies(certificate, program, schedule, is_sealed=is_sealed))


def _discrepancies(
    certificate: Certificate, program: Program, schedule: Schedule, *, is_sealed: bool
) -> Iterator[Discrepancy]:
    if not is_sealed:
        yield _told("the seal is broken: something in the certificate was changed")
    if certificate.measure_columns != list(MEASURE_COLUMNS):
        yield _told("its measures are headed otherwise than what they hold")
    versions = {pack.id: pack.version for pack in certificate.packs}
    yield from _files(certificate.inputs, input_files(with_versions(program, versions)))
    yield from _files(certificate.content, content_files(program, schedule))
    if certificate.program != certified_program(program):
        yield _told(f"it is of the program {certificate.program.id}, or of another year of it")
    if certificate.overrides != certified_overrides(program):
        yield _told("its overrides of rule packs are not those of the program")
    if certificate.approvals != certified_approvals(program):
        yield _told("its approvals are not those of the program")
    try:
        computed = _computed(certificate, program, schedule)
    except (UnknownRulePackError, OverrideInvalidError) as error:
        yield _told(f"its packs cannot be judged by: {error.text}")
        return
    yield from _packs(certificate, program, computed)
    yield from _numbers(certificate, computed)
    yield from _waivers(certificate, program, computed)


def _told(message: str) -> Discrepancy:
    return Discrepancy(CERTIFICATE_FILE, message)


def _files(certified: Mapping[str, CertifiedFile], present: Mapping[str, bytes]) -> Iterator[Discrepancy]:
    """Files that are not as certified, each with the rows that make the difference."""
    for name in sorted(certified.keys() | present.keys()):
        if name not in present:
            yield Discrepancy(name, "was certified and is not there")
        elif name not in certified:
            yield Discrepancy(name, "is there and was not certified")
        elif file_digest(present[name]) != certified[name].sha256:
            differences = list(row_differences(name, present[name], certified[name].rows))
            yield from (Discrepancy(name, str(one)) for one in differences[:MOST_NAMED])
            if len(differences) > MOST_NAMED:
                yield Discrepancy(name, _more(len(differences), "row"))
            if not differences:
                yield Discrepancy(name, "is not the file that was certified: its rows or their order changed")
        elif certified[name].rows != row_digests(name, present[name]):
            yield _told(f"its digests of the rows of {name} were changed")


def _computed(certificate: Certificate, program: Program, schedule: Schedule) -> Computed:
    """What the certified versions of the packs say of the schedule."""
    names = dict.fromkeys(f"{pack.id}@{pack.version}" for pack in certificate.packs)
    judged = replace(program, rule_packs=tuple(names))
    version = certificate.version
    return compute(judged, schedule, version.scope, version.academic_blocks)


def _packs(certificate: Certificate, program: Program, computed: Computed) -> Iterator[Discrepancy]:
    certified = list(dict.fromkeys((pack.id, pack.version) for pack in certificate.packs))
    named = [name.partition("@") for name in program.rule_packs]
    if [pack_id for pack_id, _, _ in named] != [pack_id for pack_id, _ in certified]:
        goes_by, shown = ", ".join(program.rule_packs), ", ".join(pack_id for pack_id, _ in certified)
        yield _told(f"the program goes by {goes_by or 'no rule pack'}, the certificate by {shown or 'none'}")
    for (pack_id, _, wanted), (_, version) in zip(named, certified, strict=False):
        if wanted and wanted != version:
            yield _told(f"the program goes by {pack_id} {wanted}, the certificate by its version {version}")
    for pack, present in zip_longest(certificate.packs, map(certified_pack, computed.packs)):
        if pack is None or present is None:
            yield _told("its packs are not those that the program's overrides make")
            return
        yield from _pack(pack, present)


def _pack(certified: CertifiedPack, present: CertifiedPack) -> Iterator[Discrepancy]:
    """What a pack was certified to say and does not say. What it says besides came later and is let be."""
    where = f"{certified.id} {certified.version}"
    if (certified.judges_from, certified.judges_until) != (present.judges_from, present.judges_until):
        yield _told(f"{where} judges other dates than certified")
    if certified.overridden != present.overridden:
        yield _told(f"{where} is overridden otherwise than certified")
    for name, value in certified.parameters.items():
        if present.parameters.get(name) != value:
            yield _told(f"{where}: {name} is certified as {value} and is {present.parameters.get(name)}")
    rules = {rule.id: rule for rule in present.rules}
    for rule in certified.rules:
        if rule != rules.get(rule.id):
            yield _told(f"{where}: rule {rule.id} is not as certified")


def _numbers(certificate: Certificate, computed: Computed) -> Iterator[Discrepancy]:
    """Findings and measures that are not what the rules give."""
    told = [
        *_differences(
            "finding",
            _finding_rows(certificate.findings),
            _finding_rows(map(certified_finding, computed.findings)),
        ),
        *_differences(
            "measure", map(tuple, certificate.measures), map(tuple, measure_rows(computed.measures))
        ),
    ]
    yield from (_told(message) for message in told[:MOST_NAMED])
    if len(told) > MOST_NAMED:
        yield _told(_more(len(told), "number"))
    if told:
        yield _told(f"the numbers were certified by version {certificate.engine_version} of the engine")


def _more(differences: int, noun: str) -> str:
    """What is said of the differences that are not named."""
    rest = differences - MOST_NAMED
    return f"and {count(rest, noun)} more {'is' if rest == 1 else 'are'} not as certified"


def _waivers(certificate: Certificate, program: Program, computed: Computed) -> Iterator[Discrepancy]:
    """Waivers that let nothing stand, such as one of somebody else or one that had ended."""
    published = publication_date(certificate, program)
    for certified in certificate.waivers:
        waiver = certified.as_waiver()
        _, waived = sort_out(computed.findings, [waiver], published)
        if not waived:
            yield _told(
                f"its waiver of {waiver.rule} on {waiver.person} from {certified.window_start_at} to"
                f" {certified.window_end_at} covered no hard finding on {published}"
            )


def publication_date(certificate: Certificate, program: Program) -> date:
    """The local date of the program on which the version was published."""
    return certificate.version.published_at.astimezone(program.zone).date()


def _finding_rows(findings: Iterable[CertifiedFinding]) -> Iterator[Row]:
    return (
        (
            one.person,
            one.pack,
            one.rule,
            one.window_start_at,
            one.window_end_at,
            one.value,
            one.limit,
            one.severity,
            one.clause,
            one.message,
        )
        for one in findings
    )


def _differences(what: str, certified: Iterable[Row], computed: Iterable[Row]) -> Iterator[str]:
    """Rows on one side alone; one of each side with the same person, rule and window are one difference."""
    left, right = Counter(certified), Counter(computed)
    only_certified, only_computed = left - right, right - left
    by_window: defaultdict[Row, list[Row]] = defaultdict(list)
    for row in only_computed.elements():
        by_window[row[:KEY_CELLS]].append(row)
    for row in only_certified.elements():
        others = by_window[row[:KEY_CELLS]]
        other = others.pop() if others else None
        place = f"{what} of {row[2]} on {row[0]} from {row[3]} to {row[4]}"
        if other is None:
            yield f"{place}: {row[5]} is certified, and the rules give no such {what}"
        else:
            changed = ", ".join(
                f"{one} is certified, {two} is right"
                for one, two in zip(row, other, strict=True)
                if one != two
            )
            yield f"{place}: {changed}"
    for row in chain.from_iterable(by_window.values()):
        yield f"{what} of {row[2]} on {row[0]} from {row[3]} to {row[4]}: missing; the rules give {row[5]}"
