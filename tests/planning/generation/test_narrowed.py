"""Runs whose limits are stricter than the rules of some dates: what is found stands, no proof does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from src.interchange.model import Program, RuleApproval, RuleApprovalKind, RuleOverride
from src.interchange.schedule import SolveStatus
from src.planning.generation.solve_program import Solved, SolveOptions, solve_program
from src.planning.limits import is_narrowed
from src.solver.stop import Stop
from tests.factories.schedules_db import START, ward_program
from tests.solver.world import silent

YEAR = (START - timedelta(days=60), START + timedelta(days=60))


def busy_ward() -> Program:
    """All three are at work on Mondays, also after a call from Saturday to Sunday."""
    ward = ward_program()
    staffing = (replace(ward.staffing[0], min=3, row=2),)
    calls = (replace(ward.calls[0], min=1, row=2),)
    return replace(ward, staffing=staffing, clinics=(), requests=(), calls=calls)


def rest_of(hours: int, first: int, last: int) -> RuleOverride:
    days = (START + timedelta(days=first), START + timedelta(days=last))
    return RuleOverride(
        "acgme-cpr-2023", None, "rest_after_call_minutes", 60 * hours, "agreed", "the board", *days, row=2
    )


def solved(program: Program) -> Solved:
    options = SolveOptions(workers=1, deterministic_limit=0.5)
    return solve_program(program, options, Stop(60), silent)


def test_rest_that_is_longer_on_two_dates_without_calls_proves_nothing() -> None:
    """Whoever was told `infeasible` changed rules that need no change: by the judge there is a schedule."""
    found = solved(replace(busy_ward(), rule_overrides=(rest_of(30, 0, 1),)))
    assert (found.file.status, found.file.conflicts) == (SolveStatus.UNKNOWN, ())
    assert "proves nothing" in found.file.extra["notice"]


def test_rest_that_is_longer_all_year_is_a_proof() -> None:
    found = solved(replace(busy_ward(), rule_overrides=(rest_of(30, -60, 60),)))
    assert found.file.status is SolveStatus.INFEASIBLE
    assert found.file.conflicts


def test_too_few_people_are_too_few_whatever_the_rules() -> None:
    ward = busy_ward()
    ward = replace(ward, staffing=(replace(ward.staffing[0], min=4),), rule_overrides=(rest_of(30, 0, 1),))
    assert solved(ward).file.status is SolveStatus.INFEASIBLE


def test_a_schedule_found_under_stricter_limits_is_legal_and_has_no_bounds() -> None:
    found = solved(replace(busy_ward(), rule_overrides=(rest_of(16, 0, 1),)))
    assert found.report is not None
    assert found.report.ok
    assert found.file.status is SolveStatus.FEASIBLE
    assert [tier.bound for tier in found.file.tiers] == [None]
    assert "no bounds" in found.file.extra["notice"]
    assert solved(busy_ward()).file.status is SolveStatus.OPTIMAL


@pytest.mark.parametrize(
    ("change", "is_so"),
    [
        ({}, False),
        ({"rule_overrides": (rest_of(30, 3, 5),)}, True),
        ({"rule_overrides": (rest_of(10, 3, 5),)}, True),
        ({"rule_overrides": (rest_of(30, -60, 60),)}, False),
        ({"rule_overrides": (rest_of(30, -500, -400),)}, False),
        ({"rule_packs": ("acgme-cpr-2023", "us-ny-405")}, False),
        (
            {
                "rule_approvals": (
                    RuleApproval(
                        RuleApprovalKind.HOURS_EXCEPTION, None, "WARD", 88 * 60, "agreed", "the board", *YEAR
                    ),
                )
            },
            True,
        ),
    ],
)
def test_limits_are_narrowed_by_what_holds_for_some_dates_only(
    change: dict[str, object], *, is_so: bool
) -> None:
    assert is_narrowed(replace(ward_program(), **change)) is is_so  # type: ignore[arg-type]
