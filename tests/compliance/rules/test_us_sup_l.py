"""US-SUP-L: who must be supervised how, and the minutes in which nobody does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from src.compliance.rules import (
    Finding,
    SupervisedSlot,
    Supervision,
    SupervisionLevel,
    SupervisorSlot,
    measure,
    not_judged,
)
from src.interchange.model import RuleApproval, RuleApprovalKind
from tests.compliance.rules.building import Roster, long_rotation, pack

type Levels = Mapping[tuple[int, str | None], SupervisionLevel]


def at(roster: Roster, wall: str) -> int:
    """An instant of the first day, or of the second from "+" on."""
    return roster.minute(1, wall[1:]) if wall.startswith("+") else roster.minute(0, wall)


def intern(roster: Roster, start: str = "19:00", end: str = "+07:00", pgy: int = 1) -> SupervisedSlot:
    return SupervisedSlot("R001", pgy, "MAIN", "WARD", at(roster, start), at(roster, end), "night")


def senior(
    roster: Roster,
    start: str,
    end: str,
    *,
    may_supervise: bool = True,
    service: str = "WARD",
    person: str = "R009",
) -> SupervisedSlot:
    begin, finish = at(roster, start), at(roster, end)
    return SupervisedSlot(person, 3, "MAIN", service, begin, finish, "senior", may_supervise=may_supervise)


def attending(
    roster: Roster, start: str, end: str, response: int | None = None, site: str = "MAIN"
) -> SupervisorSlot:
    return SupervisorSlot("F1", site, "WARD", at(roster, start), at(roster, end), response)


def found(
    *slots: SupervisedSlot | SupervisorSlot,
    levels: Levels | None = None,
    approvals: tuple[RuleApproval, ...] = (),
) -> list[Finding]:
    roster = long_rotation(7, approvals=approvals)
    roster.supervision = Supervision(
        tuple(slot for slot in slots if isinstance(slot, SupervisedSlot)),
        tuple(slot for slot in slots if isinstance(slot, SupervisorSlot)),
        levels or {},
    )
    return roster.found("US-SUP-L")


R = long_rotation(7)
RELEASED = RuleApproval(
    RuleApprovalKind.INDIRECT_SUPERVISION,
    "R001",
    None,
    None,
    "Milestones",
    "CCC",
    date(2026, 7, 1),
    date(2026, 7, 1),
)


def test_a_pgy_1_at_night_with_a_pgy_3_in_house_passes() -> None:
    """19:00-07:00 beside 18:00-08:00."""
    assert found(intern(R), senior(R, "18:00", "+08:00")) == []


def test_where_the_senior_leaves_at_6_the_last_hour_is_uncovered() -> None:
    [finding] = found(intern(R), senior(R, "18:00", "+06:00"))
    assert (finding.severity.value, finding.value, finding.limit) == ("hard", 1, 0)
    assert finding.window_start_at.isoformat() == "2026-07-02T06:00:00+00:00"
    assert finding.window_end_at.isoformat() == "2026-07-02T07:00:00+00:00"
    assert finding.entries == ("night",)
    assert finding.remedy == "Put a supervisor on WARD from 2 Jul 06:00 to 2 Jul 07:00."


def test_a_gap_of_a_minute_is_a_violation() -> None:
    [finding] = found(intern(R), senior(R, "18:00", "23:59"), senior(R, "+00:00", "+08:00", person="R008"))
    assert (finding.window_end_at - finding.window_start_at).total_seconds() == 60


def test_supervisors_who_hand_over_leave_no_gap() -> None:
    assert found(intern(R), senior(R, "18:00", "23:00"), attending(R, "23:00", "+08:00")) == []


def test_every_gap_is_a_finding() -> None:
    assert len(found(intern(R), senior(R, "20:00", "21:00"), senior(R, "22:00", "23:00"))) == 3


@pytest.mark.parametrize(
    "useless",
    [
        senior(R, "18:00", "+08:00", may_supervise=False),
        senior(R, "18:00", "+08:00", service="ICU"),
        senior(R, "18:00", "+08:00", person="R001"),
        attending(R, "18:00", "+08:00", site="ANNEX"),
        attending(R, "18:00", "+08:00", response=10),
    ],
)
def test_who_does_not_count_for_a_pgy_1_not_released(useless: SupervisedSlot | SupervisorSlot) -> None:
    """Not allowed to supervise, elsewhere, oneself, at another site, or at home on call."""
    assert any("night" in finding.entries for finding in found(intern(R), useless))
    assert max(f.value for f in found(intern(R), useless)) >= 12


@pytest.mark.parametrize(("response", "fails"), [(None, 0), (30, 0), (31, 1)])
def test_a_released_pgy_1_needs_somebody_within_30_minutes(response: int | None, fails: int) -> None:
    slots = intern(R), attending(R, "18:00", "+08:00", response)
    assert len(found(*slots, approvals=(RELEASED,))) == fails


def test_a_release_holds_for_slots_that_start_on_its_dates() -> None:
    later = SupervisedSlot("R001", 1, "MAIN", "WARD", at(R, "+19:00"), at(R, "+20:00"), "next night")
    on_call = SupervisorSlot("F1", "MAIN", "WARD", at(R, "18:00"), at(R, "+23:00"), 10)
    assert [f.entries for f in found(intern(R), later, on_call, approvals=(RELEASED,))] == [("next night",)]


@pytest.mark.parametrize(
    ("levels", "fails"),
    [
        ({}, 0),
        ({(2, None): SupervisionLevel.DIRECT}, 1),
        ({(2, "WARD"): SupervisionLevel.DIRECT}, 1),
        ({(2, None): SupervisionLevel.DIRECT, (2, "WARD"): SupervisionLevel.INDIRECT}, 0),
        ({(3, "WARD"): SupervisionLevel.DIRECT}, 0),
    ],
)
def test_the_table_says_the_level_by_pgy_and_service(levels: Levels, fails: int) -> None:
    """A PGY-2 with an attending on call ten minutes away."""
    slots = intern(R, pgy=2), attending(R, "18:00", "+08:00", 10)
    assert len(found(*slots, levels=levels)) == fails


def test_oversight_needs_nobody_at_that_instant() -> None:
    assert found(intern(R, pgy=4), levels={(4, None): SupervisionLevel.OVERSIGHT}) == []


def test_without_data_on_supervision_the_rule_is_not_judged_and_says_so() -> None:
    roster = long_rotation(7).work(0, "08:00", 9)
    assert roster.found("US-SUP-L") == []
    silent = not_judged(roster.facts(), [pack()])
    assert [one.rule for one in silent] == ["US-SUP-L", "US-SUP-R"]
    assert "does not say who supervises" in silent[0].reason
    assert not [one for one in measure(roster.facts(), [pack()]) if one.rule == "US-SUP-L"]


def test_with_data_on_supervision_it_is_judged() -> None:
    roster = long_rotation(7)
    roster.supervision = Supervision((intern(R),), (attending(R, "18:00", "+08:00"),))
    assert not_judged(roster.facts(), [pack()]) == ()
    assert [one.margin for one in measure(roster.facts(), [pack()]) if one.rule == "US-SUP-L"] == [0]


def test_a_slot_that_does_not_end_after_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="R001: night ends no later than it starts"):
        intern(R, "19:00", "19:00")
    with pytest.raises(ValueError, match="F1 ends no later"):
        attending(R, "19:00", "18:00")
