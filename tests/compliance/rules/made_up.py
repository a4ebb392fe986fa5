"""Years that hypothesis makes up: a resident with a regular week, and all that upsets it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from hypothesis import strategies as st

from src.compliance.rules import (
    Care,
    ContinuousLength,
    Finding,
    FreeBasis,
    RulePack,
    WindowMode,
    judge,
)
from src.interchange.model import DutyType, RuleApproval, RuleApprovalKind
from tests.compliance.rules.building import Roster, pack_of
from tests.compliance.rules.reference import Verdict
from tests.compliance.rules.reference_ground import Modes
from tests.compliance.rules.reference_packs import PackReference

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


CARE = {"ED": Care.EMERGENCY, "NF": Care.NIGHT_FLOAT, "clinic": Care.CLINIC}
MORE_TYPES = [
    *EXTRA_TYPES,
    DutyType.NIGHT_FLOAT,
    DutyType.CLINICAL,
    DutyType.RESIDENT_ELECTED_EXTENSION,
    DutyType.RESIDENT_ELECTED_EXTENSION,
]
FEW_OF_THEM = ["by_rotation"] * 6 + ["tail28", "fixed_blocks", "calendar_month"] * 2 + ["rolling28"]
COUNTED = {"US-FREE7", "US-CALL3", "NF-6", "US-ELECT", "FREE7-POSTCALL", "IM-NOAVG", "IM-NF"}


@dataclass(frozen=True)
class Case:
    """A resident's year and how the common requirements are read."""

    roster: Roster
    modes: Modes


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A year as above, with shifts in an ED, nights, approvals, and other ways of reading it."""
    roster = draw(rosters())
    names = st.sampled_from(["A", "ED", "ED", "NF", None])
    roster.rotations = [draw(names) for _ in roster.blocks]
    roster.pgy, roster.care = draw(st.sampled_from([1, 2, 3])), CARE
    days = sum(roster.blocks)
    if draw(st.booleans()):
        first, length = draw(st.integers(-2, days)), draw(st.integers(2, 9))
        start = draw(st.sampled_from(["18:00", "20:00", "22:00"]))
        roster.work(range(first, first + length), start, 11, DutyType.NIGHT_FLOAT)
    for _ in range(draw(st.integers(0, 4))):
        hours = draw(st.sampled_from([0.5, 2, 8, 10, 12, 12.5]))
        wall = f"{draw(st.integers(0, 23)):02}:{draw(st.sampled_from(['00', '30', '31']))}"
        kind, item = draw(st.sampled_from(MORE_TYPES)), draw(st.sampled_from(["", "", "clinic"]))
        roster.work(draw(st.integers(-2, days)), wall, hours, kind, item)
    if draw(st.sampled_from([False, False, True])):
        at = draw(st.sampled_from(["11:00", "07:00", "17:00"]))
        every = range(1, days, draw(st.sampled_from([3, 6, 9])))
        roster.work(every, at, 2, DutyType.RESIDENT_ELECTED_EXTENSION)
    for _ in range(draw(st.integers(0, 2))):
        first_date = roster.first + timedelta(days=draw(st.integers(-5, days)))
        roster.approvals += (
            RuleApproval(
                kind=RuleApprovalKind.HOURS_EXCEPTION,
                person=None,
                rotation=draw(st.sampled_from(["A", "ED"])),
                weekly_minutes=draw(st.sampled_from([70, 82, 88, 95])) * 60,
                reason="made up",
                approved_by="made up",
                start_date=first_date,
                end_date=first_date + timedelta(days=draw(st.sampled_from([0, 6, 13, 60]))),
            ),
        )
    modes = Modes(
        windows=draw(st.sampled_from(FEW_OF_THEM)),
        free_by_calendar=draw(st.sampled_from([False, False, True])),
        without_gaps=draw(st.sampled_from([False, False, True])),
    )
    return Case(roster, modes)


COMMON = [
    *("weekly", "free_days", "calls", "elected", "postcall", "rest_14", "continuous", "rest_8"),
    *("moonlighting", "nights", "free_among_nights"),
]
RULES_OF = {
    "acgme-cpr-2023": COMMON,
    "acgme-em": ["em_60", "em_72", "ed_shifts", "ed_rest"],
    "acgme-im": ["no_average", "night_float_days"],
    "us-ny-405": ["ny_80", "continuous", "rest_8", "free_weeks"],
}
"""What of each pack is compared: methods of the reference."""

LEFT_OUT = {"US-HOME", "US-SUP-L", "US-SUP-R", "EM-FREE", "IM-ICU", "IM-CLIN", "IM-RATIO", "NY-ED"}
"""Rules that are another rule by another name, are of several people, or count sessions."""

SAME_AS = {"NY-24": "US-CONT24", "NY-8": "US-REST8"}


def pack_for(pack_id: str, modes: Modes) -> RulePack:
    """The pack with everything that is compared switched on, read in those modes."""
    made = pack_of(pack_id, "EM-72", "EM-EQ", "IM-NF")
    if pack_id != "acgme-cpr-2023":
        return made
    return replace(
        made,
        parameters=replace(
            made.parameters,
            window_mode=WindowMode[modes.windows.upper()],
            free_basis=FreeBasis.CALENDAR if modes.free_by_calendar else FreeBasis.H24,
            cont_length=ContinuousLength.SUM if modes.without_gaps else ContinuousLength.SPAN,
        ),
    )


def modes_of(pack_id: str, modes: Modes) -> Modes:
    """How the reference has to read that pack."""
    if pack_id == "acgme-cpr-2023":
        return modes
    return Modes(leave_left_out=False, transition=180) if pack_id == "us-ny-405" else Modes()


def engine_says(case: Case, pack_id: str) -> list[Verdict]:
    """The engine's findings as verdicts."""
    found = judge(case.roster.facts(), [pack_for(pack_id, case.modes)])
    return sorted(_verdict(finding, case.modes) for finding in found if _is_compared(finding, case.modes))


def reference_says(case: Case, pack_id: str, reference: PackReference | None = None) -> list[Verdict]:
    """The reference's verdicts."""
    reference = reference or PackReference(case.roster.facts(), case.roster.person())
    return reference.judged(RULES_OF[pack_id], modes_of(pack_id, case.modes))


def compared(case: Case) -> tuple[list[Verdict], list[str]]:
    """The engine's verdicts on all packs, and what only one of the two says, pack by pack."""
    reference = PackReference(case.roster.facts(), case.roster.person())
    verdicts: list[Verdict] = []
    told: list[str] = []
    for pack_id in RULES_OF:
        engine, slow = engine_says(case, pack_id), reference_says(case, pack_id, reference)
        told += [f"{pack_id}: engine alone: {one}" for one in engine if one not in slow]
        told += [f"{pack_id}: reference alone: {one}" for one in slow if one not in engine]
        if not told and engine != slow:
            told.append(f"{pack_id}: the same verdicts, not as often")
        verdicts += engine
    return verdicts, told


def _is_compared(finding: Finding, modes: Modes) -> bool:
    # A free day after a call is told by the minute the call ends, which whole dates do not know.
    return finding.rule not in LEFT_OUT and not (finding.rule == "FREE7-POSTCALL" and modes.free_by_calendar)


def _verdict(finding: Finding, modes: Modes) -> Verdict:
    rule = SAME_AS.get(finding.rule, finding.rule)
    severity = "soft" if finding.rule == "NY-8" else finding.severity.value
    value = int(finding.value) if finding.rule in COUNTED else 0
    start, end = finding.window_start_at, finding.window_end_at
    return Verdict(rule, severity, int(start.timestamp()) // 60, int(end.timestamp()) // 60, value)
