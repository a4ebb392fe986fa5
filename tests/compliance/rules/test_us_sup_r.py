"""US-SUP-R and the ratios of the specialties: four residents in clinic a preceptor."""

from __future__ import annotations

from dataclasses import replace

import pytest

from src.compliance.packs import load_pack
from src.compliance.rules import (
    Care,
    Finding,
    RulePack,
    SupervisedSlot,
    Supervision,
    SupervisorSlot,
    judge,
    measure,
)
from tests.compliance.rules.building import long_rotation, pack, pack_of

START, END = 8 * 60, 12 * 60
"""Minutes of the first day, 08:00 and 12:00."""


def residents(count: int, start: int = START, end: int = END, pgy: int = 2) -> list[SupervisedSlot]:
    first = long_rotation(7).minute(0, "00:00")
    return [
        SupervisedSlot(f"R{n:03}", pgy, "", "clinic", first + start, first + end, f"s{n}", in_clinic=True)
        for n in range(1, count + 1)
    ]


def preceptor(name: str, start: int = START, end: int = END, *, sees: bool = False) -> SupervisorSlot:
    first = long_rotation(7).minute(0, "00:00")
    begin, finish = first + start, first + end
    return SupervisorSlot(name, "", "clinic", begin, finish, precepts=True, sees_own_patients=sees)


def found(
    learners: list[SupervisedSlot], *preceptors: SupervisorSlot, by: RulePack | None = None, rule: str = ""
) -> list[Finding]:
    roster = long_rotation(7)
    roster.supervision = Supervision(tuple(learners), preceptors)
    return [f for f in roster.judge(by or pack()) if f.rule == (rule or "US-SUP-R")]


def test_eight_residents_and_two_preceptors_pass() -> None:
    assert found(residents(8), preceptor("F1"), preceptor("F2")) == []


def test_nine_residents_and_two_preceptors_fail() -> None:
    [finding] = found(residents(9), preceptor("F1"), preceptor("F2"))
    assert (finding.value, finding.limit, finding.severity.value) == (9, 8, "soft")
    assert finding.remedy == "Bring 1 more preceptor, or have 1 resident fewer then."


def test_four_residents_and_a_preceptor_who_sees_own_patients_fail() -> None:
    assert [f.limit for f in found(residents(4), preceptor("F1", sees=True))] == [0]


def test_a_program_may_let_preceptors_see_patients() -> None:
    lets = pack_of("acgme-cpr-2023", precept_and_see=True)
    assert found(residents(4), preceptor("F1", sees=True), by=lets) == []


def test_in_the_packs_of_the_specialties_the_ratio_is_hard() -> None:
    for pack_id, rule in (("acgme-im", "IM-RATIO"), ("acgme-fm", "FM-RATIO")):
        [finding] = found(residents(5), preceptor("F1"), by=load_pack(pack_id), rule=rule)
        assert finding.severity.value == "hard"


def test_only_the_time_without_enough_preceptors_fails() -> None:
    """The second preceptor leaves at 11:00."""
    [finding] = found(residents(5), preceptor("F1"), preceptor("F2", end=11 * 60))
    assert finding.window_start_at.hour == 11
    assert finding.window_end_at.hour == 12


def test_who_comes_later_counts_from_then_on() -> None:
    """A fifth resident comes at 10:00, and so does a second preceptor."""
    later = replace(residents(5, start=10 * 60)[4], person="LATE")
    assert found([*residents(4), later], preceptor("F1"), preceptor("F2", start=10 * 60)) == []
    [finding] = found([*residents(4), later], preceptor("F1"))
    assert (finding.value, finding.window_start_at.hour) == (5, 10)


def test_a_preceptor_counts_once_however_many_entries_they_have() -> None:
    assert len(found(residents(5), preceptor("F1"), preceptor("F1"))) == 1


def test_residents_of_another_site_do_not_count() -> None:
    others = [replace(slot, site="EAST") for slot in residents(8)[4:]]
    assert found([*residents(4), *others], preceptor("F1")) == []


@pytest.mark.parametrize(("weight", "fails"), [(1, 0), (2, 1)])
def test_a_program_may_let_a_pgy_1_weigh_more(weight: int, fails: int) -> None:
    weighs = pack_of("acgme-cpr-2023", pgy1_weight=weight)
    assert len(found(residents(4, pgy=1), preceptor("F1"), by=weighs)) == fails


def test_the_margin_is_measured() -> None:
    roster = long_rotation(7)
    roster.supervision = Supervision(tuple(residents(3)), (preceptor("F1"),))
    [one] = [one for one in measure(roster.facts(), [pack()]) if one.rule == "US-SUP-R"]
    assert (one.value, one.limit, one.margin) == (3, 4, 1)


def test_sessions_are_the_entries_in_clinic_where_nothing_else_is_told() -> None:
    """Five residents with a half-day each and one preceptor: every one of them is told."""
    roster = long_rotation(7, care={"clinic": Care.CLINIC}).work(0, "08:00", 4, item="clinic")
    roster.supervision = Supervision((), (preceptor("F1"),), knows_levels=False)
    facts = roster.facts()
    people = tuple(replace(facts.people[0], person=f"R{n}") for n in range(5))
    findings = judge(replace(facts, people=people), [pack()])
    assert [(f.rule, f.person, f.value) for f in findings] == [("US-SUP-R", f"R{n}", 5) for n in range(5)]
    assert judge(replace(facts, people=people[:4]), [pack()]) == ()
