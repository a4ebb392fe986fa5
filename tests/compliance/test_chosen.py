"""Which packs a program goes by: versions, and numbers set otherwise for some dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from src.compliance.packs import (
    OverrideInvalidError,
    UnknownRulePackError,
    known_packs,
    load_pack,
    named_with_versions,
    packs_of,
)
from src.compliance.rules import RulePack, WindowMode, judge
from src.interchange.model import Program, RuleOverride
from tests.compliance.rules.building import Roster, long_rotation

PACK = "acgme-cpr-2023"


def program(*packs: str, overrides: tuple[RuleOverride, ...] = ()) -> Program:
    return Program("P", "P", "UTC", date(2026, 7, 1), (28, 28), rule_packs=packs, rule_overrides=overrides)


def override(
    parameter: str,
    value: int | bool,
    rule: str | None = None,
    first: date = date(2026, 7, 1),
    last: date = date(2027, 6, 30),
    pack: str = PACK,
) -> RuleOverride:
    return RuleOverride(pack, rule, parameter, value, "GMEC minutes", "DIO", first, last, row=2)


def chosen(*overrides: RuleOverride) -> tuple[RulePack, ...]:
    return packs_of(program(PACK, overrides=overrides))


def test_a_pack_named_by_id_is_its_newest_version() -> None:
    [pack] = packs_of(program(PACK))
    assert pack.version == known_packs()[PACK][-1]


def test_a_pack_may_be_named_with_its_version() -> None:
    [pack] = packs_of(program(f"{PACK}@2023.3"))
    assert (pack.id, pack.version) == (PACK, "2023.3")


def test_names_are_given_their_versions() -> None:
    assert named_with_versions([PACK, f"{PACK}@2023.3"])[1] == f"{PACK}@2023.3"
    assert all("@" in name for name in named_with_versions([PACK]))


@pytest.mark.parametrize("name", ["nothing", f"{PACK}@1999", f"{PACK}@", "@2023.3", ""])
def test_a_pack_or_version_that_there_is_not_is_an_error(name: str) -> None:
    with pytest.raises(UnknownRulePackError):
        packs_of(program(name))


def test_without_packs_there_are_none() -> None:
    assert packs_of(program()) == ()


def test_an_override_cuts_the_year() -> None:
    packs = chosen(override("weekly_minutes", 60 * 60, first=date(2026, 8, 1), last=date(2026, 8, 31)))
    assert [(pack.judges_from, pack.judges_until) for pack in packs] == [
        (None, date(2026, 7, 31)),
        (date(2026, 8, 1), date(2026, 8, 31)),
        (date(2026, 9, 1), None),
    ]
    assert [pack.parameters.weekly_minutes for pack in packs] == [4800, 3600, 4800]
    assert [pack.overridden for pack in packs] == [(), ("weekly_minutes",), ()]


def test_where_overrides_of_a_parameter_meet_the_later_row_speaks() -> None:
    packs = chosen(
        override("weekly_minutes", 3600),
        override("weekly_minutes", 3000, first=date(2026, 8, 1), last=date(2026, 8, 1)),
    )
    assert [pack.parameters.weekly_minutes for pack in packs] == [4800, 3600, 3000, 3600, 4800]


def weeks_of_70() -> Roster:
    roster = Roster(blocks=(28, 28), rotations=("A", "B"))
    return roster.work([day for day in range(56) if day % 7 < 5], "06:00", 14)


def test_only_what_starts_on_the_overrides_dates_is_judged_by_it() -> None:
    """The window of block 2 starts inside, that of block 1 reaches into it only."""
    packs = chosen(override("weekly_minutes", 3600, first=date(2026, 7, 2), last=date(2026, 8, 31)))
    [finding] = judge(weeks_of_70().facts(), packs)
    assert (finding.rule, finding.window_start_at.date(), finding.limit) == ("US-80", date(2026, 7, 29), 60)


def test_findings_say_pack_and_version() -> None:
    [finding] = judge(weeks_of_70().facts(), chosen(override("weekly_minutes", 3600)))[:1]
    assert (finding.pack, finding.pack_version) == (PACK, "2023.3")


def test_a_rest_that_began_before_the_year_is_judged_without_the_override() -> None:
    roster = long_rotation(28).work(-1, "12:00", 11).work(0, "06:00", 8)
    packs = chosen(override("min_rest_minutes", 6 * 60))
    assert [f.rule for f in judge(roster.facts(), packs)] == ["US-REST8"]


def test_a_rule_may_be_switched_off_for_some_dates() -> None:
    roster = long_rotation(28).work(1, "12:00", 11).work(2, "06:00", 8)
    packs = chosen(override("enabled", False, "US-REST8"))
    assert judge(roster.facts(), packs) == ()
    assert judge(roster.facts(), [load_pack(PACK)]) != ()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (override("weekly_minutes", 1, pack="uk-2019"), "goes by no rule pack 'uk-2019'"),
        (override("weekly_hours", 1), "no parameter 'weekly_hours'"),
        (override("limit", 1, "US-81"), "acgme-cpr-2023 has no rule 'US-81'"),
        (override("no_such_number", 1, "US-80"), "rule US-80 has no parameter 'no_such_number'"),
        (override("weekly_minutes", True), "weekly_minutes must be a whole number, not True"),
        (override("moonlighting_is_work", 1), "moonlighting_is_work must be true or false, not 1"),
        (override("enabled", 1, "US-80"), "enabled must be true or false, not 1"),
        (override("weekly_minutes", -1), "weekly_minutes must not be negative"),
        (override("weekly_minutes", 10**12), "weekly_minutes must be at most 5270400"),
        (override("window_days", 0), "window_days must be at least 1"),
        (override("call_every_days", 0), "call_every_days must be at least 1"),
        (override("call_date_cut_minutes", 24 * 60), "call_date_cut_minutes must be at most 1439"),
        (override("window_mode", 9), "window_mode must be one of 1 = by_rotation, 2 = tail28, 3 ="),
        (override("window_mode", True), "window_mode must be a whole number, not True"),
        (override("most_percent", True, "US-88"), "most_percent must be a whole number, not True"),
        (override("approval_is_hard", 1, "US-MOON"), "approval_is_hard must be true or false, not 1"),
        (
            override("enabled", True, "US-HOME"),
            "US-HOME cannot be enabled while its home_call_max is unknown",
        ),
    ],
)
def test_an_override_that_cannot_be_names_its_row(wrong: RuleOverride, message: str) -> None:
    with pytest.raises(OverrideInvalidError) as caught:
        chosen(wrong)
    assert str(caught.value).startswith("rule_overrides.csv, row 2: ")
    assert message in str(caught.value)
    assert caught.value.details["row"] == 2


def test_every_way_of_cutting_windows_can_be_chosen_by_its_number() -> None:
    for mode in WindowMode:
        packs = chosen(override("window_mode", mode.value))
        assert [pack.parameters.window_mode for pack in packs][1] is mode


def test_a_rules_own_number_is_overridden_for_its_dates() -> None:
    packs = chosen(override("home_call_max", 9, "US-HOME"), override("enabled", True, "US-HOME"))
    [rule] = [rule for rule in packs[1].rules if rule.id == "US-HOME"]
    assert (rule.enabled, rule.number("home_call_max")) == (True, 9)
    assert packs[1].overridden == ("US-HOME.home_call_max", "US-HOME.enabled")


def test_an_override_without_an_end_in_sight_is_one_for_good() -> None:
    packs = chosen(override("weekly_minutes", 3600, first=date.min, last=date.max))
    assert packs[-1].parameters.weekly_minutes == 3600
    assert packs[-1].judges_until is None
    assert {f.limit for f in judge(weeks_of_70().facts(), packs) if f.rule == "US-80"} == {60}


def test_an_override_of_another_version_of_the_pack_is_not_applied() -> None:
    [pack] = chosen(override("weekly_minutes", 1, pack=f"{PACK}@1999"))
    assert pack.parameters.weekly_minutes == 4800


def test_a_rule_is_not_enabled_on_dates_on_which_its_number_is_not_set() -> None:
    number = override("home_call_max", 9, "US-HOME", first=date(2026, 8, 1))
    with pytest.raises(
        OverrideInvalidError, match="while its home_call_max is unknown; set it for those dates"
    ):
        chosen(number, override("enabled", True, "US-HOME"))
    packs = chosen(number, override("enabled", True, "US-HOME", first=date(2026, 8, 1)))
    assert [pack.judges_from for pack in packs] == [None, date(2026, 8, 1), date(2027, 7, 1)]


def turn_of_texts(*names: str, overrides: tuple[RuleOverride, ...] = ()) -> tuple[RulePack, ...]:
    """The packs of a year in which the text of 2016 gives way to the one of 2019, on 7 August 2019."""
    year = replace(program(*names, overrides=overrides), year_start_date=date(2019, 7, 8))
    return packs_of(year)


def test_of_two_packs_that_follow_one_another_each_judges_while_it_is_in_force() -> None:
    packs = turn_of_texts("uk-2016", "uk-2019")
    assert [(pack.id, pack.judges_from, pack.judges_until) for pack in packs] == [
        ("uk-2016", None, date(2019, 8, 6)),
        ("uk-2019", date(2019, 8, 7), None),
    ]


@pytest.mark.parametrize("name", ["uk-2016", "uk-2019"])
def test_a_pack_that_is_chosen_alone_judges_every_date(name: str) -> None:
    """Who chooses a text no longer in force means it; dates without any rule would pass in silence."""
    [pack] = turn_of_texts(name)
    assert (pack.judges_from, pack.judges_until) == (None, None)


def test_packs_of_other_jurisdictions_are_not_cut() -> None:
    assert [pack.judges_from for pack in turn_of_texts("uk-2019", "eu-wtd", PACK)] == [None, None, None]


def test_five_long_shifts_in_a_row_pass_until_the_text_changes_and_fail_from_then_on() -> None:
    """A run is judged by the text in force when it begins, also where it goes on beyond that day."""
    roster = Roster(zone="Europe/London", first=date(2019, 7, 8), blocks=(56,), rotations=("A",))
    packs = turn_of_texts("uk-2016", "uk-2019")

    def told(first_day: int) -> list[tuple[str, str]]:
        run = replace(roster, duties=[]).work(range(first_day, first_day + 5), "08:00", 12)
        return [(f.pack, f.rule) for f in judge(run.facts(), packs) if f.rule == "UK-LONG"]

    assert told(0) == []  # 8 July
    assert told(28) == []  # 5 August, two days before the change
    assert told(30) == [("uk-2019", "UK-LONG")]  # 7 August


def test_an_override_is_cut_with_the_pack_it_speaks_of() -> None:
    other = override("most", 6, "UK-LONG", first=date(2019, 8, 1), last=date(2019, 12, 31), pack="uk-2016")
    packs = turn_of_texts("uk-2016", "uk-2019", overrides=(other,))
    assert [(pack.id, pack.judges_from, pack.judges_until, pack.overridden) for pack in packs] == [
        ("uk-2016", None, date(2019, 7, 31), ()),
        ("uk-2016", date(2019, 8, 1), date(2019, 8, 6), ("UK-LONG.most",)),
        ("uk-2019", date(2019, 8, 7), None, ()),
    ]
