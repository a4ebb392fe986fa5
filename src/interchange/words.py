"""The words of the format: every list that a cell of a program chooses from."""

from __future__ import annotations

from enum import StrEnum


class Session(StrEnum):
    """A third of a day; with a date it is the smallest cell of a schedule."""

    AM = "AM"
    PM = "PM"
    NIGHT = "NIGHT"


class PersonKind(StrEnum):
    RESIDENT = "resident"
    FACULTY = "faculty"


class Setting(StrEnum):
    INPATIENT = "inpatient"
    OUTPATIENT = "outpatient"
    ELECTIVE = "elective"
    NIGHT_FLOAT = "night_float"
    RESEARCH = "research"
    LEAVE = "leave"


class DutyType(StrEnum):
    """What an interval of duty counts as (duty-hour-rules.md, D2)."""

    CLINICAL = "clinical"
    EDUCATION = "education"
    ADMIN = "admin"
    IN_HOUSE_CALL = "in_house_call"
    NIGHT_FLOAT = "night_float"
    TRANSITION = "transition"
    HOME_CALL_AVAILABILITY = "home_call_availability"
    JEOPARDY = "jeopardy"
    HOME_CALL_ONSITE = "home_call_onsite"
    HOME_CALL_REMOTE_CARE = "home_call_remote_care"
    CLINICAL_WORK_FROM_HOME = "clinical_work_from_home"
    MOONLIGHTING_INTERNAL = "moonlighting_internal"
    MOONLIGHTING_EXTERNAL = "moonlighting_external"
    RESIDENT_ELECTED_EXTENSION = "resident_elected_extension"
    SELF_STUDY = "self_study"
    MILITARY = "military"


CALL_DUTY_TYPES = frozenset({DutyType.IN_HOUSE_CALL, DutyType.HOME_CALL_AVAILABILITY, DutyType.JEOPARDY})


class HolidayRule(StrEnum):
    """On which dates a call is held: its weekdays but no holiday, both, or holidays and nothing else."""

    WEEKDAYS_ONLY = "0"
    WEEKDAYS_AND_HOLIDAYS = "1"
    HOLIDAYS_ONLY = "only"


class PostCall(StrEnum):
    """What follows a call: nothing; nothing after its end; or nothing at all on the date it ends."""

    NONE = "none"
    OFF_AFTER = "off_after"
    DAY_OFF = "day_off"


class RequestKind(StrEnum):
    VACATION = "vacation"
    DAY_OFF = "day_off"
    NO_CALL = "no_call"
    CALL = "call"
    ROTATION = "rotation"


class AbsenceStatus(StrEnum):
    APPROVED = "approved"
    REQUESTED = "requested"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class RuleApprovalKind(StrEnum):
    """What an approval allows: up to 88 h on a rotation, moonlighting, indirect supervision of a PGY-1."""

    HOURS_EXCEPTION = "hours_exception"
    MOONLIGHTING = "moonlighting"
    INDIRECT_SUPERVISION = "indirect_supervision"


class HistoryCountKind(StrEnum):
    NIGHTS = "nights"
    WEEKENDS = "weekends"
    HOLIDAYS = "holidays"
    POINTS = "points"
    JEOPARDY = "jeopardy"
