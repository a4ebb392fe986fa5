"""Programs for tests: small ones to change by hand, plain values that read well without warnings."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from src.interchange.canonical import canonical
from src.interchange.model import (
    Absence,
    AbsenceStatus,
    Call,
    CallPin,
    Clinic,
    Coverage,
    DutyType,
    HistoryCount,
    HistoryCountKind,
    HistoryInterval,
    HolidayRule,
    Person,
    PersonKind,
    PostCall,
    Program,
    Request,
    RequestKind,
    Requirement,
    Rotation,
    RotationPin,
    RuleApproval,
    RuleApprovalKind,
    RuleOverride,
    Session,
    Setting,
    Staffing,
    Succession,
    Template,
    Tier,
)

OVERRIDE = RuleOverride(
    pack="acgme-cpr-2023",
    rule=None,
    parameter="min_rest_minutes",
    value=540,
    reason="The hospital's own rule",
    approved_by="GMEC",
    start_date=date(2026, 7, 1),
    end_date=date(2026, 12, 31),
)
APPROVAL = RuleApproval(
    kind=RuleApprovalKind.MOONLIGHTING,
    person="R3",
    rotation=None,
    weekly_minutes=None,
    reason="Asked for in May",
    approved_by="Program director",
    start_date=date(2026, 7, 1),
    end_date=date(2026, 9, 30),
)


def ruled_program(**changes: Any) -> Program:
    """The small program with an override and an approval of rules."""
    return small_program(**{"rule_overrides": (OVERRIDE,), "rule_approvals": (APPROVAL,), **changes})


def small_program(**changes: Any) -> Program:
    """Four residents, four blocks, a ward, a clinic and nights; canonical, and without any warning."""
    week, every_day = (0, 1, 2, 3, 4), (0, 1, 2, 3, 4, 5, 6)
    residents = tuple(
        Person(f"R{number}", f"Resident {number}", PersonKind.RESIDENT, 1 + (number > 2))
        for number in range(1, 5)
    )
    program = Program(
        id="small",
        name="Small Hospital",
        time_zone="America/Chicago",
        year_start_date=date(2026, 7, 1),
        blocks=(28, 28, 28, 29),
        specialty="internal-medicine",
        rule_packs=("acgme-cpr-2023",),
        holidays=(date(2026, 9, 7),),
        vacation_weeks=MappingProxyType({1: 1, 2: 1}),
        max_on_vacation=2,
        people=(*residents, Person("F1", "Faculty 1", PersonKind.FACULTY, None)),
        rotations=(
            Rotation("WARD", "Ward", Setting.INPATIENT, "Main", 0, True, 2, None, 6),
            Rotation("CLIN", "Clinic", Setting.OUTPATIENT, "Main", 2, True, None, "light"),
            Rotation("NF", "Nights", Setting.NIGHT_FLOAT, "Main", 0, False, 1),
        ),
        templates=(
            Template("WARD", every_day, Session.AM, time(7), 300, DutyType.CLINICAL, may_be_off=True),
            Template("WARD", every_day, Session.PM, time(12), 330, DutyType.CLINICAL, may_be_off=True),
            Template("CLIN", week, Session.AM, time(8), 240, DutyType.CLINICAL, holidays=False),
            Template("NF", (6, 0, 1, 2, 3), Session.NIGHT, time(19), 720, DutyType.NIGHT_FLOAT),
        ),
        staffing=(Staffing("WARD", every_day, Session.AM, (1, 2), 1),),
        coverage=(Coverage("WARD", (1, 2), (1, 2, 3, 4), 1, 2), Coverage("@light", (), (), 0)),
        requirements=(Requirement((), None, "WARD", 1, 3), Requirement((1,), None, "@light", 0, 2, 1, 4)),
        successions=(Succession("NF", "WARD", (1,)),),
        calls=(
            Call(
                id="WE",
                name="Weekend",
                duty_type=DutyType.IN_HOUSE_CALL,
                weekdays=(5,),
                holidays=HolidayRule.WEEKDAYS_AND_HOLIDAYS,
                start=time(7),
                minutes=24 * 60,
                handover_minutes=120,
                min=1,
                max=1,
                pgys=(),
                rotations=("@light", "WARD"),
                points=Decimal(2),
                post_call=PostCall.OFF_AFTER,
            ),
        ),
        clinics=(Clinic("R1", 0, Session.PM, time(12, 30), 270, 2),),
        requests=(
            Request("R1", RequestKind.VACATION, 1, date(2026, 8, 3), date(2026, 8, 9)),
            Request("R2", RequestKind.ROTATION, rotation="NF", block=2, weight=-1),
        ),
        absences=(Absence("R2", "sick", date(2026, 8, 1), date(2026, 8, 2), AbsenceStatus.APPROVED),),
        rotation_pins=(RotationPin("R1", 1, "WARD"),),
        call_pins=(CallPin("R2", date(2026, 7, 4), "WE"),),
        history=(
            HistoryInterval(
                "R3",
                datetime.fromisoformat("2026-06-03T08:00:00-05:00"),
                datetime.fromisoformat("2026-06-03T17:00:00-05:00"),
                DutyType.CLINICAL,
            ),
        ),
        history_counts=(HistoryCount("R3", HistoryCountKind.POINTS, Decimal("2.5")),),
        objective=(
            Tier((("unmet_staffing", Decimal(1000)),)),
            Tier((("rotation_request", Decimal(1)),), (Decimal(10), Decimal("7.5"))),
        ),
    )
    return canonical(replace(program, **changes))
