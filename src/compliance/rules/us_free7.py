"""US-FREE7: one day in seven free of everything, averaged over the window (CPR VI.F.2.c / 6.21.b).

How the text is read where it leaves a choice:

- A window violates with fewer than floor(N_eff / 7) free days, and is an advisory with fewer than
  ceil(N_eff / 7). A window is one or the other, so an advisory never doubles a violation.
- A window of 29 to 31 days without an excluded date needs four, as one of 28: no advisory there.
- A window of fewer than 7 counted days cannot violate (floor is 0); with no free day it is an `info`. The
  programme block judged in its place is judged for violations only.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from src.compliance.rules.failure import Failure, Judged, Passed
from src.compliance.rules.model import Rule, RuleParameters
from src.compliance.rules.view import PersonView, touching
from src.compliance.rules.windows import AveragingWindow
from src.compliance.rules.wording import place, remarks
from src.interchange.schedule import Severity
from src.quantities import count


def us_free7(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Each window; a failure where there are too few continuous free periods of 24 h."""
    for window, pieces in zip(view.windows, view.free_pieces, strict=True):
        free = sum(piece.days for piece in pieces)
        must = window.counted_days // view.parameters.free_period_every_days
        advised = _advised(window, view.parameters)
        if free >= max(must, advised):
            yield Passed(window.start, window.end, free, must, "free days", at_least=True)
            continue
        violates = free < must
        needed = must if violates else advised
        yield Failure(
            severity=_severity(rule, window, violates=violates),
            start=window.start,
            end=window.end,
            value=Decimal(free),
            limit=Decimal(needed),
            unit="free days",
            duties=touching(view.busy_duties, window.start, window.end),
            message=f"{view.person.person} had {count(free, 'free day')} of 24 h {place(window)},"
            f" {needed - free} fewer than the {needed} {'of' if violates else 'advised under'} {rule.clause}"
            f"{remarks(window)}",
            remedy=f"Free {count(needed - free, 'more 24 h period')} {place(window)}.",
        )


def _severity(rule: Rule, window: AveragingWindow, *, violates: bool) -> Severity:
    if window.is_informative:
        return Severity.INFO
    return rule.severity if violates else Severity.SOFT


def _advised(window: AveragingWindow, parameters: RuleParameters) -> int:
    """Free days below which a window is an advisory."""
    every = parameters.free_period_every_days
    full_month = parameters.window_days < window.days <= parameters.longest_single_window_days
    if window.stands_in or (full_month and not window.excluded):
        return window.counted_days // every
    return -(-window.counted_days // every)
