"""Hours that a rotation may go up to by an approved exception (CPR VI.F.4.c / 6.24).

An approval on record names a rotation, its dates and hours a week; it never lifts the limit above 88 hours or
by more than ten percent. A date is excepted when the person's rotation on it is, by an approval that holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from src.compliance.rules.model import Facts, PersonFacts
from src.compliance.rules.windows import AveragingWindow
from src.interchange.model import RuleApprovalKind


class Exceptions:
    """One person's excepted dates, with the weekly minutes that were approved for each."""

    def __init__(self, facts: Facts, person: PersonFacts) -> None:
        self._facts = facts
        self._person = person

    @cached_property
    def approved_by_day(self) -> Mapping[int, int]:
        """The weekly minutes approved, by ordinal of the date; the most where several approvals meet."""
        approvals = [
            approval
            for approval in self._facts.approvals
            if approval.kind is RuleApprovalKind.HOURS_EXCEPTION and approval.weekly_minutes is not None
        ]
        found: dict[int, int] = {}
        for segment in self._person.segments if approvals else ():
            first = segment.first_date.toordinal()
            for approval in approvals:
                if approval.rotation != segment.rotation:
                    continue
                start = max(first, approval.start_date.toordinal())
                last = min(first + segment.days - 1, approval.end_date.toordinal())
                for day in range(start, last + 1):
                    found[day] = max(found.get(day, 0), approval.weekly_minutes or 0)
        return found

    def days_in(self, window: AveragingWindow) -> list[int]:
        """The counted dates of a window that are excepted."""
        if not self.approved_by_day:
            return []
        return [
            day
            for day in range(window.first_day, window.last_day + 1)
            if day in self.approved_by_day and day not in window.excluded
        ]
