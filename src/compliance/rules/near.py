"""What a change of some duties can touch of a person's year, and why the rest of it stands.

- Rules that average look at the windows of a rotation segment, and at the programme blocks judged in place of
  small ones. Touched are the segments and blocks that hold a date of the change or of the work around it (the
  length of a call says whether the free day after it is post-call), and those that share a date with them.
- Rules on a single period, rest, entry or stretch without a free period look no farther than the next long
  break: so much time without any duty that none of theirs reaches across it.

The duties there, judged as if they were the person's only ones, give exactly what the whole year gives there.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from src.compliance.rules.calendar import LocalCalendar
from src.compliance.rules.model import Duty, Facts, PersonFacts, Rule, RulePack, RuleParameters
from src.compliance.rules.registry import LOCAL_SINGLE_KINDS, LOCAL_WINDOW_KINDS
from src.compliance.rules.timeline import FAR_FUTURE, FAR_PAST

MANY = 150
"""Duties near a change beyond which the whole year is judged as soon."""

type Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Near:
    """What lies near a change: its duties, the person's others left out.

    `days` are the first and last local date of the windows touched, by ordinal, `windows` their instants;
    `between_breaks` the instants in which periods, rests, entries and stretches may have become others.
    """

    duties: tuple[Duty, ...]
    days: tuple[int, int]
    windows: Span
    between_breaks: Span

    def touched_by(self, pack: RulePack, rule: Rule) -> Span | None:
        """The instants in which a rule may find something else than before; None = anywhere."""
        if not pack.parameters.is_plain:
            return None
        if rule.kind in LOCAL_WINDOW_KINDS:
            return self.windows
        return self.between_breaks if rule.kind in LOCAL_SINGLE_KINDS else None


def near_change(
    facts: Facts, before: PersonFacts, after: PersonFacts, parameters: Sequence[RuleParameters]
) -> Near | None:
    """What lies near the duties in which a person differs; None where that is too much to be worth it.

    So it is where anything but duties differs, or nothing does, or a change lies outside the calendar.
    """
    if (before.person, before.pgy, before.segments, before.leave_dates) != (
        after.person,
        after.pgy,
        after.segments,
        after.leave_dates,
    ):
        return None
    head, gone, come, tail = _split(before.duties, after.duties)
    changed = (*gone, *come)
    if not changed or not parameters:
        return None
    reach = list(accumulate((duty.end for duty in head), max))
    gap = max(one.merge_gap_minutes for one in parameters)
    work = _work_around(head, reach, changed, tail, gap)
    days = _days(facts, after, parameters, work)
    if days is None:
        return None
    windows = facts.calendar.start_of(days[0]), facts.calendar.start_of(days[1] + 1)
    next_start = min(duties[0].start for duties in (gone, come, tail) if duties)
    first_of_windows, _ = _break_before(head, reach, next_start, windows[0], gap + 1)
    first, since = _break_before(head, reach, next_start, work[0], _long_break(parameters))
    latest = max((*(duty.end for duty in changed), *reach[-1:]))
    last_call = max(facts.calendar.at(days[1] + 1, one.call_date_cut_minutes) for one in parameters)
    last_of_windows = bisect_left(tail, max(windows[1], last_call), key=_start)
    last, until = _break_after(tail, latest, work[1], parameters)
    duties = (*head[min(first, first_of_windows) :], *come, *tail[: max(last, last_of_windows)])
    return None if len(duties) > MANY else Near(duties, days, windows, (since, until))


type Duties = tuple[Duty, ...]


def _split(before: Duties, after: Duties) -> tuple[Duties, Duties, Duties, Duties]:
    """What both begin with, what only either has in between, and what both end with."""
    least = min(len(before), len(after))
    head = _alike(before, after)
    tail = min(_alike(reversed(before), reversed(after)), least - head)
    return (
        after[:head],
        before[head : len(before) - tail],
        after[head : len(after) - tail],
        after[len(after) - tail :],
    )


def _alike(ones: Iterable[Duty], others: Iterable[Duty]) -> int:
    """How many of the first of them are the same."""
    number = 0
    for one, other in zip(ones, others, strict=False):
        if one is not other and one != other:
            break
        number += 1
    return number


def _work_around(head: Duties, reach: Sequence[int], changed: Duties, tail: Duties, gap: int) -> Span:
    """From the start to the end of the change and of all that may be one period of work with it."""
    start, end = min(duty.start for duty in changed), max(duty.end for duty in changed)
    for index in range(len(head) - 1, -1, -1):
        if reach[index] + gap < start:
            break
        start, end = head[index].start, max(end, reach[index])
    for duty in tail:
        if duty.start > end + gap:
            break
        end = max(end, duty.end)
    return start, end


def _days(
    facts: Facts, person: PersonFacts, parameters: Sequence[RuleParameters], work: Span
) -> tuple[int, int] | None:
    """The first and last date of what averages over a date of the work; None outside the calendar."""
    calendar = facts.calendar
    earliest = [calendar.day_of(work[0]), *(_call_date(calendar, work[0], one) for one in parameters)]
    last = calendar.day_of(work[1])
    firsts = [day for day in earliest if day is not None]
    if last is None or len(firsts) < len(earliest):
        return None
    stretches = [
        *((one.first_date.toordinal(), one.first_date.toordinal() + one.days - 1) for one in person.segments),
        *((block.start_date.toordinal(), block.end_date.toordinal()) for block in facts.blocks),
    ]
    return _closed(stretches, min(firsts), last)


def _call_date(calendar: LocalCalendar, minute: int, parameters: RuleParameters) -> int | None:
    return calendar.day_by_cut(minute, parameters.call_date_cut_minutes)


def _closed(stretches: Sequence[tuple[int, int]], first: int, last: int) -> tuple[int, int]:
    """The dates from first to last with every stretch that holds one of them, whole."""
    while True:
        touched = [one for one in stretches if one[0] <= last and first <= one[1]]
        wider = min((first, *(one[0] for one in touched))), max((last, *(one[1] for one in touched)))
        if wider == (first, last):
            return wider
        first, last = wider


def _long_break(parameters: Sequence[RuleParameters]) -> int:
    """Minutes without a duty that no period, and no rest that is too short, holds; a free period at least."""
    return max(
        max(one.merge_gap_minutes + 1, one.min_rest_minutes, one.rest_after_call_minutes, _free(one))
        for one in parameters
    )


def _free(parameters: RuleParameters) -> int:
    return parameters.free_period_minutes


def _break_before(
    head: Duties, reach: Sequence[int], next_start: int, start: int, long: int
) -> tuple[int, int]:
    """The first duty after the last long break that begins before `start`, and when that break begins."""
    following = next_start
    for index in range(len(head), 0, -1):
        if reach[index - 1] < start and following - reach[index - 1] >= long:
            return index, reach[index - 1]
        following = head[index - 1].start
    return 0, FAR_PAST


def _break_after(
    tail: Duties, latest: int, end: int, parameters: Sequence[RuleParameters]
) -> tuple[int, int]:
    """How many duties come before the first long break that ends after `end`, and until when that lasts.

    A stretch without a free period may begin less than such a period before its first duty does.
    """
    long, free = _long_break(parameters), max(_free(one) for one in parameters)
    for index, duty in enumerate(tail):
        if duty.start > end and duty.start - latest >= long:
            return index, duty.start - free
        latest = max(latest, duty.end)
    return len(tail), FAR_FUTURE


def _start(duty: Duty) -> int:
    return duty.start
