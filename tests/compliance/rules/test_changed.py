"""A change judged from what lies near it is judged as the whole year is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from src.compliance.rules import Duty, Facts, PersonFacts, RotationSegment, RulePack, judge_person
from src.compliance.rules.changed import JudgedPerson, judge_again, judge_first
from src.compliance.rules.near import MANY, near_change
from src.interchange.model import DutyType
from tests.compliance.rules.building import CALL, EDUCATION, Roster, pack, pack_with
from tests.compliance.rules.changing import PACKS, changed, with_duties, years
from tests.compliance.rules.crowds import crowds

many = settings(
    max_examples=80,
    derandomize=True,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def _judged(facts: Facts, person: PersonFacts, packs: list[RulePack]) -> JudgedPerson:
    [judged] = judge_first(facts, [person], packs)
    return judged


@many
@given(st.data(), years(), st.sampled_from(PACKS), st.booleans())
def test_changes_after_changes_are_judged_as_whole_years_are(
    data: st.DataObject, year: tuple[Facts, PersonFacts], packs: list[RulePack], scattered: bool
) -> None:
    facts, person = year
    known = _judged(facts, person, packs)
    assert known.findings == judge_person(facts, person, packs)
    for _ in range(3):
        after = changed(data, facts, known.person, scattered=scattered)
        [known] = judge_again(facts, [(known, after)], packs)
        assert known.findings == judge_person(facts, after, packs)


@many
@given(st.data(), crowds())
def test_crowded_months_are_judged_anew_as_whole_ones_are(data: st.DataObject, facts: Facts) -> None:
    before = judge_first(facts, facts.people, [pack()])
    after = [changed(data, facts, person, scattered=False) for person in facts.people]
    for known, person in zip(
        judge_again(facts, list(zip(before, after, strict=True)), [pack()]), after, strict=True
    ):
        assert known.findings == judge_person(facts, person, [pack()])


def test_most_changes_are_judged_from_a_part_of_the_year() -> None:
    """Were everything judged in full, the comparisons above would compare nothing."""
    shares: list[float] = []

    @settings(many, max_examples=60, database=None)
    @given(st.data(), years())
    def collect(data: st.DataObject, year: tuple[Facts, PersonFacts]) -> None:
        facts, person = year
        after = changed(data, facts, person, scattered=False)
        near = near_change(facts, person, after, [pack().parameters])
        if near is not None and after.duties:
            shares.append(len(near.duties) / len(after.duties))

    collect()
    assert len(shares) > 30
    assert sum(share < 0.7 for share in shares) > len(shares) // 3


def ward_year() -> Roster:
    """Eight blocks of two weeks, Monday to Friday."""
    roster = Roster(blocks=(14,) * 8, rotations=("A", "B") * 4, first=date(2026, 6, 29))
    return roster.work([day for day in range(112) if day % 7 < 5], "07:00", 10)


def test_only_the_block_around_a_change_is_looked_at() -> None:
    person = ward_year().person()
    shorter = replace(person.duties[24], end=person.duties[24].end - 60)  # Friday of the fifth week
    after = with_duties(person, (*person.duties[:24], shorter, *person.duties[25:]))
    near = near_change(ward_year().facts(), person, after, [pack().parameters])
    assert near is not None
    assert near.days == (date(2026, 7, 27).toordinal(), date(2026, 8, 9).toordinal())
    assert len(near.duties) == 10


@pytest.mark.parametrize(
    "after",
    [
        replace(ward_year().person(), pgy=1),
        replace(ward_year().person(), leave_dates=frozenset({date(2026, 7, 1)})),
        replace(ward_year().person(), segments=(RotationSegment("A", date(2026, 6, 29), 112),)),
        ward_year().person(),
    ],
    ids=["level", "leave", "rotations", "nothing"],
)
def test_where_something_else_than_duties_changed_the_year_is_judged(after: PersonFacts) -> None:
    facts, person = ward_year().facts(), ward_year().person()
    assert near_change(facts, person, after, [pack().parameters]) is None
    [known] = judge_again(facts, [(_judged(facts, person, [pack()]), after)], [pack()])
    assert known.findings == judge_person(facts, after, [pack()])


def test_a_change_outside_the_calendar_is_judged_with_the_whole_year() -> None:
    facts, person = ward_year().facts(), ward_year().person()
    late = facts.calendar.midnights[-1]
    after = with_duties(person, (*person.duties, Duty(late, late + 60, DutyType.CLINICAL, "late")))
    assert near_change(facts, person, after, [pack().parameters]) is None


def test_a_change_that_touches_much_is_judged_with_the_whole_year() -> None:
    roster = Roster(blocks=(200,), rotations=("A",)).work(range(200), "07:00", 10)
    person = roster.person()
    after = with_duties(person, person.duties[:100] + person.duties[101:])
    assert len(after.duties) > MANY
    assert near_change(roster.facts(), person, after, [pack().parameters]) is None


def test_a_longer_call_makes_the_next_rotations_free_day_a_post_call_one() -> None:
    """The work around a change is touched with it: a call of 24 h ends where the next rotation begins."""
    roster = Roster(blocks=(28, 28), rotations=("A", "B"))
    roster.work(27, "00:00", 24, CALL).work([d for d in range(29, 56) if d % 7], "07:00", 10)
    before = replace(
        roster.person(),
        duties=tuple(replace(one, start=one.start + 60 * (one.type is CALL)) for one in roster.duties),
    )
    packs = [pack_with(max_postcall_free=0)]
    [known] = judge_again(roster.facts(), [(_judged(roster.facts(), before, packs), roster.person())], packs)
    assert known.findings == judge_person(roster.facts(), roster.person(), packs)
    assert "FREE7-POSTCALL" in {finding.rule for finding in known.findings}


def test_a_call_before_six_on_the_next_rotations_first_day_stays_with_the_window_before() -> None:
    """It starts after the window's last date, and counts in it."""

    def calls(wall: str) -> Roster:
        roster = Roster(blocks=(29, 3), rotations=("A", "B"))
        return (
            roster.work(0, wall, 1, EDUCATION)
            .work(range(1, 28, 2), "07:00", 12, CALL)
            .work(29, "05:59", 1, CALL)
        )

    facts, after = calls("01:00").facts(), calls("00:00").person()
    [known] = judge_again(facts, [(_judged(facts, calls("01:00").person(), [pack()]), after)], [pack()])
    assert known.findings == judge_person(facts, after, [pack()])
    [found] = [finding for finding in known.findings if finding.rule == "US-CALL3"]
    assert found.entries[-1] == "29/05:59/in_house_call"


def test_nobody_changed_is_nobody_judged() -> None:
    assert judge_first(Roster().facts(), (), [pack()]) == ()
    assert judge_again(Roster().facts(), (), [pack()]) == ()
