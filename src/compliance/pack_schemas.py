"""What is answered about rule packs, and about the rules that a program goes by."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from src.compliance.waivers.schemas import WaiverRead
from src.interchange.model import RuleApprovalKind
from src.interchange.schedule import Severity

_PARAMETER: dict[str, Any] = {
    "name": "weekly_minutes",
    "value": 4800,
    "unit": "minutes",
    "in_words": "80 h",
    "source": "CPR VI.F.1 / 6.20",
    "sureness": "S1",
    "sureness_in_words": "The primary text, or a verbatim quotation of it, was seen.",
}
_RULE: dict[str, Any] = {
    "id": "US-80",
    "clause": "CPR VI.F.1 / 6.20",
    "severity": "hard",
    "sentence": "Work is at most 80 hours a week, averaged over four weeks.",
    "source": "CPR VI.F.1 / 6.20",
    "sureness": "S1",
    "sureness_in_words": "The primary text, or a verbatim quotation of it, was seen.",
    "enabled": True,
    "disabled_because": None,
    "parameters": [],
    "goes_by": [_PARAMETER],
}
_BRIEF: dict[str, Any] = {
    "id": "acgme-cpr-2023",
    "title": "ACGME Common Program Requirements (Residency)",
    "jurisdiction": "US",
    "newest_version": "2023.3",
    "versions": [{"version": "2023.3", "effective_from": "2023-07-01", "effective_until": None}],
    "rules": 11,
    "enabled_rules": 11,
}


class ParameterRead(BaseModel):
    """A number or choice; `value` null = nobody knows it yet. Durations are minutes of elapsed time."""

    model_config = ConfigDict(json_schema_extra={"example": _PARAMETER})

    name: str
    value: int | bool | None
    unit: str
    in_words: str
    source: str
    sureness: str
    sureness_in_words: str


class RuleRead(BaseModel):
    """One rule in words; a disabled one judges nothing, and says why.

    `parameters` are its own, `goes_by` those that it shares with other rules of its pack.
    """

    model_config = ConfigDict(json_schema_extra={"example": _RULE})

    id: str
    clause: str
    severity: Severity
    sentence: str
    source: str
    sureness: str
    sureness_in_words: str
    enabled: bool
    disabled_because: str | None
    parameters: list[ParameterRead]
    goes_by: list[ParameterRead]


class PackVersionRead(BaseModel):
    """A version and from when until when (local dates, inclusive) it is the text in force."""

    version: str
    effective_from: date
    effective_until: date | None


class PackBrief(BaseModel):
    """A rule pack in one line; the counts are those of its newest version."""

    model_config = ConfigDict(json_schema_extra={"example": _BRIEF})

    id: str
    title: str
    jurisdiction: str
    newest_version: str
    versions: list[PackVersionRead]
    rules: int
    enabled_rules: int


class PackRead(BaseModel):
    """One version of a rule pack, whole: its parameters with their sources, and its rules in words."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "acgme-cpr-2023",
                "title": "ACGME Common Program Requirements (Residency)",
                "version": "2023.3",
                "is_newest": True,
                "jurisdiction": "US",
                "source": "ACGME Common Program Requirements (Residency), 2023 v3",
                "effective_from": "2023-07-01",
                "effective_until": None,
                "versions": ["2023.3"],
                "parameters": [_PARAMETER],
                "rules": [_RULE],
            }
        }
    )

    id: str
    title: str
    version: str
    is_newest: bool
    jurisdiction: str
    source: str
    effective_from: date
    effective_until: date | None
    versions: list[str] = Field(description="All versions of the pack, as they came into force.")
    parameters: list[ParameterRead]
    rules: list[RuleRead]


class Standing(StrEnum):
    """Where a date lies to the dates of something: within them, after or before them."""

    IN_FORCE = "in_force"
    EXPIRED = "expired"
    TO_COME = "to_come"


class ChosenPackRead(BaseModel):
    """A pack that a program names, and the version that this comes to today.

    `version` is null where the pack or version named is not there; `problem` then says so.
    """

    named: str
    id: str
    version: str | None
    stays_with_version: bool
    title: str | None
    newest_version: str | None
    problem: str | None


class OverrideStandingRead(BaseModel):
    """An override with what the pack says itself; `pack_value` null = not known there."""

    id: UUID
    pack: str
    rule: str | None
    parameter: str
    value: int | bool
    in_words: str
    pack_value: int | bool | None
    pack_in_words: str
    reason: str
    approved_by: str
    start_date: date
    end_date: date
    standing: Standing


class ApprovalStandingRead(BaseModel):
    """An approval on record."""

    id: UUID
    kind: RuleApprovalKind
    person: str | None
    rotation: str | None
    weekly_minutes: int | None
    reason: str
    approved_by: str
    start_date: date
    end_date: date
    standing: Standing


class ProgramRulesRead(BaseModel):
    """What a program goes by on a local date: packs, and all it sets otherwise, with reasons and ends.

    A resident sees, of approvals and waivers, those that are the resident's or nobody's in particular.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "date": "2026-08-03",
                "packs": [
                    {
                        "named": "acgme-cpr-2023",
                        "id": "acgme-cpr-2023",
                        "version": "2023.3",
                        "stays_with_version": False,
                        "title": "ACGME Common Program Requirements (Residency)",
                        "newest_version": "2023.3",
                        "problem": None,
                    }
                ],
                "overrides": [
                    {
                        "id": "0199e2c4-5a3e-7c1b-9d60-2f8a4b1c7e55",
                        "pack": "acgme-cpr-2023",
                        "rule": None,
                        "parameter": "min_rest_minutes",
                        "value": 600,
                        "in_words": "10 h",
                        "pack_value": 480,
                        "pack_in_words": "8 h",
                        "reason": "The hospital asks for ten hours between shifts",
                        "approved_by": "GMEC, 12 May 2026",
                        "start_date": "2026-07-01",
                        "end_date": "2027-06-30",
                        "standing": "in_force",
                    }
                ],
                "approvals": [],
                "waivers": [],
            }
        }
    )

    date: date
    packs: list[ChosenPackRead]
    overrides: list[OverrideStandingRead]
    approvals: list[ApprovalStandingRead]
    waivers: list[WaiverRead]
