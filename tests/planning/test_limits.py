"""The limits a plan is made within, and the rules no limit says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from src.compliance.check import CheckReport
from src.compliance.packs import OverrideInvalidError, UnknownRulePackError, known_packs
from src.compliance.rules import Finding
from src.interchange.model import (
    Clinic,
    Person,
    PersonKind,
    Program,
    Rotation,
    RuleOverride,
    Session,
    Setting,
)
from src.interchange.schedule import Severity
from src.planning.generation.known import not_planned_for
from src.planning.limits import limits_of, unplanned, unplanned_notice
from src.solver.problem import Limits

CPR = "acgme-cpr-2023"


def program(*packs: str, overrides: tuple[RuleOverride, ...] = ()) -> Program:
    """From July to the last days of August."""
    return Program("P", "P", "UTC", date(2026, 7, 1), (28, 28), rule_packs=packs, rule_overrides=overrides)


def override(parameter: str, value: int | bool, rule: str | None = None, pack: str = CPR) -> RuleOverride:
    first, last = date(2026, 8, 1), date(2026, 8, 31)
    return RuleOverride(pack, rule, parameter, value, "GMEC", "DIO", first, last, row=2)


def test_the_common_requirements_are_the_engines_own_limits() -> None:
    assert limits_of(program(CPR)) == Limits()


def test_a_program_without_packs_is_held_to_no_limit_and_no_advice() -> None:
    """Nobody judges it by any: what keeps its own rows must not be called impossible, or refused."""
    without = limits_of(program())
    assert (without.keeps, without.advises, without.rows) == (frozenset(), frozenset(), ())


def test_of_several_packs_the_strictest_number_holds() -> None:
    assert limits_of(program(CPR, "us-ny-405")).transition_minutes == 180


def test_a_common_rule_is_named_by_the_pack_whose_number_holds() -> None:
    """New York's three hours of hand-over; of its hours nothing, for leave is not left out of them there."""
    named = {rule.kind: (rule.rule, rule.pack) for rule in limits_of(program(CPR, "us-ny-405")).common}
    assert named["continuous_duty"] == ("NY-24", "us-ny-405")
    assert named["weekly_hours"] == ("US-80", CPR)
    assert named.keys() == limits_of(program(CPR)).keeps
    assert limits_of(program()).common == ()


def test_an_override_that_is_stricter_holds_all_year_and_a_laxer_one_never() -> None:
    strict = program(CPR, overrides=(override("weekly_minutes", 3600),))
    lax = program(CPR, overrides=(override("weekly_minutes", 6000),))
    assert (limits_of(strict).weekly_minutes, limits_of(lax).weekly_minutes) == (3600, 4800)


def test_an_override_for_another_year_binds_nothing() -> None:
    strict = replace(
        override("weekly_minutes", 3600), start_date=date(2027, 8, 1), end_date=date(2027, 8, 31)
    )
    assert limits_of(program(CPR, overrides=(strict,))) == Limits()


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
        ("us-ny-405", ["NY-80", "NY-FREE", "NY-8", "NY-ED"]),
    ],
)
def test_rules_beside_the_common_ones_are_rows_of_their_packs_numbers(pack: str, rules: list[str]) -> None:
    with_ed = replace(program(CPR, pack), rotations=(Rotation("ED", "Emergency", Setting.INPATIENT),))
    rows = limits_of(with_ed).rows
    assert [(row.pack, row.rule) for row in rows] == [(pack, rule) for rule in rules]
    assert all(row.words for row in rows)
    assert unplanned_notice(with_ed) is None


def test_a_row_knows_the_rotations_its_rule_speaks_of() -> None:
    """EM-12 speaks of the emergency department alone, and of nothing where the program has none."""
    em = program(CPR, "acgme-em")
    rotations = (Rotation("ED", "Emergency", Setting.INPATIENT), Rotation("W", "Ward", Setting.INPATIENT))
    assert limits_of(em).rows == ()
    rows = limits_of(replace(em, rotations=rotations)).rows
    assert [(row.rule, row.rotations) for row in rows] == [
        ("EM-60", frozenset({"ED"})),
        ("EM-12", frozenset({"ED"})),
    ]
    assert rows[1].number("most_minutes") == 720


def test_a_pack_without_the_common_rules_leaves_them_out() -> None:
    """Ontario asks for no 80 hours: nothing is planned by that its packs do not say."""
    limits = limits_of(program("ca-on-paro"))
    assert (limits.keeps, limits.advises) == (frozenset(), frozenset())
    assert limits_of(program("us-ny-405")).keeps == {"continuous_duty"}


@pytest.mark.parametrize("pack", sorted(known_packs()))
def test_every_hard_rule_of_every_pack_as_it_ships_is_planned_by(pack: str) -> None:
    assert unplanned(program(pack)) == ()


def test_what_no_limit_says_is_named() -> None:
    """Night work is within its average where the hours are; without these nobody makes sure of it."""
    opted_out = program("eu-wtd", overrides=(override("opted_out", True, "EU-48", "eu-wtd"),))
    assert [one.rule for one in unplanned(opted_out)] == ["EU-N8"]
    assert "EU-N8 (eu-wtd)" in (unplanned_notice(opted_out) or "")


def test_other_windows_than_by_rotation_become_rows() -> None:
    """Calendar months in August: the common numbers hold for the rest of the year, rows for August."""
    months = program(CPR, overrides=(override("window_mode", 4),))
    august = (date(2026, 8, 1), date(2026, 8, 31))
    rows = limits_of(months).rows
    assert {row.rule for row in rows} == {"US-80", "US-FREE7", "US-CALL3"}
    assert {(row.first_date, row.last_date, row.number("window_mode")) for row in rows} == {(*august, 4)}
    assert unplanned(months) == ()


def test_the_ratio_is_named_only_where_it_is_judged() -> None:
    im = program("acgme-im")
    faculty = Person("F1", "F", PersonKind.FACULTY, None)
    clinic = Clinic("F1", 0, Session.AM, time(8), 240)
    with_preceptor = replace(im, people=(faculty,), clinics=(clinic,))
    assert [one.rule for one in unplanned(im)] == []
    assert [one.rule for one in unplanned(with_preceptor)] == ["IM-RATIO"]


def report_with(*findings: tuple[str, str]) -> CheckReport:
    """A report with a hard finding of each rule and pack, which is a thing broken each."""
    at = datetime(2026, 7, 1, tzinfo=UTC)
    made = tuple(
        Finding(rule, Severity.HARD, "R1", at, at, Decimal(2), Decimal(1), "h", "c", (), "m", pack)
        for pack, rule in findings
    )
    return CheckReport(made, (), (), {}, {}, {})


def test_a_plan_may_break_only_rules_that_no_limit_says() -> None:
    """Of these three findings the engine can be held to those of hours, not to that of night work."""
    given = program(CPR, "eu-wtd", overrides=(override("opted_out", True, "EU-48", "eu-wtd"),))
    report = report_with((CPR, "US-80"), ("eu-wtd", "EU-N8"), ("eu-wtd", "EU-35"))
    assert not_planned_for(given, report) == 1
    assert not_planned_for(program(CPR), report) == 0
