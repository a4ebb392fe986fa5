"""IM-ICU: days on critical care rotations, as far as this year knows them.

The limit is for 36 months; only the year at hand is known here, so it is judged by this year alone: more than
the limit in one year is a violation, less proves nothing about three.
"""

from __future__ import annotations

from collections.abc import Iterator

from src.compliance.rules.choices import Care
from src.compliance.rules.failure import Judged
from src.compliance.rules.model import Rule
from src.compliance.rules.night_float_service import at_most, runs_of_care
from src.compliance.rules.view import PersonView


def critical_care_days(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """The year's dates on critical care rotations."""
    most, runs = rule.known("most_days"), runs_of_care(view, Care.CRITICAL)
    if most is not None and runs:
        total = sum(last - first + 1 for first, last in runs)
        yield at_most(view, rule, (runs[0][0], runs[-1][1]), total, most, "days of critical care")
