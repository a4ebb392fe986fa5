"""The table of what each duty type counts for, row by row."""

from __future__ import annotations

from dataclasses import replace

import pytest

from src.compliance.rules.duty_types import duty_counts
from src.interchange.model import DutyType
from tests.compliance.rules.building import pack

# type: hours (A), work for continuous rules (B), work for the eight hours (B), breaks a free day (C)
TABLE = {
    DutyType.CLINICAL: "ABRC",
    DutyType.EDUCATION: "ABRC",
    DutyType.ADMIN: "ABRC",
    DutyType.IN_HOUSE_CALL: "ABRC",
    DutyType.NIGHT_FLOAT: "ABRC",
    DutyType.TRANSITION: "ABRC",
    DutyType.HOME_CALL_AVAILABILITY: "C",
    DutyType.JEOPARDY: "",
    DutyType.HOME_CALL_ONSITE: "ABC",
    DutyType.HOME_CALL_REMOTE_CARE: "AC",
    DutyType.CLINICAL_WORK_FROM_HOME: "AC",
    DutyType.MOONLIGHTING_INTERNAL: "ABRC",
    DutyType.MOONLIGHTING_EXTERNAL: "ABRC",
    DutyType.RESIDENT_ELECTED_EXTENSION: "ABRC",
    DutyType.SELF_STUDY: "",
    DutyType.MILITARY: "",
}


def columns(duty_type: DutyType, **parameters: bool) -> str:
    counts = duty_counts(replace(pack().parameters, **parameters))
    sets = {"A": counts.hours, "B": counts.work, "R": counts.rest, "C": counts.busy}
    return "".join(letter for letter, types in sets.items() if duty_type in types)


@pytest.mark.parametrize("duty_type", list(DutyType))
def test_each_type_counts_as_the_table_says(duty_type: DutyType) -> None:
    assert columns(duty_type) == TABLE[duty_type]


@pytest.mark.parametrize(
    ("duty_type", "parameter", "expected"),
    [
        (DutyType.HOME_CALL_ONSITE, "home_call_onsite_is_continuous", "AC"),
        (DutyType.CLINICAL_WORK_FROM_HOME, "work_from_home_breaks_free_day", "A"),
        (DutyType.MOONLIGHTING_INTERNAL, "moonlighting_is_work", "AC"),
        (DutyType.MOONLIGHTING_EXTERNAL, "moonlighting_breaks_free_day", "ABR"),
    ],
)
def test_a_parameter_takes_its_column_away(duty_type: DutyType, parameter: str, expected: str) -> None:
    assert columns(duty_type, **{parameter: False}) == expected
