"""What each type of duty counts for: the table of D2, read with a pack's parameters."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from src.compliance.rules.model import RuleParameters
from src.interchange.model import DutyType

CARE_OR_TEACHING = frozenset(
    {
        DutyType.CLINICAL,
        DutyType.EDUCATION,
        DutyType.ADMIN,
        DutyType.IN_HOUSE_CALL,
        DutyType.NIGHT_FLOAT,
        DutyType.TRANSITION,
        DutyType.RESIDENT_ELECTED_EXTENSION,
    }
)
"""Counts to 80 h, is work, and breaks a free day, whatever the parameters."""

MOONLIGHTING = frozenset({DutyType.MOONLIGHTING_INTERNAL, DutyType.MOONLIGHTING_EXTERNAL})

SCHEDULED_CARE = frozenset({DutyType.CLINICAL, DutyType.IN_HOUSE_CALL, DutyType.NIGHT_FLOAT})
"""Scheduled care of patients: no hand-over, no teaching, nothing a resident elected to stay for."""

AFTER_THE_24TH_HOUR = frozenset({DutyType.TRANSITION, DutyType.EDUCATION})
"""What may still be done in the hours after 24 h of continuous work (CPR VI.F.3.a.(1))."""


@dataclass(frozen=True, slots=True)
class DutyCounts:
    """The sets of duty types that count: columns A, B and C of D2.

    `hours` (A) count to 80 h. `work` (B) makes periods of continuous work; `rest` is B without the returns
    from home call, which neither start nor restart the 8 hours. `busy` (C) breaks a free day.
    """

    hours: frozenset[DutyType]
    work: frozenset[DutyType]
    rest: frozenset[DutyType]
    busy: frozenset[DutyType]


@lru_cache(maxsize=32)
def duty_counts(parameters: RuleParameters) -> DutyCounts:
    """The sets for one pack's parameters. Jeopardy, self-study and military duty count for nothing."""
    home = {DutyType.HOME_CALL_ONSITE, DutyType.HOME_CALL_REMOTE_CARE, DutyType.CLINICAL_WORK_FROM_HOME}
    rest = CARE_OR_TEACHING | (MOONLIGHTING if parameters.moonlighting_is_work else frozenset())
    busy = CARE_OR_TEACHING | {
        DutyType.HOME_CALL_AVAILABILITY,
        DutyType.HOME_CALL_ONSITE,
        DutyType.HOME_CALL_REMOTE_CARE,
    }
    if parameters.work_from_home_breaks_free_day:
        busy |= {DutyType.CLINICAL_WORK_FROM_HOME}
    if parameters.moonlighting_breaks_free_day:
        busy |= MOONLIGHTING
    onsite = {DutyType.HOME_CALL_ONSITE} if parameters.home_call_onsite_is_continuous else set()
    return DutyCounts(
        hours=CARE_OR_TEACHING | MOONLIGHTING | home, work=rest | onsite, rest=rest, busy=frozenset(busy)
    )
