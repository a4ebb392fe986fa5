"""The certificate as a document: its fields, its text, and the seal over all of it.

The text is JSON, one measure a line, the same for the same certificate. The seal is the SHA-256 of everything
else in it; it shows a slip or a careless change. What a careful hand changes and seals anew shows when the
numbers and digests are computed again, which is what `verify` does.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from src.compliance.waivers import Waiver
from src.exceptions import InvalidError
from src.interchange.schedule import Scope

MEASURE_COLUMNS = (
    "person",
    "pack",
    "rule",
    "window_start_at",
    "window_end_at",
    "value",
    "limit",
    "margin",
    "unit",
    "severity",
)
"""What the cells of a measure are; severity is empty where the rule is kept."""

type MeasureRow = Annotated[
    list[Annotated[str, Field(max_length=400)]],
    Field(min_length=len(MEASURE_COLUMNS), max_length=len(MEASURE_COLUMNS)),
]


def _instant(text: str) -> str:
    if datetime.fromisoformat(text).utcoffset() is None:
        raise ValueError("is no instant with its offset")
    return text


def _date(text: str) -> str:
    date.fromisoformat(text)
    return text


def _finite(text: str) -> str:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError("is no number") from error
    if not number.is_finite():
        raise ValueError("is no finite number")
    return text


InstantText = Annotated[str, AfterValidator(_instant)]
DateText = Annotated[str, AfterValidator(_date)]
NumberText = Annotated[str, AfterValidator(_finite)]


class CertificateInvalidError(InvalidError):
    """A document is no certificate, or not one of a format known here; the message says where."""

    code = "CERTIFICATE_INVALID"
    message = "This is no certificate."


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CertifiedRule(_Part):
    """A rule of a pack as it was judged: on or off, with its own numbers and choices."""

    id: str
    kind: str
    clause: str
    severity: str
    enabled: bool
    parameters: dict[str, int | bool | None]


class CertifiedPack(_Part):
    """A rule pack in one of its versions, with all its numbers; overrides are among them.

    Where overrides cut the year there is one for each stretch of dates (`judges_from` … `judges_until`).
    """

    id: str
    version: str
    overridden: list[str]
    judges_from: str | None
    judges_until: str | None
    parameters: dict[str, int | bool]
    rules: list[CertifiedRule]


class CertifiedOverride(_Part):
    pack: str
    rule: str | None
    parameter: str
    value: int | bool
    reason: str
    approved_by: str
    start_date: str
    end_date: str


class CertifiedApproval(_Part):
    kind: str
    person: str | None
    rotation: str | None
    weekly_minutes: int | None
    reason: str
    approved_by: str
    start_date: str
    end_date: str


class CertifiedWaiver(_Part):
    """A hard finding that was let stand, with who let it and why."""

    rule: str
    person: str
    window_start_at: InstantText
    window_end_at: InstantText
    value: NumberText
    limit: NumberText
    reason: str
    granted_by: str
    granted_at: InstantText
    expires_date: DateText | None

    def as_waiver(self) -> Waiver:
        """The waiver that this tells of."""
        return Waiver(
            rule=self.rule,
            person=self.person,
            window_start_at=datetime.fromisoformat(self.window_start_at),
            window_end_at=datetime.fromisoformat(self.window_end_at),
            value=Decimal(self.value),
            limit=Decimal(self.limit),
            reason=self.reason,
            granted_by=self.granted_by,
            granted_at=datetime.fromisoformat(self.granted_at),
            expires_date=None if self.expires_date is None else date.fromisoformat(self.expires_date),
        )


class CertifiedFile(_Part):
    """A canonical file: its digest, and those of its rows by the first cell of each."""

    sha256: str
    rows: dict[str, str]


class CertifiedFinding(_Part):
    pack: str
    rule: str
    severity: str
    person: str
    window_start_at: str
    window_end_at: str
    value: str
    limit: str
    clause: str
    message: str


class CertifiedProgram(_Part):
    id: str
    name: str
    time_zone: str
    year_start_date: str


class CertifiedVersion(_Part):
    """Which version this is of. `academic_blocks` are those judged; `scope` as in `result.json`."""

    id: str
    schedule: str
    number: int
    scope: Scope
    academic_blocks: list[int]
    published_at: AwareDatetime
    published_by: str


class Certificate(_Part):
    """What a version was judged by and came out as when it was published."""

    kind: Literal["rounds-certificate"] = "rounds-certificate"
    format: Literal[1] = 1
    engine_version: str
    program: CertifiedProgram
    version: CertifiedVersion
    packs: list[CertifiedPack]
    overrides: list[CertifiedOverride]
    approvals: list[CertifiedApproval]
    waivers: list[CertifiedWaiver]
    inputs: dict[str, CertifiedFile]
    content: dict[str, CertifiedFile]
    findings: list[CertifiedFinding]
    measure_columns: list[str] = list(MEASURE_COLUMNS)
    measures: list[MeasureRow]

    def seal(self) -> str:
        """The SHA-256 of the certificate, in hexadecimal digits."""
        return _seal(self.model_dump(mode="json"))


def certificate_text(certificate: Certificate) -> str:
    """The certificate as `certificate.json`: sealed, one measure a line."""
    values = certificate.model_dump(mode="json")
    measures = values.pop("measures")
    values["sha256"] = certificate.seal()
    head = json.dumps(values, indent=1, ensure_ascii=False)
    lines = ",\n".join(f"  {json.dumps(row, ensure_ascii=False)}" for row in measures)
    return (
        f'{head[:-2]},\n "measures": [\n{lines}\n ]\n}}\n'
        if measures
        else f'{head[:-2]},\n "measures": []\n}}\n'
    )


def read_certificate(text: str) -> tuple[Certificate, bool]:
    """The certificate of a text, and whether its seal is whole. Raises CertificateInvalidError."""
    try:
        values = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise CertificateInvalidError(f"certificate.json is not JSON: {error}") from error
    if not isinstance(values, dict):
        raise CertificateInvalidError("certificate.json is no object of JSON")
    seal = values.pop("sha256", None)
    try:
        certificate = Certificate.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise CertificateInvalidError(f"certificate.json: {place}: {first['msg']}") from error
    return certificate, seal == _seal(values)


def _seal(values: dict[str, Any]) -> str:
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
