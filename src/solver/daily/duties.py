"""Intervals of duty as the daily layer sees them, and what one does to another.

Sentences of interchange.md stand beside the functions that hold them.
"""

from __future__ import annotations

from dataclasses import dataclass

from src.interchange.model import Call, DutyType, PostCall, Session
from src.interchange.schedule import AssignmentKind

HOURS_COUNTED = frozenset(
    {
        DutyType.CLINICAL,
        DutyType.EDUCATION,
        DutyType.ADMIN,
        DutyType.IN_HOUSE_CALL,
        DutyType.NIGHT_FLOAT,
        DutyType.TRANSITION,
        DutyType.HOME_CALL_ONSITE,
        DutyType.HOME_CALL_REMOTE_CARE,
        DutyType.CLINICAL_WORK_FROM_HOME,
        DutyType.MOONLIGHTING_INTERNAL,
        DutyType.MOONLIGHTING_EXTERNAL,
        DutyType.RESIDENT_ELECTED_EXTENSION,
    }
)
"""D2, column A: hours to the 80."""

CONTINUOUS_WORK = HOURS_COUNTED - {DutyType.HOME_CALL_REMOTE_CARE, DutyType.CLINICAL_WORK_FROM_HOME}
"""D2, column B: work for the rules on rest and continuous duty."""

BREAKS_FREE_DAY = HOURS_COUNTED | {DutyType.HOME_CALL_AVAILABILITY}
"""D2, column C."""

MAY_END_LATE = frozenset({DutyType.TRANSITION, DutyType.EDUCATION})
"""What may go on after 24 hours of continuous duty (US-CONT24)."""


@dataclass(frozen=True, slots=True, eq=False)
class Duty:
    """One interval of one person that is or may be worked; start and end in minutes, `day` of the start."""

    day: int
    session: Session
    kind: AssignmentKind
    id: str
    start: int
    end: int
    end_day: int
    duty_type: DutyType
    may_be_off: bool = False

    @property
    def is_night(self) -> bool:
        """A NIGHT session of a rotation: it makes post-night, and is never replaced by a call."""
        return self.session is Session.NIGHT and self.kind is AssignmentKind.ROTATION


@dataclass(frozen=True, slots=True, eq=False)
class CallDuty:
    """One call on one start date. `end` is the end of duty, `end_all` that of the handover too."""

    call: Call
    day: int
    start: int
    end: int
    end_all: int
    end_day: int
    """The day on which duty and handover have both ended."""

    @property
    def is_jeopardy(self) -> bool:
        return self.call.duty_type is DutyType.JEOPARDY

    def overlaps(self, start: int, end: int) -> bool:
        return start < self.end_all and self.start < end

    def bars_start(self, start: int, day: int) -> bool:
        """Post-call: whether nothing may start then, on that local date."""
        if day != self.end_day or self.is_jeopardy:
            return False
        match self.call.post_call:
            case PostCall.OFF_AFTER:
                return start >= self.end_all
            case PostCall.DAY_OFF:
                return start >= self.start
            case PostCall.NONE:
                return False

    def drops(self, duty: Duty) -> bool:
        """Whether taking the call means that the session is not worked: replaced, or post-call."""
        if self.is_jeopardy:
            return False
        if self.overlaps(duty.start, duty.end):
            return duty.session is not Session.NIGHT
        return self.bars_start(duty.start, duty.day)

    def excluded_by(self, duty: Duty) -> bool:
        """Whether working the session excludes the call: a NIGHT session is not replaced."""
        if self.is_jeopardy:
            return duty.is_night and self.day in (duty.day, duty.end_day)
        return duty.session is Session.NIGHT and self.overlaps(duty.start, duty.end)

    def excludes(self, other: CallDuty) -> bool:
        """Whether one person cannot take both."""
        if self.is_jeopardy and other.is_jeopardy:
            return self.day == other.day
        if self.is_jeopardy:
            return self.day in (other.day, other.end_day)
        if other.is_jeopardy:
            return other.day in (self.day, self.end_day)
        return (
            self.overlaps(other.start, other.end_all)
            or self.bars_start(other.start, other.day)
            or other.bars_start(self.start, self.day)
        )
