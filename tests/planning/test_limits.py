"""The limits a plan is made within, and the rules no limit says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from src.compliance.check import CheckReport
from src.compliance.packs import OverrideInvalidError, UnknownRulePackError
from src.compliance.rules import Finding
from src.interchange.model import Clinic, Person, PersonKind, Program, RuleOverride, Session
from src.interchange.schedule import Severity
from src.planning.generation.solve_program import not_planned_for
from src.planning.limits import limits_of, unplanned, unplanned_notice
from src.solver.problem import Limits

CPR = "acgme-cpr-2023"


def program(*packs: str, overrides: tuple[RuleOverride, ...] = ()) -> Program:
    return Program("P", "P", "UTC", date(2026, 7, 1), (28,), rule_packs=packs, rule_overrides=overrides)


def override(parameter: str, value: int | bool, rule: str | None = None, pack: str = CPR) -> RuleOverride:
    first, last = date(2026, 8, 1), date(2026, 8, 31)
    return RuleOverride(pack, rule, parameter, value, "GMEC", "DIO", first, last, row=2)


def test_the_common_requirements_are_the_engines_own_limits() -> None:
    assert limits_of(program(CPR)) == limits_of(program()) == Limits()


def test_of_several_packs_the_strictest_number_holds() -> None:
    assert limits_of(program(CPR, "us-ny-405")).transition_minutes == 180


def test_an_override_that_is_stricter_holds_all_year_and_a_laxer_one_never() -> None:
    strict = program(CPR, overrides=(override("weekly_minutes", 3600),))
    lax = program(CPR, overrides=(override("weekly_minutes", 6000),))
    assert (limits_of(strict).weekly_minutes, limits_of(lax).weekly_minutes) == (3600, 4800)


def test_an_unknown_pack_or_override_is_an_error() -> None:
    with pytest.raises(UnknownRulePackError):
        limits_of(program("nothing"))
    with pytest.raises(OverrideInvalidError, match=r"rule_overrides\.csv, row 2"):
        limits_of(program(CPR, overrides=(override("hours", 1),)))


def test_the_common_requirements_are_planned_by_wholly() -> None:
    assert unplanned_notice(program(CPR)) is None


@pytest.mark.parametrize(
    ("pack", "rules"),
    [
        ("acgme-em", ["EM-60", "EM-12"]),
        ("acgme-im", ["IM-NOAVG"]),
        ("acgme-gs", []),
        ("us-ny-405", ["NY-FREE", "NY-8", "NY-ED"]),
    ],
)
def test_what_no_limit_says_is_named(pack: str, rules: list[str]) -> None:
    assert [one.rule for one in unplanned(program(CPR, pack))] == rules
    notice = unplanned_notice(program(CPR, pack))
    assert (notice is None) == (rules == [])
    assert all(rule in (notice or "") for rule in rules)


def test_other_windows_than_by_rotation_are_not_planned_by() -> None:
    months = program(CPR, overrides=(override("window_mode", 4),))
    assert [one.rule for one in unplanned(months)] == ["US-80", "US-88", "US-FREE7", "US-CALL3"]


def test_the_ratio_is_named_only_where_it_is_judged() -> None:
    im = program("acgme-im")
    faculty = Person("F1", "F", PersonKind.FACULTY, None)
    clinic = Clinic("F1", 0, Session.AM, time(8), 240)
    with_preceptor = replace(im, people=(faculty,), clinics=(clinic,))
    assert [one.rule for one in unplanned(with_preceptor)] == ["IM-NOAVG", "IM-RATIO"]


def report_with(*findings: tuple[str, str]) -> CheckReport:
    """A report with a hard finding of each rule and pack, which is a thing broken each."""
    at = datetime(2026, 7, 1, tzinfo=UTC)
    made = tuple(
        Finding(rule, Severity.HARD, "R1", at, at, Decimal(2), Decimal(1), "h", "c", (), "m", pack)
        for pack, rule in findings
    )
    return CheckReport(made, (), (), {}, {}, {})


def test_a_plan_may_break_only_rules_that_no_limit_says() -> None:
    """Of these three findings the engine can be held to that of the 80 hours alone."""
    given = program(CPR, "acgme-im", "us-ny-405")
    report = report_with((CPR, "US-80"), ("acgme-im", "IM-NOAVG"), ("us-ny-405", "NY-FREE"))
    assert not_planned_for(given, report) == 2
    assert not_planned_for(program(CPR), report) == 0
    assert not_planned_for(given, report_with(("us-ny-405", "NY-80"))) == 0
