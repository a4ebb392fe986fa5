"""Why a duty is whose: the input rows that ask for somebody, who else could, and what the next best costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from src.interchange.model import Staffing
from src.solver.stop import Stop
from src.solver.swaps.cover import is_asked
from src.solver.swaps.moves import pin_of
from src.solver.swaps.search import Candidate, Offer, SwapSearch
from src.solver.swaps.standing import Holder, Piece, Standing
from src.solver.year.facts import matches

WITHIN_DAYS = 28


@dataclass(frozen=True, slots=True)
class Ground:
    """An input row that a duty rests on, in words."""

    file: str
    row: int | None
    words: str


@dataclass(frozen=True, slots=True)
class WhyDuty:
    """`grounds` ask for the duty and make the resident eligible; `refusal` says why it cannot leave them.

    `others` are all other residents, those who could take it over first, the cheapest before all.
    `next_best` is the best give-away or exchange within four weeks; None = there is none, or (`complete`
    false) there was no time to look at all.
    """

    person: str
    piece: Piece | None
    grounds: tuple[Ground, ...]
    refusal: str | None
    others: tuple[Candidate, ...]
    next_best: Offer | None
    complete: bool


def why_duty(standing: Standing, search: SwapSearch, person: str, piece: Piece, stop: Stop) -> WhyDuty:
    """Why the resident has the duty. Raises KeyError for nobody."""
    holder = standing.holder(person)
    grounds = tuple(_grounds(standing, holder, piece))
    if not piece.is_call and not holder.gives_day(piece.day):
        fixed = f"everyone on {piece.item} works that date: no row of its template lets it be off"
        return WhyDuty(person, piece, grounds, fixed, (), None, complete=True)
    others = search.candidates(person, piece)
    found = search.offers(person, piece, piece.day - WITHIN_DAYS, piece.day + WITHIN_DAYS, stop)
    best = max(found.offers, key=_gain, default=None)
    refusal = search.refusal(person, piece) if best is None else None
    return WhyDuty(person, piece, grounds, refusal, others, best, found.complete)


def _gain(offer: Offer) -> tuple[object, ...]:
    """The best score first, then the least disruption."""
    return offer.change.score, -offer.cells, -offer.people


def _grounds(standing: Standing, holder: Holder, piece: Piece) -> Iterator[Ground]:
    program, day = standing.program, standing.shared.calendar.date(piece.day)
    block = standing.shared.calendar.block_of[piece.day]
    pgy = holder.year.person.pgy
    rotation = holder.year.rotation[piece.day]
    pin = pin_of(holder, piece)
    if pin is not None:
        yield Ground("pins.csv", pin.row, f"{holder.id} is pinned to {piece.item} on {day}")
    if piece.is_call:
        call = program.call_by_id[piece.item]
        yield Ground("calls.csv", call.row, f"{call.id} asks for at least {call.min} on {day}")
        yield Ground("calls.csv", call.row, f"PGY-{pgy} on {rotation} may take {call.id}")
    else:
        for template in standing.shared.templates_on(piece.item, piece.day):
            words = f"{piece.item} is held in the {template.session} of {day}"
            yield Ground("templates.csv", template.row, words)
        for row in program.staffing:
            if _counts(standing, row, holder, piece):
                yield Ground("staffing.csv", row.row, _staffing_words(standing, row, piece, day))
    for rotation_pin in program.rotation_pins:
        if (rotation_pin.person, rotation_pin.block) == (holder.id, block):
            yield Ground(
                "pins.csv", rotation_pin.row, f"{holder.id} is pinned to {rotation} in block {block}"
            )
    for coverage in program.coverage:
        in_block = not coverage.blocks or block in coverage.blocks
        is_counted = rotation in program.expand(coverage.rotation) and matches(coverage.pgys, pgy)
        if coverage.min and in_block and is_counted:
            words = f"{coverage.rotation} asks for {coverage.min} in block {block}"
            yield Ground("coverage.csv", coverage.row, words)


def _counts(standing: Standing, row: Staffing, holder: Holder, piece: Piece) -> bool:
    sessions = {duty.session for duty in holder.sessions(holder.state, piece.day, piece.day)}
    return (
        row.min > 0
        and row.session in sessions
        and piece.item in standing.program.expand(row.rotation)
        and matches(row.pgys, holder.year.person.pgy)
        and is_asked(standing, row, piece.day)
    )


def _staffing_words(standing: Standing, row: Staffing, piece: Piece, day: date) -> str:
    named = standing.program.expand(row.rotation)
    there = {
        each.person
        for each in standing.by_day.get(piece.day, ())
        if each.id in named
        and each.session is row.session
        and matches(row.pgys, standing.program.person_by_id[each.person].pgy)
    }
    return f"{row.rotation} asks for {row.min} in the {row.session} of {day}, {len(there)} are at work"
