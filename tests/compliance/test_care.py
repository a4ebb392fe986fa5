"""What a program's own words say of its rotations, approvals and preceptors."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from src.compliance.care import approvals_of, care_of_items, supervision_of
from src.compliance.facts import facts_of
from src.compliance.packs import load_pack
from src.compliance.rules import Care, judge, not_judged
from src.interchange.model import (
    Absence,
    AbsenceStatus,
    Clinic,
    DutyType,
    Person,
    PersonKind,
    Program,
    Rotation,
    RuleApproval,
    RuleApprovalKind,
    Session,
    Setting,
)
from src.interchange.schedule import AssignmentKind, AssignmentRow, Schedule, YearRow

FIRST = date(2026, 7, 6)  # a Monday


def rotation(
    identifier: str, name: str = "", group: str | None = None, setting: Setting = Setting.INPATIENT
) -> Rotation:
    return Rotation(identifier, name or identifier, setting, group=group)


def program(*rotations: Rotation) -> Program:
    people = (
        *(Person(f"R{n}", f"R{n}", PersonKind.RESIDENT, 2) for n in range(5)),
        Person("F1", "F1", PersonKind.FACULTY, None),
    )
    return Program("P", "P", "UTC", FIRST, (28,), people=people, rotations=rotations)


@pytest.mark.parametrize(
    ("one", "care"),
    [
        (rotation("ED"), Care.EMERGENCY),
        (rotation("ED-NIGHTS", setting=Setting.NIGHT_FLOAT), Care.EMERGENCY),
        (rotation("X1", "Pediatric Emergency"), Care.EMERGENCY),
        (rotation("X1", group="er"), Care.EMERGENCY),
        (rotation("MEDS"), Care.OTHER),
        (rotation("PED1", "Pediatrics"), Care.OTHER),
        (rotation("MICU"), Care.CRITICAL),
        (rotation("X1", "Cardiac Intensive Care Unit"), Care.CRITICAL),
        (rotation("X1", "Critical Illness"), Care.OTHER),
        (rotation("X1", group="CCU"), Care.CRITICAL),
        (rotation("NF", setting=Setting.NIGHT_FLOAT), Care.NIGHT_FLOAT),
        (rotation("NF"), Care.OTHER),
        (rotation("AMB", setting=Setting.OUTPATIENT), Care.OTHER),
        (rotation("AMB", group="FMP"), Care.CLINIC),
    ],
)
def test_rotations_are_known_by_the_words_a_program_gives_them(one: Rotation, care: Care) -> None:
    assert care_of_items(program(one))[one.id] is care


def test_half_days_of_clinic_are_continuity_clinic() -> None:
    assert care_of_items(program())["clinic"] is Care.CLINIC


def test_an_approval_for_a_group_is_one_for_each_of_its_rotations() -> None:
    approval = RuleApproval(
        RuleApprovalKind.HOURS_EXCEPTION, None, "@ICUS", 88 * 60, "RC", "DIO", FIRST, FIRST
    )
    given = replace(
        program(rotation("MICU", group="ICUS"), rotation("WARD"), rotation("SICU", group="ICUS")),
        rule_approvals=(approval,),
    )
    assert [one.rotation for one in approvals_of(given)] == ["MICU", "SICU"]


def with_preceptor(**kwargs: object) -> Program:
    clinic = Clinic("F1", 0, Session.AM, time(8), 240)
    return replace(program(rotation("WARD")), clinics=(clinic,), **kwargs)  # type: ignore[arg-type]  # passed on


def test_a_program_without_clinics_of_faculty_says_nothing_of_supervision() -> None:
    clinic = Clinic("R1", 0, Session.AM, time(8), 240)
    assert supervision_of(replace(program(), clinics=(clinic,))) is None


def test_faculty_precept_on_their_half_days() -> None:
    supervision = supervision_of(with_preceptor())
    assert supervision is not None
    assert not supervision.knows_levels
    assert len(supervision.preceptors) == 4  # Mondays of four weeks
    assert {slot.end - slot.start for slot in supervision.preceptors} == {240}


def test_faculty_who_are_away_do_not_precept() -> None:
    away = Absence("F1", "leave", FIRST, FIRST, AbsenceStatus.APPROVED)
    asked = replace(away, start_date=date(2026, 7, 13), status=AbsenceStatus.REQUESTED)
    supervision = supervision_of(with_preceptor(absences=(away, asked)))
    assert supervision is not None
    assert len(supervision.preceptors) == 3


def clinic_of(count: int) -> Schedule:
    start, end = datetime(2026, 7, 6, 8, tzinfo=UTC), datetime(2026, 7, 6, 12, tzinfo=UTC)
    return Schedule(
        year=tuple(YearRow(f"R{n}", 1, "WARD") for n in range(5)),
        assignments=tuple(
            AssignmentRow(
                f"R{n}", FIRST, Session.AM, AssignmentKind.CLINIC, "clinic", start, end, DutyType.CLINICAL
            )
            for n in range(count)
        ),
    )


def test_five_residents_in_clinic_with_one_preceptor_break_the_ratio() -> None:
    packs = [load_pack("acgme-im")]
    facts = facts_of(with_preceptor(), clinic_of(5))
    assert [(f.rule, f.person) for f in judge(facts, packs)] == [("IM-RATIO", f"R{n}") for n in range(5)]
    assert not_judged(facts, packs) == ()
    assert judge(facts_of(with_preceptor(), clinic_of(4)), packs) == ()


def test_without_preceptors_the_ratio_is_not_judged_and_says_so() -> None:
    facts = facts_of(program(rotation("WARD")), clinic_of(5))
    assert judge(facts, [load_pack("acgme-im")]) == ()
    [silent] = not_judged(facts, [load_pack("acgme-im")])
    assert (silent.rule, silent.reason) == (
        "IM-RATIO",
        "The program does not say which faculty precept in clinic.",
    )


def test_a_shift_on_an_emergency_rotation_is_known_from_the_schedule() -> None:
    """A rotation's 13 hours are too long in the ED; the same of a ward are not."""

    def judged(name: str) -> list[str]:
        given = program(rotation(name))
        start, end = datetime(2026, 7, 6, 7, tzinfo=UTC), datetime(2026, 7, 6, 20, tzinfo=UTC)
        row = AssignmentRow(
            "R0", FIRST, Session.AM, AssignmentKind.ROTATION, name, start, end, DutyType.CLINICAL
        )
        schedule = Schedule(year=(YearRow("R0", 1, name),), assignments=(row,))
        return [f.rule for f in judge(facts_of(given, schedule), [load_pack("acgme-em")])]

    assert judged("ED") == ["EM-12"]
    assert judged("WARD") == []
