"""FREE7-POSTCALL: free days should not regularly fall on the day after call (FAQ on CPR VI.F.2.c / 6.21.b).

A free piece of a window is post-call when it begins at the very minute a period of 24 h or more with in-house
call ends; of the free days it holds, one is post-call. A piece that begins at a window's edge or after an
excluded date is not. As part of an averaged rule it is `info` in a window of fewer than 7 counted days.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from src.compliance.rules.failure import Failure, Judged, Passed
from src.compliance.rules.model import Rule
from src.compliance.rules.view import PersonView, starting_in
from src.compliance.rules.wording import place, remarks
from src.interchange.schedule import Severity
from src.quantities import count


def free7_postcall(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Each window with such a day; a failure where more free days follow a call than is tolerated."""
    most = view.parameters.max_postcall_free
    periods = {period.end: period for period in view.long_call_periods}
    if not periods:
        return
    for window, pieces in zip(view.windows, view.free_pieces, strict=True):
        after_call = [periods[piece.start] for piece in pieces if piece.start in periods]
        if window.stands_in or not after_call:
            continue
        if len(after_call) <= most:
            yield Passed(window.start, window.end, len(after_call), most, "post-call free days")
            continue
        free = sum(piece.days for piece in pieces)
        yield Failure(
            severity=Severity.INFO if window.is_informative else rule.severity,
            start=window.start,
            end=window.end,
            value=Decimal(len(after_call)),
            limit=Decimal(most),
            unit="post-call free days",
            duties=tuple(
                duty
                for period in after_call
                for duty in starting_in(view.work_duties, period.start, period.end)
            ),
            message=f"{view.person.person} had {len(after_call)} of {count(free, 'free day')} {place(window)}"
            f" right after a call of 24 h or more; {rule.clause} tolerates {most}{remarks(window)}",
            remedy=f"Put {count(len(after_call) - most, 'free day')} elsewhere than right after a call.",
        )
