"""US-ELECT: staying on one's own initiative is for rare circumstances (CPR VI.F.4.a-b / 6.23, 6.23.a).

An elected extension counts to the 80 hours and turns a period that only it makes too long into an advisory
(US-CONT24). Here it is counted: the rule is there to watch (its severity is `info`), and a window that holds
more of them than "rarely" is an advisory. An extension belongs whole to the window in which it starts.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from src.compliance.rules.failure import Failure, Judged, Passed
from src.compliance.rules.model import Rule
from src.compliance.rules.view import PersonView, starting_in
from src.compliance.rules.wording import place, remarks
from src.interchange.model import DutyType
from src.interchange.schedule import Severity
from src.quantities import count

UNIT = "elected extensions"


def us_elect(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Each window with an elected extension; a failure where there are more than count as rare."""
    elected = [duty for duty in view.person.duties if duty.type is DutyType.RESIDENT_ELECTED_EXTENSION]
    if not elected:
        return
    most = rule.number("elect_max")
    for window in view.windows:
        duties = starting_in(elected, window.start, window.end)
        if window.stands_in or not duties:
            continue
        if len(duties) <= most:
            yield Passed(window.start, window.end, len(duties), most, UNIT)
            continue
        yield Failure(
            severity=Severity.INFO if window.is_informative else Severity.SOFT,
            start=window.start,
            end=window.end,
            value=Decimal(len(duties)),
            limit=Decimal(most),
            unit=UNIT,
            duties=duties,
            message=f"{view.person.person} elected to stay {count(len(duties), 'time')} {place(window)},"
            f" {len(duties) - most} more than the {most} that count as rare under {rule.clause}"
            f"{remarks(window)}",
            remedy=f"Hand off in time on {count(len(duties) - most, 'more day')}.",
        )
