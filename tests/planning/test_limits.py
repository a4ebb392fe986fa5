"""The limits a plan is made within, and the rules no limit says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from src.compliance.packs import OverrideInvalidError, UnknownRulePackError
from src.interchange.model import Clinic, Person, PersonKind, Program, RuleOverride, Session
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
