"""Work as it counts where on-call counts with the work to be expected in it (prospective hours)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from src.compliance.rules.failure import Failure, Judged
from src.compliance.rules.international.book import book_of
from src.compliance.rules.international.judging import not_judged
from src.compliance.rules.model import Duty, Rule
from src.compliance.rules.view import PersonView, touching


class ExpectedWork:
    """Minutes of work, in `scale`-ths, with a share of on-call of which no work is recorded.

    The share is the rule's `expected_work_percent`. Where the rule has none, or says that it is not known
    (`expected_work_known`), on-call without recorded work counts for nothing here, and `not_judged` says so.
    """

    def __init__(self, view: PersonView, rule: Rule) -> None:
        self._view, self._rule = view, rule
        self._book = book_of(view)
        self._asks = "expected_work_known" in rule.parameters
        is_known = self._asks and rule.choice("expected_work_known")
        self._percent = rule.number("expected_work_percent") if is_known else 0
        self._is_untold = self._asks and not is_known and bool(self._book.untold_on_calls)
        self.scale = 100 if self._percent else 1

    @property
    def starts(self) -> list[int]:
        """Where work begins, on-call with expected work included, in order."""
        starts = self._view.hours.starts
        return sorted({*starts, *self._book.work_and_untold.starts}) if self._percent else starts

    def between(self, start: int, end: int) -> int:
        """Minutes inside [start, end), times `scale`."""
        worked = self._view.hours.minutes_between(start, end)
        if not self._percent:
            return worked
        with_on_call = self._book.work_and_untold.minutes_between(start, end)
        return (100 - self._percent) * worked + self._percent * with_on_call

    def entries(self, start: int, end: int) -> tuple[Duty, ...]:
        """What the minutes inside [start, end) come from."""
        duties = self._view.hours_duties
        if self._percent:
            duties = sorted([*duties, *self._book.untold_on_calls], key=lambda duty: (duty.start, duty.end))
        return touching(duties, start, end)

    def not_judged(self, found: Sequence[Judged]) -> Iterator[Failure]:
        """An `info` where nobody knows how much of the on-call was work."""
        if self._is_untold:
            why = "how much work this on-call holds is neither recorded nor expected by a parameter"
            yield from not_judged(self._view, self._rule, self._book.untold_on_calls, why, found)
