"""For every input: a body the small program takes, a change of it, and one it refuses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Case:
    """A body that the small program takes, a change of it, and a body it refuses with the field at fault."""

    path: str
    body: dict[str, Any]
    change: dict[str, Any]
    bad: dict[str, Any]
    pointer: str


CASES = (
    Case(
        "people",
        {"code": "R9", "name": "Nine", "kind": "resident", "pgy": 1, "end_date": "2026-12-31"},
        {"name": "Neun", "pgy": 2, "end_date": None},
        {"start_date": "2027-01-01"},
        "/body/end_date",
    ),
    Case(
        "rotations",
        {"code": "ICU", "name": "ICU", "setting": "inpatient"},
        {"clinic": True, "group": "heavy"},
        {"max_consecutive": 0},
        "/body/max_consecutive",
    ),
    Case(
        "templates",
        {
            "rotation": "NF",
            "weekdays": [5],
            "session": "AM",
            "start": "07:30",
            "minutes": 90,
            "duty_type": "education",
        },
        {"minutes": 95, "may_be_off": True},
        {"rotation": "WRAD"},
        "/body/rotation",
    ),
    Case(
        "staffing",
        {"rotation": "@light", "weekdays": [0, 1], "session": "AM", "pgys": [2, 1], "min": 0},
        {"min": 1, "max": 4},
        {"min": 3, "max": 1},
        "/body/min",
    ),
    Case(
        "coverage",
        {"rotation": "NF", "pgys": [], "blocks": [2, 1], "min": 0, "max": 1},
        {"blocks": [1, 2, 3]},
        {"blocks": [5]},
        "/body/blocks",
    ),
    Case(
        "requirements",
        {"pgys": [2], "rotation": "NF", "min_blocks": 0, "max_blocks": 2},
        {"first_block": 2, "last_block": 3},
        {"first_block": 3, "last_block": 2},
        "/body/first_block",
    ),
    Case(
        "successions",
        {"from_rotation": "WARD", "to_rotation": "@light", "pgys": []},
        {"pgys": [1]},
        {"to_rotation": "@heavy"},
        "/body/to_rotation",
    ),
    Case(
        "calls",
        {
            "code": "JEO",
            "name": "Jeopardy",
            "duty_type": "jeopardy",
            "weekdays": [5, 6],
            "start": "07:00",
            "minutes": 1440,
            "pgys": [1],
            "rotations": ["@light"],
            "points": 0.5,
        },
        {"rotations": ["WARD", "@light"], "points": 1, "holidays": "only"},
        {"duty_type": "clinical"},
        "/body/duty_type",
    ),
    Case(
        "clinics",
        {"person": "R2", "weekday": 1, "session": "AM", "start": "08:00", "minutes": 240},
        {"max_at_once": 3},
        {"session": "NIGHT"},
        "/body/session",
    ),
    Case(
        "requests",
        {"person": "R3", "kind": "day_off", "start_date": "2026-08-08"},
        {"end_date": "2026-08-09"},
        {"kind": "rotation"},
        "/body/rotation",
    ),
    Case(
        "absences",
        {
            "person": "R3",
            "kind": "conference",
            "start_date": "2026-08-20",
            "end_date": "2026-08-21",
            "status": "requested",
        },
        {"status": "approved"},
        {"end_date": "2026-08-19"},
        "/body/end_date",
    ),
    Case(
        "pins",
        {"person": "R3", "block": 2, "rotation": "@light"},
        {"block": 3},
        {"person": "R99"},
        "/body/person",
    ),
    Case(
        "history",
        {
            "person": "R4",
            "start_at": "2026-06-29T19:00:00-05:00",
            "end_at": "2026-06-30T07:00:00-05:00",
            "duty_type": "night_float",
        },
        {"duty_type": "in_house_call"},
        {"end_at": "2026-06-29T19:00:00-05:00"},
        "/body/end_at",
    ),
    Case(
        "history-counts",
        {"person": "R4", "kind": "nights", "count": 12},
        {"count": 12.5},
        {"person": "R3", "kind": "points"},
        "/body/kind",
    ),
    Case(
        "rule-overrides",
        {
            "pack": "acgme-cpr-2023",
            "parameter": "max_nights_in_row",
            "value": 5,
            "reason": "Five nights here",
            "approved_by": "GMEC",
            "start_date": "2026-07-01",
            "end_date": "2026-12-31",
        },
        {"value": 4, "end_date": "2027-06-30"},
        {"end_date": "2026-06-30"},
        "/body/end_date",
    ),
    Case(
        "rule-approvals",
        {
            "kind": "moonlighting",
            "person": "R3",
            "reason": "Two shifts a month",
            "approved_by": "Program director",
            "start_date": "2026-07-01",
            "end_date": "2026-12-31",
        },
        {"end_date": "2027-06-30", "reason": "Three shifts a month"},
        {"kind": "hours_exception", "rotation": "WARD"},
        "/body/weekly_minutes",
    ),
)
