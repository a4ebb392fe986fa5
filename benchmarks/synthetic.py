"""Residents made up for measuring: wards, intensive care with call, night float, clinics, electives, leave.

Most years are well within the limits, a share lies just under them and a smaller one over. Everything comes
from one seed; a year has some 600 intervals.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from src.compliance.rules import Facts, PersonFacts, RotationSegment
from src.compliance.rules.calendar import local_calendar
from src.compliance.rules.columns import CODE_OF, DUTY_TYPES, FactColumns, labelled_duties, offsets_of
from src.interchange.model import AcademicBlock, DutyType

ZONE = "America/Chicago"
FIRST = date(2026, 7, 1)
BLOCKS = (*(28,) * 12, 29)
NEAR_LIMIT, OVER_LIMIT = 0.10, 0.01
"""Shares of blocks whose heavy rotations end up just under the limits, and over them."""
SLIPS = 0.005
"""Share of changes of rotation where nobody minded the rest."""

type Rows = NDArray[np.int64]
"""Day of the year, start and end in minutes of local wall time from its midnight, duty type."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a block on a rotation looks like; hours of a day, nights or calls, and its clinic afternoon."""

    rotation: str
    vacation: bool = False


KINDS = (
    Kind("WARD"), Kind("WARD"), Kind("WARD"), Kind("ICU"), Kind("ICU"), Kind("NIGHT"), Kind("EM"),
    Kind("CLINIC", vacation=True), Kind("CLINIC", vacation=True), Kind("ELECTIVE", vacation=True),
    Kind("ELECTIVE", vacation=True), Kind("CARDIO"), Kind("HOME"),
)  # fmt: skip


def columns_of_residents(count: int, seed: int = 1) -> FactColumns:
    """A program's year with that many residents, as columns."""
    chance = random.Random(seed)  # noqa: S311  # made-up rosters, no secrets
    blocks = _blocks()
    end = blocks[-1].end_date
    calendar = local_calendar(ZONE, FIRST - timedelta(days=14), end + timedelta(days=14))
    people: list[PersonFacts] = []
    rows: list[Rows] = []
    for number in range(count):
        profile, own = _resident(f"R{number:05}", chance, blocks)
        people.append(profile)
        rows.append(own)
    counts = [len(own) for own in rows]
    table = np.concatenate(rows)
    midnights = np.array(calendar.midnights, dtype=np.int64)
    midnight = midnights[table[:, 0] + FIRST.toordinal() - calendar.first_day]
    start, end_at = midnight + table[:, 1], midnight + table[:, 2]
    offsets = offsets_of(counts)
    # On the night the clocks go forward a day is an hour shorter: nobody is in two places then.
    same = np.ones(len(start) - 1, dtype=bool)
    same[offsets[1:-1] - 1] = False
    end_at[:-1][same] = np.minimum(end_at[:-1], start[1:])[same]
    types = table[:, 3].astype(np.int8)

    days = np.searchsorted(midnights, start, side="right") - 1
    keys, label = np.unique(days * len(DUTY_TYPES) + types, return_inverse=True)
    labels = [
        f"{date.fromordinal(calendar.first_day + key // len(DUTY_TYPES))}/{DUTY_TYPES[key % len(DUTY_TYPES)]}"
        for key in keys.tolist()
    ]
    frame = Facts(calendar, FIRST, end, blocks, tuple(block.number for block in blocks))
    duties_of = labelled_duties(offsets, start, end_at, types, label, labels.__getitem__)
    return FactColumns(frame, tuple(people), offsets, start, end_at, types, duties_of)


def _resident(
    name: str, chance: random.Random, blocks: tuple[AcademicBlock, ...]
) -> tuple[PersonFacts, Rows]:
    kinds = list(KINDS)
    chance.shuffle(kinds)
    clinic_day = chance.randrange(5)
    leave: set[date] = set()
    rows: list[Rows] = []
    segments: list[RotationSegment] = []
    for kind, block in zip(kinds, blocks, strict=True):
        first, days = (block.start_date - FIRST).days, BLOCKS[block.number - 1]
        draw = chance.random()
        load = "over" if draw < OVER_LIMIT else "near" if draw < OVER_LIMIT + NEAR_LIMIT else "usual"
        own = _block(kind.rotation, first, days, load, chance.randrange(3), clinic_day)
        if kind.vacation and chance.random() < 0.9:
            monday = first + (-(FIRST + timedelta(days=first)).weekday()) % 7 + 7 * chance.randrange(2)
            leave.update(FIRST + timedelta(days=day) for day in range(monday, monday + 7))
            own = own[(own[:, 0] < monday) | (own[:, 0] >= monday + 7)]
        if rows:
            rest = 0 if chance.random() < SLIPS else 14 * 60
            last_day, _, last_end, _ = rows[-1][-1].tolist()
            own = own[own[:, 0] * 1440 + own[:, 1] >= last_day * 1440 + last_end + rest]
        rows.append(own)
        if segments and segments[-1].rotation == kind.rotation:
            before = segments.pop()
            segments.append(RotationSegment(before.rotation, before.first_date, before.days + days))
        else:
            segments.append(RotationSegment(kind.rotation, block.start_date, days))
    profile = PersonFacts(name, chance.randint(1, 3), (), tuple(segments), frozenset(leave))
    return profile, np.concatenate(rows)


@lru_cache(maxsize=4096)
def _block(rotation: str, first: int, days: int, load: str, phase: int, clinic_day: int) -> Rows:
    """One block of one rotation; every row lies after the one before."""
    rows: list[tuple[int, int, int, DutyType]] = []
    for day in range(first, first + days):
        weekday = (FIRST + timedelta(days=day)).weekday()
        rows.extend(
            (day, begin, end, kind)
            for begin, end, kind in _day(rotation, day, weekday, load, phase, clinic_day)
        )
    return np.array([(day, begin, end, CODE_OF[kind]) for day, begin, end, kind in rows], dtype=np.int64)


def _day(
    rotation: str, day: int, weekday: int, load: str, phase: int, clinic_day: int
) -> list[tuple[int, int, DutyType]]:
    clinical, education = DutyType.CLINICAL, DutyType.EDUCATION
    if rotation in ("WARD", "CARDIO"):
        if weekday == 6:
            return []
        length = {"usual": 620 + 20 * phase, "near": 790, "over": 822}[load]
        teaching = [(720, 780, education)] if weekday < 5 else []
        return [(360, 720, clinical), *teaching, (780 if teaching else 720, 360 + length, clinical)]
    if rotation == "ICU":
        turn, cycle = (day + phase) % 4, (day + phase) // 4
        if turn == 0:
            return [(420, 420 + 24 * 60, DutyType.IN_HOUSE_CALL)]
        if turn == 1:
            return [(420, 420 + {"usual": 180, "near": 240, "over": 270}[load], DutyType.TRANSITION)]
        if turn == 3 and cycle % 3:
            return []
        return [(420, 720, clinical), (720, 1020, clinical)]
    if rotation == "NIGHT":
        length = {"usual": 720, "near": 790, "over": 830}[load]
        return [] if weekday == 5 else [(1140, 1140 + length, DutyType.NIGHT_FLOAT)]
    if rotation == "EM":
        begin = 900 if (day + phase) % 8 in (2, 5, 6) else 420
        return [] if (day + phase) % 4 == 3 else [(begin, begin + 600, clinical)]
    if rotation == "HOME":
        if weekday == 6:
            return []
        is_call = day % 4 == 0 and weekday < 5
        call = [(1020, 1020 + 14 * 60, DutyType.HOME_CALL_AVAILABILITY)] if is_call else []
        return [(480, 720, clinical), (720, 1020, clinical), *call]
    if weekday >= 5:
        return []
    evening = 60 if weekday == clinic_day else 0
    return [(480, 720, clinical), (720, 1020 + evening, clinical)]


def _blocks() -> tuple[AcademicBlock, ...]:
    found: list[AcademicBlock] = []
    start = FIRST
    for number, days in enumerate(BLOCKS, start=1):
        found.append(AcademicBlock(number, start, start + timedelta(days=days - 1)))
        start += timedelta(days=days)
    return tuple(found)
