"""A small ward to report on: three residents, one of them over the hours, with names of many scripts."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from src.compliance.facts import facts_of
from src.compliance.packs import packs_of
from src.compliance.reports import ReportInput
from src.compliance.rules.columns import columns_of
from src.compliance.waivers import Waiver
from src.interchange.model import Program, RuleApproval, RuleApprovalKind, RuleOverride, Session
from src.interchange.schedule import AssignmentRow, Schedule
from tests.factories.schedules_db import ward_program, ward_schedule

PUBLISHED = dt.datetime(2026, 6, 20, 12, tzinfo=dt.UTC)
FIRST, LAST = dt.date(2026, 7, 1), dt.date(2026, 7, 28)
NAMES = {"R1": "Zoë Łukasiewicz", "R2": "Иван <b>Петров</b>", "R3": "=HYPERLINK(1)"}


def program() -> Program:
    """The ward, a rest of ten hours set by an override, and an approval on record."""
    ward = ward_program()
    return replace(
        ward,
        people=tuple(replace(person, name=NAMES[person.id]) for person in ward.people),
        rule_overrides=(
            RuleOverride("acgme-cpr-2023", None, "min_rest_minutes", 600, "-union", "GMEC", FIRST, LAST),
        ),
        rule_approvals=(
            RuleApproval(RuleApprovalKind.MOONLIGHTING, "R2", None, None, "asked", "PD", FIRST, LAST),
        ),
    )


def schedule(ward: Program) -> Schedule:
    """Fifty hours a week for two; R1 has late afternoons that make more than eighty."""
    content = ward_schedule(ward)
    return replace(content, assignments=tuple(_longer(row) for row in content.assignments))


def _longer(row: AssignmentRow) -> AssignmentRow:
    if row.person == "R1" and row.session is Session.PM:
        return replace(row, end_at=row.end_at + dt.timedelta(hours=6, minutes=6))
    return row


def waiver() -> Waiver:
    """Lets R1's hours stand."""
    return Waiver(
        rule="US-80",
        person="R1",
        window_start_at=dt.datetime(2026, 7, 1, 5, tzinfo=dt.UTC),
        window_end_at=dt.datetime(2026, 7, 29, 5, tzinfo=dt.UTC),
        value=Decimal(85),
        limit=Decimal(80),
        reason="a colleague fell ill",
        granted_by="pd@x.org",
        granted_at=PUBLISHED,
    )


def given(*waivers: Waiver, content: Schedule | None = None) -> ReportInput:
    """What a report of the ward is made of."""
    ward = program()
    facts = facts_of(ward, content or schedule(ward))
    return ReportInput(
        program=ward,
        schedule="Year",
        number=3,
        state="published",
        published_at=PUBLISHED,
        certificate_sha256="ab" * 32,
        columns=columns_of(facts),
        packs=packs_of(ward),
        is_judged=True,
        waivers=waivers,
    )
