"""What could be had instead of a denied request, found by looking, not by solving."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice

from src.interchange.model import DutyType, Request, RequestKind
from src.solver.scoring import monday_of
from src.solver.swaps.cover import Demand
from src.solver.swaps.moves import Refusal, move_of
from src.solver.swaps.rules import DutyHours
from src.solver.swaps.standing import CALL_KINDS, Holder, Piece, Standing
from src.solver.year.facts import YearFacts

MOST_WAYS = 3
DAYS_AROUND = 14


@dataclass(frozen=True, slots=True)
class OtherWay:
    """Something near to the wish: a local date (or the block of a rotation) and what it would take."""

    words: str
    date: date | None = None
    block: int | None = None


def other_ways(standing: Standing, request: Request) -> tuple[OtherWay, ...]:
    """Up to three, the nearest first."""
    if request.person not in {person.id for person in standing.program.residents}:
        return ()
    finders = {
        RequestKind.DAY_OFF: _days_off,
        RequestKind.NO_CALL: _days_off,
        RequestKind.CALL: _calls,
        RequestKind.VACATION: _weeks,
        RequestKind.ROTATION: _blocks,
    }
    return tuple(islice(finders[request.kind](standing, request), MOST_WAYS))


def _near(standing: Standing, request: Request) -> Iterator[int]:
    """Days of the schedule around the request, the nearest first, its own left out."""
    calendar = standing.shared.calendar
    own = {calendar.day_of_date(day) for day in request.dates}
    if not own:
        return
    for step in range(1, DAYS_AROUND + 1):
        for day in (min(own) - step, max(own) + step):
            if day in standing.solved and day not in own:
                yield day


def _days_off(standing: Standing, request: Request) -> Iterator[OtherWay]:
    holder, demand = standing.holder(request.person), Demand(standing)
    hours = DutyHours(holder, standing.limits)
    for day in _near(standing, request):
        on = standing.shared.calendar.date(day)
        if day in holder.year.leave:
            continue
        if request.kind is RequestKind.NO_CALL:
            if all(call.day != day for call in holder.state.calls):
                yield OtherWay(f"{on} is free of calls.", on)
            continue
        if _is_free(holder, day):
            yield OtherWay(f"{on} is free already.", on)
            continue
        move = move_of(holder, (Piece(day, holder.year.rotation[day] or "", is_call=False),), ())
        if isinstance(move, Refusal) or hours.broken_by(move) is not None:
            continue
        if demand.broken_by((move,)) is None:
            yield OtherWay(f"{on} can be off, and nobody else need change.", on)


def _is_free(holder: Holder, day: int) -> bool:
    """Whether no work lies on the date."""
    calendar = holder.year.shared.calendar
    return not any(
        span.day <= day <= calendar.end_day(span.end)
        for span in holder.spans(holder.state, day - 2, day)
        if span.duty_type is not DutyType.JEOPARDY
    )


def _calls(standing: Standing, request: Request) -> Iterator[OtherWay]:
    """Calls near the date that the person could take over from somebody."""
    holder, demand = standing.holder(request.person), Demand(standing)
    hours = DutyHours(holder, standing.limits)
    for day in _near(standing, request):
        on = standing.shared.calendar.date(day)
        for row in standing.by_day.get(day, ()):
            if row.kind not in CALL_KINDS or row.duty_type is DutyType.TRANSITION:
                continue
            if row.person == request.person:
                yield OtherWay(f"{row.id} of {on} is {request.person}'s.", on)
                continue
            piece = Piece(day, row.id, is_call=True)
            taken = move_of(holder, (), (piece,))
            given = move_of(standing.holder(row.person), (piece,), ())
            if isinstance(taken, Refusal) or isinstance(given, Refusal):
                continue
            own = DutyHours(standing.holder(row.person), standing.limits)
            if hours.broken_by(taken) or own.broken_by(given) or demand.broken_by((taken, given)):
                continue
            yield OtherWay(f"{row.id} of {on} could be taken over from {row.person}.", on)


def _weeks(standing: Standing, request: Request) -> Iterator[OtherWay]:
    """Weeks of the person's own, and weeks with room on rotations that allow vacation, the nearest first."""
    program, plan = standing.program, standing.plan
    facts = YearFacts(program)
    wanted = monday_of(request.start_date) if request.start_date is not None else program.year_start_date
    away = Counter(monday for _, monday in plan.vacation_weeks)
    own = Counter(
        program.block_of(monday) for person, monday in plan.vacation_weeks if person == request.person
    )
    for week in sorted(facts.weeks, key=lambda week: (abs(week.monday - wanted), week.monday)):
        if week.monday == wanted:
            continue
        if (request.person, week.monday) in plan.vacation_weeks:
            yield OtherWay(f"The week of {week.monday} is {request.person}'s already.", week.monday)
            continue
        names = [plan.rotation.get((request.person, block)) for block in week.blocks]
        rooms = [program.rotation_by_id[name].vacation_weeks_max if name else 0 for name in names]
        if not all(rooms) or own[week.block] >= rooms[0]:
            continue
        most = program.max_on_vacation
        if most is None or away[week.monday] < most:
            count = f"{away[week.monday]} of at most {most} away" if most is not None else "no cap on it"
            words = f"The week of {week.monday} has room on {names[0]} ({count}), for another of theirs."
            yield OtherWay(words, week.monday)


def _blocks(standing: Standing, request: Request) -> Iterator[OtherWay]:
    """Blocks in which the wish holds already, the nearest first."""
    named = set(standing.program.expand(request.rotation or ""))
    wants = request.weight is None or request.weight >= 0
    wished = request.block or 1
    blocks = sorted(
        block
        for (person, block), name in standing.plan.rotation.items()
        if person == request.person and (name in named) is wants and block != wished
    )
    for block in sorted(blocks, key=lambda block: (abs(block - wished), block)):
        name = standing.plan.rotation[request.person, block]
        yield OtherWay(f"{request.person} is on {name} in block {block}.", block=block)
