"""The choices a rule pack makes between ways of judging, and the kinds of place its rules speak of."""

from __future__ import annotations

from enum import Enum, IntEnum


class Care(Enum):
    """A kind of place or service that some rules speak of; everything else is `OTHER`."""

    EMERGENCY = "emergency department"
    CRITICAL = "critical care"
    CLINIC = "continuity clinic"
    NIGHT_FLOAT = "night float"
    OTHER = "other"


class WindowMode(IntEnum):
    """Over which windows averaged rules average (D3)."""

    BY_ROTATION = 1
    TAIL28 = 2
    """By rotation; in place of its remainder, the last 28 days of a segment are one more window."""
    FIXED_BLOCKS = 3
    """The program's academic blocks."""
    CALENDAR_MONTH = 4
    ROLLING28 = 5
    """Every 28 days of the year, for information only: neither stricter nor laxer than by rotation."""


class FreeBasis(IntEnum):
    """What a free day is (D5)."""

    H24 = 1
    """A continuous free period of 24 hours."""
    CALENDAR = 2
    """A local date free from midnight to midnight, however long it is."""


class ContinuousLength(IntEnum):
    """How long a period of work is (D6)."""

    SPAN = 1
    """From its first start to its last end."""
    SUM = 2
    """The same without the short gaps inside."""
