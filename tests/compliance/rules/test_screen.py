"""Judging from columns is judging: the same findings, word for word, and no screen ever misses anyone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from src.compliance.rules import KINDS, Duty, Facts, RulePack, judge
from src.compliance.rules.columns import columns_of
from src.compliance.rules.failure import Failure
from src.compliance.rules.screen import judge_columns
from src.compliance.rules.screen_rules import SCREENS
from src.compliance.rules.screen_time import Line
from src.compliance.rules.view import PersonView
from src.interchange.model import DutyType
from tests.compliance.rules.building import Roster, pack, pack_with
from tests.compliance.rules.crowds import crowds

many = settings(
    max_examples=100,
    derandomize=True,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@many
@given(crowds())
def test_columns_are_judged_as_their_facts_are(facts: Facts) -> None:
    assert judge_columns(columns_of(facts), [pack()]) == judge(facts, [pack()])


@many
@given(crowds())
def test_no_screen_misses_anyone_even_outside_what_is_checked(facts: Facts) -> None:
    line = Line(columns_of(facts), pack().parameters)
    for rule in pack().rules:
        if rule.kind not in SCREENS:
            continue
        named = SCREENS[rule.kind](line, rule)
        for position, person in enumerate(facts.people):
            found = KINDS[rule.kind](PersonView(facts, person, pack().parameters), rule)
            fails = any(isinstance(one, Failure) for one in found)
            assert named[position] or not fails, f"{rule.id} misses {person.person}"


def test_the_made_up_programs_fail_and_pass_every_screened_rule() -> None:
    """A comparison of silence with silence would prove nothing."""
    named: dict[str, list[bool]] = {}

    @settings(many, max_examples=150, database=None)
    @given(crowds())
    def collect(facts: Facts) -> None:
        line = Line(columns_of(facts), pack().parameters)
        for rule in pack().rules:
            if rule.kind in SCREENS:
                named.setdefault(rule.id, []).extend(SCREENS[rule.kind](line, rule).tolist())

    collect()
    assert {rule for rule, masks in named.items() if all(masks) or not any(masks)} == set()


@pytest.mark.parametrize(
    "other",
    [
        pack_with(weekly_minutes=3000, min_rest_minutes=720),
        pack_with(max_nights_in_row=0, max_postcall_free=0),
        pack_with(window_days=14, longest_single_window_days=14, min_window_days=3),
        replace(pack(), rules=()),
        replace(pack(), rules=tuple(replace(rule, enabled=False) for rule in pack().rules)),
    ],
    ids=["stricter", "nothing tolerated", "shorter windows", "no rules", "rules switched off"],
)
def test_packs_with_other_numbers_are_screened_by_their_own(other: RulePack) -> None:
    @settings(many, max_examples=15)
    @given(crowds())
    def compare(facts: Facts) -> None:
        assert judge_columns(columns_of(facts), [pack(), other]) == judge(facts, [pack(), other])

    compare()


def test_a_program_without_residents_has_no_findings() -> None:
    assert judge_columns(columns_of(replace(Roster().facts(), people=())), [pack()]) == ()


def test_residents_without_a_single_duty_have_no_findings() -> None:
    facts = Roster().facts()
    idle = replace(facts, people=tuple(replace(facts.people[0], person=name) for name in ("A", "B")))
    assert judge_columns(columns_of(idle), [pack()]) == ()


def test_one_over_the_limit_among_those_at_it_is_the_only_one_named() -> None:
    """80.0 hours pass, 80 hours and a minute fail, whoever stands beside whom."""
    workdays = [day for day in range(28) if day % 7 != 6]
    at_limit = Roster().work(workdays, "06:00", 80 / 6).person()
    over = Roster().work(workdays, "06:00", 80 / 6).work(6, "12:00", 1 / 60).person()
    people = tuple(
        replace(person, person=name) for name, person in (("A", at_limit), ("B", over), ("C", at_limit))
    )
    facts = replace(Roster().facts(), people=people)
    line = Line(columns_of(facts), pack().parameters)
    rule = next(rule for rule in pack().rules if rule.kind == "weekly_hours")
    assert SCREENS["weekly_hours"](line, rule).tolist() == [False, True, False]


def test_a_rule_without_a_screen_is_judged_for_everyone(monkeypatch: pytest.MonkeyPatch) -> None:
    workdays = [day for day in range(28) if day % 7 != 6]
    facts = Roster().work(workdays, "06:00", 14).facts()
    monkeypatch.setattr("src.compliance.rules.screen.SCREENS", {})
    assert judge_columns(columns_of(facts), [pack()]) == judge(facts, [pack()]) != ()


def test_columns_give_back_the_facts_they_were_made_from() -> None:
    facts = Roster(leave={date(2026, 7, 9)}).work(range(5), "07:00", 12).facts()
    assert columns_of(facts).facts() == facts


def test_a_duty_that_ends_before_it_starts_is_refused_with_its_owner() -> None:
    columns = columns_of(Roster().work(range(3), "07:00", 12).facts())
    with pytest.raises(ValueError, match="R001: a duty ends no later than it starts"):
        replace(columns, end=columns.start)


def test_duties_out_of_order_are_refused_with_their_owner() -> None:
    columns = columns_of(Roster().work(range(3), "07:00", 12).facts())
    with pytest.raises(ValueError, match="R001: duties are out of order"):
        replace(columns, start=columns.start[::-1].copy(), end=columns.end[::-1].copy())


def test_a_later_person_may_begin_before_an_earlier_one() -> None:
    facts = Roster().work(9, "07:00", 12).facts()
    early = Roster().work(1, "07:00", 12).person()
    assert len(columns_of(replace(facts, people=(*facts.people, replace(early, person="R002"))))) == 2


@pytest.mark.parametrize("column", ["start", "end", "type"])
def test_columns_of_different_lengths_are_refused(column: str) -> None:
    columns = columns_of(Roster().work(range(3), "07:00", 12).facts())
    with pytest.raises(ValueError, match="not of one length"):
        replace(columns, **{column: getattr(columns, column)[:2]})


def test_offsets_that_do_not_cover_the_people_are_refused() -> None:
    columns = columns_of(Roster().work(range(3), "07:00", 12).facts())
    with pytest.raises(ValueError, match="whose"):
        replace(columns, profiles=columns.profiles * 2)


def test_every_duty_type_has_a_code_of_its_own() -> None:
    roster = Roster()
    for day, duty_type in enumerate(DutyType):
        roster.work(day, "07:00", 1, duty_type)
    columns = columns_of(roster.facts())
    assert columns.facts().people[0].duties == tuple(
        sorted(roster.duties, key=lambda duty: (duty.start, duty.end))
    )
    assert sorted(columns.type.tolist()) == list(range(len(DutyType)))


def test_facts_with_a_duty_at_the_edge_of_the_calendar_are_screened() -> None:
    """The calendar's last date is in nobody's window, and no screen looks beyond it."""
    facts = Roster().facts()
    last = facts.calendar.midnights[-1]
    person = replace(facts.people[0], duties=(Duty(last - 60, last, DutyType.NIGHT_FLOAT, "edge"),))
    edge = replace(facts, people=(person,))
    assert judge_columns(columns_of(edge), [pack()]) == judge(edge, [pack()])
