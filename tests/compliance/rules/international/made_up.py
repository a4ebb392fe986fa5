"""Years that hypothesis makes up, near the limits of the rules, and what both arithmetics say of them."""

from __future__ import annotations

from datetime import date
from functools import cache

from hypothesis import strategies as st

from src.compliance.packs import load_pack
from src.compliance.rules import Facts, Finding, PersonFacts, RulePack, judge_person
from src.interchange.model import DutyType
from tests.compliance.rules.building import Roster
from tests.compliance.rules.international.by_minute import Verdict
from tests.compliance.rules.international.reference import Reference

PACKS = ("uk-2019", "eu-wtd", "ca-on-paro", "ca-bc", "ca-sk", "ca-mar", "ca-qc", "nz-rmo", "au-nsw")
COMPARED = frozenset(
    {
        "UK-48",
        "EU-48",
        "UK-72",
        "UK-13",
        "AU-NSW",
        "UK-LONG",
        "UK-LATE",
        "UK-NIGHT",
        "UK-46",
        "NZ-12",
        "UK-WE",
        "UK-11",
        "NZ-8",
        "AU-NSW-10",
        "UK-OC24",
        "UK-OCC",
        "UK-OC3",
        "UK-OC10",
        "EU-11",
        "EU-35",
        "CA-BC-FREE",
        "NZ-72",
        "NZ-144",
        "NZ-16",
        "NZ-WE",
        "CA-SK-WE",
        "CA-ON-IH",
        "CA-SK",
        "CA-BC-IH",
        "CA-ON-WE",
        "CA-MAR",
        "CA-MAR-OUT",
        "CA-QC",
        "CA-MAR-WE2",
        "CA-MAR-WE",
        "CA-ON-HC",
        "CA-SK-HC",
        "CA-BC-HC",
        "CA-QC-WE",
        "CA-ON-CC",
        "CA-BC-ROW",
        "CA-QC-CALLS",
        "CA-QC-NIGHTS",
        "CA-ON-BL",
        "CA-ON-24",
        "CA-SK-24",
        "CA-BC-REST",
        "CA-BC-OUT",
    }
)

# Zones whose clocks go forward or back within four weeks of the first day, and one whose never do.
STARTS = (
    ("Europe/London", date(2027, 3, 15)),
    ("Europe/London", date(2026, 10, 12)),
    ("Pacific/Auckland", date(2026, 9, 14)),
    ("Australia/Lord_Howe", date(2027, 3, 20)),
    ("America/St_Johns", date(2026, 10, 19)),
    ("Africa/Cairo", date(2026, 4, 10)),
    ("Asia/Kolkata", date(2028, 2, 14)),
)
BLOCKS = ((28,), (14, 14), (29,), (31,), (15,), (22,), (26,), (30,))
WALLS = ("00:00", "03:00", "07:00", "08:00", "12:00", "12:30", "16:00", "19:00", "20:00", "23:00")
MINUTES = (1, 59, 60, 61, 240, 480, 600, 601, 659, 660, 720, 779, 780, 781, 840, 960, 961, 1440, 1441, 1560)
KINDS = (
    DutyType.CLINICAL,
    DutyType.CLINICAL,
    DutyType.NIGHT_FLOAT,
    DutyType.IN_HOUSE_CALL,
    DutyType.IN_HOUSE_CALL,
    DutyType.TRANSITION,
    DutyType.HOME_CALL_AVAILABILITY,
    DutyType.HOME_CALL_AVAILABILITY,
    DutyType.HOME_CALL_ONSITE,
    DutyType.HOME_CALL_REMOTE_CARE,
    DutyType.CLINICAL_WORK_FROM_HOME,
    DutyType.MOONLIGHTING_EXTERNAL,
    DutyType.JEOPARDY,
    DutyType.SELF_STUDY,
)


@st.composite
def rosters(draw: st.DrawFn) -> Roster:
    """A regular week, stretches of nights, calls and on-call, leave, and odd intervals around them."""
    zone, first = draw(st.sampled_from(STARTS))
    blocks = draw(st.sampled_from(BLOCKS))
    roster = Roster(zone=zone, first=first, blocks=blocks, rotations=[f"R{n}" for n in range(len(blocks))])
    days = sum(blocks)
    is_relentless = draw(st.integers(0, 9)) == 0
    off = set() if is_relentless else draw(st.sets(st.integers(-6, days + 2), max_size=5))
    if not is_relentless and draw(st.booleans()):
        start = draw(st.integers(0, days))
        away = range(start, start + draw(st.sampled_from([1, 3, 5, 7, 9] if max(blocks) > 20 else [1, 3])))
        roster.off(away)
        off |= set(away) if draw(st.integers(0, 3)) else set()
    weekly_off = () if is_relentless else draw(st.sampled_from([(5, 6), (6,), (), (2, 3), (0, 5, 6)]))
    length = draw(st.sampled_from([900] if is_relentless else [240, 480, 600, 601, 660, 720, 780, 781, 900]))
    every_day = [
        d
        for d in range(-6, days + 3)
        if d not in off and d % 7 not in weekly_off and (is_relentless or draw(st.integers(0, 5)))
    ]
    _work(roster, every_day, draw(st.sampled_from(WALLS)), length, DutyType.CLINICAL)
    for kind, least, most in (
        (DutyType.NIGHT_FLOAT, 2, 27),
        (DutyType.IN_HOUSE_CALL, 1, 10),
        (DutyType.HOME_CALL_AVAILABILITY, 1, 14),
    ):
        if draw(st.booleans()):
            apart = 1 if is_relentless else draw(st.integers(1, 4))
            begin = draw(st.integers(-6, 0 if is_relentless else days))
            number = most if is_relentless else draw(st.integers(least, most))
            stretch = [begin + apart * n for n in range(number)]
            wall = draw(st.sampled_from(["16:30", "17:00", "20:00", "22:00"]))
            minutes = draw(st.sampled_from([600, 660, 720, 840, 960, 1440, 1441]))
            _work(roster, [d for d in stretch if d not in off and d <= days + 2], wall, minutes, kind)
    for _ in range(draw(st.integers(0, 6))):
        at = f"{draw(st.integers(0, 23)):02}:{draw(st.sampled_from([0, 1, 29, 30, 31, 59])):02}"
        kind, minutes = draw(st.sampled_from(KINDS)), draw(st.sampled_from(MINUTES))
        _work(roster, [draw(st.integers(-6, days + 2))], at, minutes, kind)
    return roster


def _work(roster: Roster, days: list[int], wall: str, length: int, kind: DutyType) -> None:
    for day in days:
        roster.work(day, wall, length / 60, kind)


@cache
def packs() -> tuple[RulePack, ...]:
    """The compared rules of each pack."""
    return tuple(load_pack(name) for name in PACKS)


def engine_says(facts: Facts, person: PersonFacts) -> list[Verdict]:
    """What the engine finds, as the reference tells it."""
    found = judge_person(facts, person, packs())
    return sorted(_verdict(one) for one in found if one.rule in COMPARED and one.unit != "not judged")


def reference_says(facts: Facts, person: PersonFacts) -> list[Verdict]:
    """What the reference finds."""
    return Reference(facts, person).verdicts()


def _verdict(finding: Finding) -> Verdict:
    start, end = finding.window_start_at, finding.window_end_at
    return Verdict(
        finding.rule,
        finding.severity.value,
        int(start.timestamp()) // 60,
        int(end.timestamp()) // 60,
        int(finding.value * 100),
    )
