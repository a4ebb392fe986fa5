"""What a waiver says and which findings it covers. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from src.compliance.rules import Finding
from src.interchange.schedule import Severity


@dataclass(frozen=True, slots=True)
class Waiver:
    """A hard finding as it was worded, accepted for a reason.

    `person` is the person's id in the program; the window is half-open, in instants; `value` and `limit` are
    in the unit of the rule, as the finding told them. `granted_by` names the user, `granted_at` is a UTC
    instant. It covers nothing after `expires_date` (a local date of the program, inside), None = no expiry.
    """

    rule: str
    person: str
    window_start_at: datetime
    window_end_at: datetime
    value: Decimal
    limit: Decimal
    reason: str
    granted_by: str
    granted_at: datetime
    expires_date: date | None = None

    def is_in_force(self, today: date) -> bool:
        """Whether it has not expired by that local date of the program."""
        return self.expires_date is None or today <= self.expires_date

    def covers(self, finding: Finding) -> bool:
        """Whether the finding is the one accepted: same rule and person, windows that overlap, no worse."""
        return (
            finding.rule == self.rule
            and finding.person == self.person
            and finding.window_start_at < self.window_end_at
            and self.window_start_at < finding.window_end_at
            and self._is_no_worse(finding)
        )

    def _is_no_worse(self, finding: Finding) -> bool:
        """Neither beyond the value accepted nor farther beyond the limit, on the side where the rule fails.

        The side is the finding's: a waiver that was written for the other one accepts nothing.
        """
        accepted, found = self.value - self.limit, finding.value - finding.limit
        if found > 0:
            return found <= accepted and finding.value <= self.value
        if found < 0:
            return found >= accepted and finding.value >= self.value
        return accepted == 0 and finding.value == self.value


@dataclass(frozen=True, slots=True)
class Waived:
    """A hard finding and the waiver that lets it stand."""

    finding: Finding
    waiver: Waiver


def sort_out(
    findings: Iterable[Finding], waivers: Iterable[Waiver], today: date
) -> tuple[tuple[Finding, ...], tuple[Waived, ...]]:
    """The hard findings that block, and those that a waiver in force on that local date lets stand."""
    in_force = [waiver for waiver in waivers if waiver.is_in_force(today)]
    blocking: list[Finding] = []
    waived: list[Waived] = []
    for finding in findings:
        if finding.severity is not Severity.HARD:
            continue
        waiver = next((one for one in in_force if one.covers(finding)), None)
        if waiver is None:
            blocking.append(finding)
        else:
            waived.append(Waived(finding, waiver))
    return tuple(blocking), tuple(waived)
