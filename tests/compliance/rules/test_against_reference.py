"""Two arithmetics: the engine against the minute-by-minute reference, on years that hypothesis makes up."""

from __future__ import annotations

from datetime import date

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from src.compliance.rules import Finding
from src.interchange.model import DutyType
from tests.compliance.rules.building import Roster
from tests.compliance.rules.reference import Reference, Verdict

COMPARED = {"US-80", "US-FREE7", "US-CALL3", "US-REST14", "US-CONT24"}
COUNTED = {"US-FREE7", "US-CALL3"}

# Zones with the clocks going forward and back within five weeks of the first day, and one that never changes.
STARTS = [
    ("America/Chicago", date(2027, 3, 1)),
    ("America/Chicago", date(2026, 10, 20)),
    ("Australia/Lord_Howe", date(2026, 9, 20)),
    ("America/Havana", date(2026, 10, 20)),
    ("Africa/Cairo", date(2026, 4, 10)),
    ("Asia/Kolkata", date(2028, 2, 10)),
]
BLOCKS = [(14, 14), (28,), (31, 9), (28, 7), (7, 7, 7, 7), (6, 5, 10), (35,), (31, 14), (3, 32), (29,), (27,)]
EXTRA_TYPES = [
    DutyType.IN_HOUSE_CALL,
    DutyType.IN_HOUSE_CALL,
    DutyType.TRANSITION,
    DutyType.EDUCATION,
    DutyType.NIGHT_FLOAT,
    DutyType.HOME_CALL_AVAILABILITY,
    DutyType.HOME_CALL_ONSITE,
    DutyType.HOME_CALL_REMOTE_CARE,
    DutyType.CLINICAL_WORK_FROM_HOME,
    DutyType.JEOPARDY,
    DutyType.MOONLIGHTING_EXTERNAL,
]


@st.composite
def rosters(draw: st.DrawFn) -> Roster:
    """A resident with a regular week, days off, leave, calls and odd hours, before, in and after the year."""
    zone, first = draw(st.sampled_from(STARTS))
    blocks = draw(st.sampled_from(BLOCKS))
    rotations = [draw(st.sampled_from(["A", "A", "B", None])) for _ in blocks]
    roster = Roster(zone=zone, first=first, blocks=blocks, rotations=rotations)
    days = sum(blocks)
    hours = draw(st.sampled_from([4, 8, 10, 11.5, 12, 13, 16]))
    weekly_off = draw(st.sampled_from([(3, 4), (4,), (), (0, 6), (2,)]))
    off = draw(st.sets(st.integers(-3, days + 1), max_size=4)) | {
        d for d in range(days) if d % 7 in weekly_off
    }
    start = draw(st.sampled_from(["00:00", "06:00", "07:00", "12:00"]))
    for _ in range(draw(st.integers(0, 3))):
        leave = draw(st.integers(-2, days))
        away = range(leave, leave + draw(st.sampled_from([1, 2, 7, 14, 28])))
        roster.off(away)
        off |= set(away) if draw(st.booleans()) else set()
    roster.work([day for day in range(-3, days + 2) if day not in off], start, hours)
    if draw(st.booleans()):
        every = draw(st.integers(2, 5))
        roster.work(range(draw(st.integers(0, 3)), days, every), "19:00", 11, DutyType.IN_HOUSE_CALL)
    for _ in range(draw(st.integers(0, 12))):
        minutes = draw(st.sampled_from([1, 59, 240, 660, 780, 1439, 1440, 1441, 1680, 1681]))
        at = draw(st.integers(0, 23)), draw(st.sampled_from([0, 1, 29, 30, 31, 59]))
        day = draw(st.integers(-3, days + 1))
        roster.work(day, f"{at[0]:02}:{at[1]:02}", minutes / 60, draw(st.sampled_from(EXTRA_TYPES)))
    return roster


def verdict(finding: Finding) -> Verdict:
    start, end = finding.window_start_at, finding.window_end_at
    value = int(finding.value) if finding.rule in COUNTED else 0
    minutes = (int(start.timestamp()) // 60, int(end.timestamp()) // 60)
    return Verdict(finding.rule, finding.severity.value, *minutes, value)


@settings(
    max_examples=80,
    derandomize=True,
    deadline=None,
    phases=[Phase.generate],  # a case takes 50 ms, so shrinking one would take minutes
    suppress_health_check=list(HealthCheck),
)
@given(rosters())
def test_the_engine_and_the_reference_agree(roster: Roster) -> None:
    fast = sorted(verdict(finding) for finding in roster.judge() if finding.rule in COMPARED)
    assert fast == Reference(roster.facts(), roster.person()).verdicts()


def test_the_made_up_years_fail_and_pass_every_compared_rule() -> None:
    """A comparison of silence with silence would prove nothing."""
    seen: list[set[str]] = []

    @settings(
        max_examples=200,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(rosters())
    def collect(roster: Roster) -> None:
        seen.append({f"{finding.rule} {finding.severity}" for finding in roster.judge()})

    collect()
    for rule in COMPARED:
        failing = sum(1 for found in seen if f"{rule} hard" in found)
        assert 0 < failing < len(seen), rule
    assert {"US-80 info", "US-FREE7 info", "US-FREE7 soft"} <= set().union(*seen)
