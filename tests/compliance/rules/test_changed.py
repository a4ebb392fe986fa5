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
from src.interchange.model import DutyType, RuleApproval, RuleApprovalKind
from tests.compliance.rules.building import CALL, EDUCATION, NIGHT, Roster, pack, pack_of, pack_with
from tests.compliance.rules.crowds import crowds

many = settings(
    max_examples=80,
    derandomize=True,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
PACKS = [
    [pack()],
    [pack(), pack_of("acgme-em", "EM-72", "EM-EQ"), pack_of("acgme-im", "IM-NOAVG")],
    [pack_with(min_rest_minutes=72 * 60, max_nights_in_row=2, max_postcall_free=0)],
    [replace(pack(), judges_until=date(2026, 7, 20)), replace(pack(), judges_from=date(2026, 7, 21))],
    [pack_of("us-ny-405")],
]
"""The usual; several with kinds that are judged in full; stricter; one from a date on; leave not left out."""

SHAPES = {
    "ward": ((0, 1, 2, 3, 4, 5), "06:00", 13.5, DutyType.CLINICAL),
    "clinic": ((0, 1, 2, 3, 4), "08:00", 9, DutyType.CLINICAL),
    "nights": ((0, 1, 2, 3, 4, 5, 6), "19:00", 12, NIGHT),
    "calls": ((0, 3), "07:00", 24, CALL),
    "home": ((1, 4), "17:00", 14, DutyType.HOME_CALL_AVAILABILITY),
    "off": ((), "07:00", 0, DutyType.CLINICAL),
}
ZONES = [
    ("America/Chicago", date(2026, 9, 21)),
    ("Africa/Cairo", date(2026, 3, 30)),
    ("UTC", date(2028, 1, 31)),
]
LAYOUTS = [(14,) * 8, (28, 28, 28, 28), (31, 30, 31), (7, 6, 10, 28, 35, 5, 21), (3, 4, 14, 29, 32, 14)]


@st.composite
def years(draw: st.DrawFn) -> tuple[Facts, PersonFacts]:
    """A hundred days of rotations of several kinds, with weekends, leave, calls and odd hours."""
    zone, first = draw(st.sampled_from(ZONES))
    blocks = draw(st.sampled_from(LAYOUTS))
    rotations = [draw(st.sampled_from([*SHAPES, "clinic", "clinic"])) for _ in blocks]
    roster = Roster(zone=zone, first=first, blocks=blocks, rotations=rotations, pgy=draw(st.integers(1, 2)))
    begin = 0
    for rotation, days in zip(rotations, blocks, strict=True):
        weekdays, wall, hours, kind = SHAPES[rotation]
        roster.work([d for d in range(begin, begin + days) if d % 7 in weekdays], wall, hours, kind)
        begin += days
    for _ in range(draw(st.integers(0, 2))):
        away = draw(st.integers(0, begin - 7))
        roster.off(range(away, away + draw(st.sampled_from([1, 7, 14]))))
    roster.approvals = (
        RuleApproval(
            kind=RuleApprovalKind.HOURS_EXCEPTION,
            person=None,
            rotation="ward",
            weekly_minutes=85 * 60,
            reason="made up",
            approved_by="made up",
            start_date=first,
            end_date=date.fromordinal(first.toordinal() + 30),
        ),
    )
    return roster.facts(), _with_odd(draw, roster.person(), roster, begin, draw(st.integers(0, 4)))


def _with_odd(draw: st.DrawFn, person: PersonFacts, roster: Roster, days: int, count: int) -> PersonFacts:
    """The person with some duties more, of any type and anywhere, the edges of days and years among them."""
    odd = Roster(zone=roster.zone, first=roster.first)
    for _ in range(count):
        wall = draw(st.sampled_from(["00:00", "03:00", "05:59", "06:00", "12:00", "19:00", "23:30"]))
        hours = draw(st.sampled_from([1 / 60, 0.5, 4, 5, 12, 24, 28, 30, 51]))
        odd.work(draw(st.integers(-6, days + 3)), wall, hours, draw(st.sampled_from(list(DutyType))))
    return _with(person, (*person.duties, *odd.duties))


def _with(person: PersonFacts, duties: tuple[Duty, ...]) -> PersonFacts:
    return replace(person, duties=tuple(sorted(duties, key=lambda one: (one.start, one.end, one.label))))


def _changed(data: st.DataObject, facts: Facts, person: PersonFacts, *, scattered: bool) -> PersonFacts:
    """Up to three duties moved, shortened, gone or come; beside each other, unless scattered."""
    duties = list(person.duties)
    place = data.draw(st.integers(0, max(len(duties) - 1, 0)))
    for _ in range(data.draw(st.integers(1, 3))):
        if scattered:
            place = data.draw(st.integers(0, max(len(duties) - 1, 0)))
        match data.draw(st.sampled_from(["move", "end", "gone", "come"])):
            case "come":
                low, high = facts.calendar.midnights[50], facts.calendar.midnights[-15]
                around = duties[min(place, len(duties) - 1)].start if duties else low
                start = min(max(around + 60 * data.draw(st.integers(-30, 30)), low), high)
                length = 60 * data.draw(st.sampled_from([1, 9, 24, 29]))
                duties.append(Duty(start, start + length, data.draw(st.sampled_from(list(DutyType))), "new"))
            case _ if place >= len(duties):
                pass
            case "gone":
                duties.pop(place)
            case "move":
                one, by = duties[place], 60 * data.draw(st.integers(-20, 20))
                duties[place] = replace(one, start=one.start + by, end=one.end + by)
            case "end":
                one = duties[place]
                duties[place] = replace(
                    one, end=max(one.start + 1, one.end + 30 * data.draw(st.integers(-12, 12)))
                )
    return _with(person, tuple(duties))


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
        after = _changed(data, facts, known.person, scattered=scattered)
        [known] = judge_again(facts, [(known, after)], packs)
        assert known.findings == judge_person(facts, after, packs)


@many
@given(st.data(), crowds())
def test_crowded_months_are_judged_anew_as_whole_ones_are(data: st.DataObject, facts: Facts) -> None:
    before = judge_first(facts, facts.people, [pack()])
    after = [_changed(data, facts, person, scattered=False) for person in facts.people]
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
        after = _changed(data, facts, person, scattered=False)
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
    after = _with(person, (*person.duties[:24], shorter, *person.duties[25:]))
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
    after = _with(person, (*person.duties, Duty(late, late + 60, DutyType.CLINICAL, "late")))
    assert near_change(facts, person, after, [pack().parameters]) is None


def test_a_change_that_touches_much_is_judged_with_the_whole_year() -> None:
    roster = Roster(blocks=(200,), rotations=("A",)).work(range(200), "07:00", 10)
    person = roster.person()
    after = _with(person, person.duties[:100] + person.duties[101:])
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
