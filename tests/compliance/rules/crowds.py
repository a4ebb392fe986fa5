"""Programs of several residents for tests, most of them close to a limit on one side or the other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from src.compliance.rules import Facts, PersonFacts
from src.interchange.model import DutyType
from tests.compliance.rules.building import Roster

STARTS = [
    ("America/Chicago", date(2027, 3, 1)),
    ("America/Chicago", date(2026, 10, 20)),
    ("Australia/Lord_Howe", date(2026, 9, 20)),
    ("Africa/Cairo", date(2026, 4, 10)),
    ("Asia/Kolkata", date(2028, 2, 10)),
]
BLOCKS = [(28,), (14, 14), (31, 9), (28, 7), (7, 7, 7, 7), (6, 5, 10), (35, 20), (29, 3), (3, 32), (7, 7, 28)]
TYPES = list(DutyType)
STARTS_OF_DAY = ["00:00", "05:59", "06:00", "07:00", "12:00"]


@st.composite
def crowds(draw: st.DrawFn) -> Facts:
    """One to four residents of one program, some blocks of whose year are checked."""
    zone, first = draw(st.sampled_from(STARTS))
    blocks = draw(st.sampled_from(BLOCKS))
    checked = draw(st.sampled_from([(), (1,), (len(blocks),)]))
    rosters = [
        _roster(draw, Roster(zone=zone, first=first, blocks=blocks, checked=checked))
        for _ in range(draw(st.integers(1, 4)))
    ]
    people = tuple(_named(roster.person(), number) for number, roster in enumerate(rosters))
    return replace(rosters[0].facts(), people=people)


def _named(person: PersonFacts, number: int) -> PersonFacts:
    return replace(person, person=f"R{number:03}")


def _roster(draw: st.DrawFn, roster: Roster) -> Roster:
    days = sum(roster.blocks)
    roster.rotations = [draw(st.sampled_from(["A", "A", "B", None])) for _ in roster.blocks]
    roster.pgy = draw(st.integers(1, 3))
    off = _days_off(draw, roster, days)
    shape = draw(st.sampled_from(["days", "nights", "long days", "calls", "idle"]))
    if shape == "days":
        hours = draw(st.sampled_from([11, 12, 13, 80 / 6, 14]))
        start = draw(st.sampled_from(STARTS_OF_DAY))
        roster.work([day for day in range(-3, days + 2) if day not in off], start, hours)
    elif shape == "nights":
        nights = [day for day in range(-4, days + 1) if day not in off]
        roster.work(nights, "19:00", draw(st.sampled_from([11, 12, 13])), DutyType.NIGHT_FLOAT)
    elif shape == "long days":
        roster.work([day for day in range(0, days, 2) if day not in off], "07:00", 16)
        roster.work([day for day in range(1, days, 2) if day not in off], "06:00", 17)
    elif shape == "calls":
        every = draw(st.sampled_from([2, 3, 3, 4]))
        at = range(draw(st.integers(-3, 2)), days + 1, every)
        minutes = draw(st.sampled_from([1440, 1440, 1441, 1439]))
        roster.work(at, "07:00", minutes / 60, DutyType.IN_HOUSE_CALL)
        if draw(st.booleans()):
            roster.work(
                [day + 1 for day in at], "07:00", draw(st.sampled_from([3, 4, 4.5])), DutyType.TRANSITION
            )
    for _ in range(draw(st.integers(0, 6))):
        minutes = draw(st.sampled_from([1, 30, 240, 660, 780, 1440, 1680]))
        wall = f"{draw(st.integers(0, 23)):02}:{draw(st.sampled_from([0, 1, 29, 30, 59])):02}"
        roster.work(draw(st.integers(-4, days + 1)), wall, minutes / 60, draw(st.sampled_from(TYPES)))
    return roster


def _days_off(draw: st.DrawFn, roster: Roster, days: int) -> set[int]:
    weekly = draw(st.sampled_from([(6,), (5, 6), (), (0,), (2, 6)]))
    off = {day for day in range(-3, days + 2) if day % 7 in weekly}
    off ^= draw(st.sets(st.integers(-3, days + 1), max_size=2))
    for _ in range(draw(st.integers(0, 2))):
        first = draw(st.integers(-2, days))
        away = range(first, first + draw(st.sampled_from([1, 3, 7, 14, 28])))
        roster.off(away)
        off |= set(away) if draw(st.integers(0, 3)) else set()
    return off
