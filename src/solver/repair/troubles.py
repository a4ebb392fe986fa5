"""What a change breaks in a schedule as it stands: the days to look at, and words for a person.

Duties that no longer follow from the program (somebody is away, a template changed), demand that is short or
exceeded, calls that may not be taken any more, and duty-hour limits that no longer hold.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from src.interchange.model import DutyType, Session
from src.interchange.schedule import AssignmentKind, UnmetKind
from src.solver.daily.assemble import CancelledError
from src.solver.repair.open_demand import OpenDemand
from src.solver.stop import Stop
from src.solver.swaps.cover import is_asked
from src.solver.swaps.rules import DutyHours
from src.solver.swaps.standing import CALL_KINDS, Holder, Span, Standing

MOST_DATES_NAMED = 5
NOTHING_OPEN = OpenDemand()


@dataclass(frozen=True, slots=True)
class Trouble:
    """Days (of the year) on which something no longer holds, and what."""

    first: int
    last: int
    words: str


def find_troubles(
    standing: Standing,
    first: int,
    last: int,
    known: OpenDemand = NOTHING_OPEN,
    stop: Stop | None = None,
) -> tuple[Trouble, ...]:
    """Everything that no longer holds on the days first … last, but for demand that is `known` to be open.

    Raises CancelledError when the stop is cancelled meanwhile.
    """
    found: list[Trouble] = []
    kept: list[tuple[Holder, list[Span]]] = []
    for person in standing.program.residents:
        if stop is not None and stop.cancelled:
            raise CancelledError
        holder = standing.holder(person.id)
        kept.append((holder, list(_allowed(holder, first - 1, last, found))))
        found += _own(standing, holder, first, last)
    found += _demands(standing, kept, (first, last), known)
    found += _pins(standing, first, last)
    return tuple(sorted(found, key=lambda trouble: (trouble.first, trouble.last, trouble.words)))


def _pins(standing: Standing, first: int, last: int) -> Iterator[Trouble]:
    """Pinned calls that are not taken."""
    calendar = standing.shared.calendar
    residents = {person.id for person in standing.program.residents}
    for pin in standing.program.call_pins:
        day = calendar.day_of_date(pin.date)
        if first <= day <= last and day in standing.solved and pin.person in residents:
            taken = standing.holder(pin.person).state.calls
            if not any((call.day, call.call.id) == (day, pin.call) for call in taken):
                words = f"{pin.person} does not take {pin.call} on {pin.date} (pins.csv:{pin.row})"
                yield Trouble(day, day, words)


def _own(standing: Standing, holder: Holder, first: int, last: int) -> Iterator[Trouble]:
    days = sorted(day for day in holder.unexplained if first <= day <= last)
    if days:
        dates = [standing.shared.calendar.date(day).isoformat() for day in days]
        more = f" and {len(dates) - MOST_DATES_NAMED} more" if len(dates) > MOST_DATES_NAMED else ""
        words = f"{holder.id} cannot work as planned on {', '.join(dates[:MOST_DATES_NAMED])}{more}"
        yield Trouble(days[0], days[-1], words)
    yield from _days_off(standing, holder, first, last)
    for low, high, words in DutyHours(holder, standing.limits).broken_now(first, last):
        yield Trouble(low, high, f"{holder.id}: {words}")


def _days_off(standing: Standing, holder: Holder, first: int, last: int) -> Iterator[Trouble]:
    """Academic blocks with more days off than the rotation allows, where one of them may move."""
    calendar = standing.shared.calendar
    in_block: defaultdict[int, list[int]] = defaultdict(list)
    for day in sorted(holder.state.off):
        in_block[calendar.block_of[day]].append(day)
    for block, days in in_block.items():
        name = holder.year.rotation[days[0]]
        most = None if name is None else standing.program.rotation_by_id[name].max_days_off
        movable = [day for day in days if first <= day <= last]
        if most is not None and len(days) > most and movable:
            words = f"{holder.id} has {len(days)} of at most {most} days off on {name} in block {block}"
            yield Trouble(movable[0], movable[-1], words)


def _allowed(holder: Holder, first: int, last: int, found: list[Trouble]) -> Iterator[Span]:
    """The intervals that still follow from the program, calls that may no longer be taken left out."""
    barred = set()
    calls = sorted(holder.state.calls, key=lambda call: call.day)
    for place, call in enumerate(calls):
        rotation = holder.year.rotation[call.day]
        shared = holder.year.shared
        is_open = rotation is not None and shared.may_take(holder.year.person, rotation, call.call)
        is_held = shared.holds(call.call, call.day)
        clash = any(call.excludes(other) for other in calls[place + 1 : place + 4])
        if not (is_open and is_held and holder.year.may_start(call)) or clash:
            barred.add((call.day, call.call.id))
            if first <= call.end_day and call.day <= last:
                date = shared.calendar.date(call.day)
                found.append(
                    Trouble(call.day, call.end_day, f"{holder.id} cannot take {call.call.id} of {date}")
                )
    for span in holder.spans(holder.state, max(0, first), last):
        if (span.day, span.item) not in barred:
            yield span


class _Counts:
    """Who still works and takes what, by day."""

    def __init__(self, kept: Iterable[tuple[Holder, list[Span]]]) -> None:
        self.at_work: Counter[tuple[int, str, Session, int | None]] = Counter()
        self.taken: Counter[tuple[int, str]] = Counter()
        for holder, spans in kept:
            pgy = holder.year.person.pgy
            for span in spans:
                if span.kind is AssignmentKind.ROTATION:
                    self.at_work[span.day, span.item, span.session, pgy] += 1
                elif span.kind in CALL_KINDS and span.duty_type is not DutyType.TRANSITION:
                    self.taken[span.day, span.item] += 1


def _demands(
    standing: Standing,
    kept: Iterable[tuple[Holder, list[Span]]],
    reach: tuple[int, int],
    known: OpenDemand,
) -> Iterator[Trouble]:
    counts = _Counts(kept)
    first, last = reach
    for day in sorted(standing.solved):
        if first <= day <= last:
            yield from _staffing(standing, counts, day, known)
            yield from _calls(standing, counts, day, known)


def _staffing(standing: Standing, counts: _Counts, day: int, known: OpenDemand) -> Iterator[Trouble]:
    date = standing.shared.calendar.date(day)
    pgys = sorted({person.pgy for person in standing.program.residents if person.pgy is not None})
    for row in standing.program.staffing:
        if not is_asked(standing, row, day):
            continue
        got = sum(
            counts.at_work[day, rotation, row.session, pgy]
            for rotation in standing.program.expand(row.rotation)
            for pgy in (row.pgys or pgys)
        )
        is_known = known.allows(
            UnmetKind.STAFFING, row.rotation, date.isoformat(), got, row.session, row.pgys
        )
        if (got < row.min and not is_known) or (row.max is not None and got > row.max):
            is_of = _of(got, row.min, row.max)
            words = f"{row.rotation} {row.session} on {date}: {is_of} at work (staffing.csv:{row.row})"
            yield Trouble(day, day, words)


def _calls(standing: Standing, counts: _Counts, day: int, known: OpenDemand) -> Iterator[Trouble]:
    date = standing.shared.calendar.date(day)
    for call in standing.program.calls:
        got = counts.taken[day, call.id]
        is_short = got < call.min and not known.allows(UnmetKind.CALL, call.id, date.isoformat(), got)
        if standing.shared.holds(call, day) and (is_short or (call.max is not None and got > call.max)):
            words = f"{call.id} on {date}: {_of(got, call.min, call.max)} take it (calls.csv:{call.row})"
            yield Trouble(day, day, words)


def _of(got: int, least: int, most: int | None) -> str:
    """How many there are against how many there must or may be."""
    return f"{got} of {least}" if got < least else f"{got}, at most {most},"
