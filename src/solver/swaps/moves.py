"""What it means for one resident to give or take a duty: the new decisions, and the intervals that change.

What follows from a decision follows here too: who takes a call on a day off works that day, who gives one
away works the sessions that it replaced.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from src.interchange.model import CallPin
from src.quantities import count
from src.solver.daily.duties import CallDuty
from src.solver.swaps.standing import Holder, Piece, Span, State


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why somebody cannot give or take a duty, in words."""

    words: str


@dataclass(frozen=True, slots=True)
class Move:
    """One resident turned to another state: the intervals that go and come, and the stretches they lie in."""

    holder: Holder
    state: State
    gone: tuple[Span, ...]
    come: tuple[Span, ...]
    stretches: tuple[tuple[int, int], ...]

    @property
    def days(self) -> frozenset[int]:
        """The days on which the resident's rows change."""
        return frozenset(span.day for span in (*self.gone, *self.come))


def move_of(holder: Holder, gives: Sequence[Piece], takes: Sequence[Piece]) -> Move | Refusal:
    """The resident without what they give and with what they take; or why that cannot be."""
    state = holder.state
    for piece in gives:
        given = _without(holder, state, piece)
        if isinstance(given, Refusal):
            return given
        state = given
    for piece in takes:
        taken = _with(holder, state, piece)
        if isinstance(taken, Refusal):
            return taken
        state = taken
    for piece in gives:
        if not piece.is_call and not _within_days_off(holder, state, piece.day):
            return Refusal(_too_many_days_off(holder, piece))
    return turned(holder, state)


def turned(holder: Holder, state: State) -> Move:
    """What changes when the resident turns to a state."""
    stretches = tuple(_stretches(holder.state, state))
    gone: list[Span] = []
    come: list[Span] = []
    for first, last in stretches:
        before = holder.spans(holder.state, first, last)
        after = holder.spans(state, first, last)
        was, now = set(before), set(after)
        gone += [span for span in before if span not in now]
        come += [span for span in after if span not in was]
    return Move(holder, state, tuple(gone), tuple(come), stretches)


def _stretches(before: State, after: State) -> Iterator[tuple[int, int]]:
    """The days around what differs, joined where they meet."""
    changed: list[tuple[int, int]] = [(day - 1, day + 2) for day in before.off ^ after.off]
    changed += [(call.day - 1, call.end_day + 1) for call in before.calls ^ after.calls]
    first, last = None, 0
    for start, end in sorted(changed):
        if first is None:
            first, last = start, end
        elif start <= last + 1:
            last = max(last, end)
        else:
            yield first, last
            first, last = start, end
    if first is not None:
        yield first, last


def _without(holder: Holder, state: State, piece: Piece) -> State | Refusal:
    if pin_of(holder, piece) is not None:
        return Refusal("a pin keeps it where it is")
    if piece.is_call:
        return State(state.off, frozenset(call for call in state.calls if not _is(call, piece)))
    if any(call.day == piece.day and not call.is_jeopardy for call in state.calls):
        return Refusal("a call starts on that date, which is no day off then")
    if not holder.gives_day(piece.day):
        return Refusal("the date may not be given off")
    return State(state.off | {piece.day}, state.calls)


def _within_days_off(holder: Holder, state: State, day: int) -> bool:
    """Whether the days off given in the academic block are no more than the rotation allows."""
    most = holder.year.shared.program.rotation_by_id[holder.year.rotation[day] or ""].max_days_off
    if most is None:
        return True
    calendar = holder.year.shared.calendar
    days = calendar.days_of_block[calendar.block_of[day]]
    return len(holder.left_due(state, days)) <= max(most, len(holder.left_due(holder.state, days)))


def _too_many_days_off(holder: Holder, piece: Piece) -> str:
    most = holder.year.shared.program.rotation_by_id[piece.item].max_days_off
    return f"{piece.item} gives at most {count(most or 0, 'day')} off in one block"


def _with(holder: Holder, state: State, piece: Piece) -> State | Refusal:
    return _with_call(holder, state, piece) if piece.is_call else _with_day(holder, state, piece)


def _with_day(holder: Holder, state: State, piece: Piece) -> State | Refusal:
    year = holder.year
    if year.rotation[piece.day] != piece.item:
        return Refusal(f"is on {year.rotation[piece.day] or 'no rotation'}, not on {piece.item}")
    if piece.day in year.leave:
        return Refusal("is on vacation or absent")
    if piece.day not in state.off:
        return Refusal("works that date already, or has a clinic, a call or the morning after a night then")
    found = State(state.off - {piece.day}, state.calls)
    nights = [duty for duty in holder.sessions(found, piece.day, piece.day) if duty.is_night]
    for night in nights:
        for call in state.calls:
            if call.excluded_by(night):
                return Refusal(f"has {call.call.id} at the time of that night")
    return found


def _with_call(holder: Holder, state: State, piece: Piece) -> State | Refusal:
    year, shared = holder.year, holder.year.shared
    call = shared.program.call_by_id[piece.item]
    rotation = year.rotation[piece.day] if piece.day < len(year.rotation) else None
    if call.pgys and year.person.pgy not in call.pgys:
        return Refusal(f"is PGY-{year.person.pgy}, who may not take {call.id}")
    if rotation is None or rotation not in shared.call_rotations[call.id]:
        return Refusal(f"is on {rotation or 'no rotation'}, which does not take {call.id}")
    duty = shared.call_duty(call, piece.day)
    last = duty.day if duty.is_jeopardy else duty.end_day
    if any(day in year.leave for day in range(duty.day, last + 1)):
        return Refusal("is on vacation or absent")
    if not year.may_start(duty):
        return Refusal("has duty from before that stands against it")
    for other in state.calls:
        if duty.excludes(other):
            return Refusal(f"has {other.call.id} of {shared.calendar.date(other.day)}")
    off = state.off if duty.is_jeopardy else state.off - {duty.day}
    found = State(off, state.calls | {duty})
    for night in holder.sessions(found, duty.day - 1, duty.end_day):
        if duty.excluded_by(night):
            return Refusal(f"works {night.id} on the night of {shared.calendar.date(night.day)}")
    return found


def pin_of(holder: Holder, piece: Piece) -> CallPin | None:
    """The pin that keeps a call with the resident."""
    if not piece.is_call:
        return None
    day = holder.year.shared.calendar.date(piece.day)
    for pin in holder.year.shared.program.call_pins:
        if (pin.person, pin.date, pin.call) == (holder.id, day, piece.item):
            return pin
    return None


def _is(call: CallDuty, piece: Piece) -> bool:
    return call.day == piece.day and call.call.id == piece.item
