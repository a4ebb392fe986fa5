"""The words of worked hours and the limits of what is taken."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from src.auth.constants import MANAGERS, Role
from src.compliance.rules.duty_types import CARE_OR_TEACHING, MOONLIGHTING
from src.interchange.model import DutyType

OWNERS = frozenset({Role.RESIDENT, Role.CHIEF})
"""Who logs: residents, the chief among them, and each of them the own hours only."""

READERS = MANAGERS | OWNERS
"""Who knows of worked hours at all: managers of everybody's, residents of the own. Faculty do not."""


class SheetUnit(StrEnum):
    """How long a sheet is: an academic block, or a week of one (Monday to Sunday, cut at its edges)."""

    ACADEMIC_BLOCK = "academic_block"
    WEEK = "week"


class SheetState(StrEnum):
    """open → submitted → locked; a coordinator reopens with a reason, and then it is submitted again."""

    OPEN = "open"
    SUBMITTED = "submitted"
    LOCKED = "locked"
    REOPENED = "reopened"


TAKES_ENTRIES = frozenset({SheetState.OPEN, SheetState.REOPENED})
IS_LOG = frozenset({SheetState.SUBMITTED, SheetState.LOCKED})
"""What the rules judge: only what a resident has handed in is a log. All other dates are unknown."""


class EntryOrigin(StrEnum):
    """Where an entry comes from.

    `prefilled` is a copy of the schedule that nobody has looked at yet; it becomes `confirmed` or `changed`.
    """

    PREFILLED = "prefilled"
    CONFIRMED = "confirmed"
    CHANGED = "changed"
    LOGGED = "logged"
    IMPORTED = "imported"


COPIES = frozenset({EntryOrigin.PREFILLED, EntryOrigin.CONFIRMED, EntryOrigin.CHANGED})
"""Entries that remember what was planned."""

COUNTED = (
    CARE_OR_TEACHING
    | MOONLIGHTING
    | {DutyType.HOME_CALL_ONSITE, DutyType.HOME_CALL_REMOTE_CARE, DutyType.CLINICAL_WORK_FROM_HOME}
)
"""The types whose minutes count to the 80 hours (column A of D2)."""

LONGEST_DUTY = timedelta(hours=48)
"""Longest single entry. The rules allow 28 h of duty on end, and what goes beyond must be loggable, or nobody
would find it; beyond two days it is a slip of the date. Who truly stayed longer logs two entries that touch:
the rules join them."""

LONGEST_PAGER = timedelta(days=7)
"""Longest entry of being reachable only: a week of home call is common, and is no time at work."""

PAGER_ONLY = frozenset({DutyType.HOME_CALL_AVAILABILITY, DutyType.JEOPARDY})

CLOCK_TOLERANCE = timedelta(minutes=10)
"""How far ahead of this machine's clock a caller's may be; an entry that ends later is in the future."""

MAX_BULK = 100
MAX_REASON = 1_000
MAX_IMPORT_BYTES = 8 * 1024 * 1024
MAX_IMPORT_ROWS = 50_000
"""A year of sixty residents is some 36,000 rows and 4 MB."""
