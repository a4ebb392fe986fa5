"""Years of rotations of several kinds, and changes of some of their duties, made up by hypothesis."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from src.compliance.rules import Duty, Facts, PersonFacts
from src.interchange.model import DutyType, RuleApproval, RuleApprovalKind
from tests.compliance.rules.building import CALL, NIGHT, Roster, pack, pack_of, pack_with

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
    return with_duties(person, (*person.duties, *odd.duties))


def with_duties(person: PersonFacts, duties: tuple[Duty, ...]) -> PersonFacts:
    """The person with those duties, in order."""
    return replace(person, duties=tuple(sorted(duties, key=lambda one: (one.start, one.end, one.label))))


def changed(data: st.DataObject, facts: Facts, person: PersonFacts, *, scattered: bool) -> PersonFacts:
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
    return with_duties(person, tuple(duties))
