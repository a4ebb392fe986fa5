"""Examples of what the routes of assignments answer with, for the documentation."""

from __future__ import annotations

from typing import Any

_ID = "0199e2c4-5a3e-7c1b-9d60-2f8a4b1c7e"

FIELDS: dict[str, Any] = {
    "person": "R001",
    "date": "2026-08-03",
    "kind": "rotation",
    "item": "WARD",
    "session": "AM",
}
ASSIGNMENT: dict[str, Any] = {
    "id": f"{_ID}21",
    "version_id": f"{_ID}02",
    "person": "R001",
    "date": "2026-08-03",
    "session": "AM",
    "kind": "rotation",
    "item": "WARD",
    "start_at": "2026-08-03T12:00:00Z",
    "end_at": "2026-08-03T17:00:00Z",
    "duty_type": "clinical",
    "etag": '"0199e2c45a3e7c1b9d602f8a4b1c7e21-1"',
}
DEMAND: dict[str, Any] = {
    "date": "2026-08-03",
    "what": "staffing",
    "item": "WARD",
    "session": "AM",
    "pgys": [],
    "min": 2,
    "max": 4,
    "got": 1,
    "people": ["R001"],
    "is_short": True,
}
OUTCOME: dict[str, Any] = {
    "assignments": [ASSIGNMENT],
    "deleted": [],
    "version_etag": '"0199e2c45a3e7c1b9d602f8a4b1c7e02-4"',
    "findings_added": [],
    "findings_removed": [],
    "waived": [],
    "gaps": [DEMAND],
}
YEAR_LINE: dict[str, Any] = {
    "person": "R001",
    "name": "Ama Boateng",
    "pgy": 2,
    "blocks": [
        {
            "academic_block": 1,
            "start_date": "2026-07-01",
            "end_date": "2026-07-28",
            "rotation": "WARD",
        }
    ],
    "vacation_weeks": ["2026-12-21"],
}
GRID: dict[str, Any] = {
    "dates": ["2026-08-03"],
    "lines": [
        {
            "person": "R001",
            "name": "Ama Boateng",
            "pgy": 2,
            "cells": [
                {
                    "date": "2026-08-03",
                    "session": "AM",
                    "kind": "rotation",
                    "item": "WARD",
                    "start_at": "2026-08-03T12:00:00Z",
                    "end_at": "2026-08-03T17:00:00Z",
                }
            ],
        }
    ],
}
FAIRNESS_LINE: dict[str, Any] = {
    "person": "R001",
    "name": "Ama Boateng",
    "pgy": 2,
    "heavy_blocks": 6,
    "points": "31.5",
    "points_with_history": "62",
    "nights": 24,
    "nights_with_history": "40",
    "weekends": 19,
    "weekends_with_history": "37",
    "holidays": 3,
    "holidays_with_history": "5",
    "jeopardy": 8,
    "jeopardy_with_history": "14",
    "clinic_sessions": 36,
    "hours": "2980.5",
}
DENIED: dict[str, Any] = {
    "id": f"{_ID}31",
    "person": "R001",
    "kind": "vacation",
    "rank": 1,
    "start_date": "2026-12-21",
    "reason": "All vacation weeks due lie elsewhere.",
    "blocking": "program.toml vacation_weeks",
}
UNMET: dict[str, Any] = {
    "what": "staffing",
    "item": "WARD",
    "date_or_block": "2026-08-03",
    "session": "AM",
    "pgys": [1, 2],
    "needed": 2,
    "got": 1,
}
