"""Wards of different temper: one that never lets a solver rest, one that cannot be, one that is short."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from src.interchange.model import Coverage, Program, Succession, Tier
from tests.factories.schedules_db import ward_program


def restless_ward() -> Program:
    """Fair calls against free weekends, over four blocks: no proof ends the search for better ones."""
    ward = ward_program()
    weekend, jeopardy = ward.calls
    weights = {"fair_call_points": 3, "fair_weekends": 2, "day_off_request": 1, "whole_weekends": 1}
    return replace(
        ward,
        blocks=(28, 28, 28, 28),
        calls=(replace(weekend, min=1), replace(jeopardy, min=1)),
        objective=(Tier(weights=tuple((term, Decimal(weight)) for term, weight in weights.items())),),
    )


def stuck_ward() -> Program:
    """Two academic blocks and one rotation that must not follow itself: proved, not counted."""
    return replace(ward_program(), blocks=(14, 14), successions=(Succession("WARD", "WARD", (), row=2),))


def short_ward() -> Program:
    """Four residents wanted where three are: counting is enough to see it."""
    return replace(ward_program(), coverage=(Coverage("WARD", (), (1,), 4, None, row=2),))


def long_ward() -> Program:
    """The ward for two academic blocks of four weeks."""
    return replace(ward_program(), blocks=(28, 28))
