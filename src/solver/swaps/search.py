"""Who could take a duty over, alone, in exchange for one of their own, or round a ring of three.

Every offer keeps every hard rule that the schedule keeps now: eligibility, leave, calls and nights that
exclude one another, days off given, the duty hours of all who take part, staffing and clinics. What a
resident can give and take is worked out once; what several do together is only checked for demand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from src.interchange.schedule import AssignmentRow, Schedule
from src.solver.stop import Stop
from src.solver.swaps.cover import Demand
from src.solver.swaps.moves import Move, Refusal, move_of
from src.solver.swaps.rules import DutyHours
from src.solver.swaps.shares import ScoreChange, Shares
from src.solver.swaps.standing import Holder, Piece, Standing


class OfferKind(StrEnum):
    GIVE_AWAY = "give_away"
    SWAP = "swap"
    CHAIN = "chain"


@dataclass(frozen=True, slots=True)
class Transfer:
    """One duty that goes from one resident to another."""

    giver: str
    taker: str
    piece: Piece


@dataclass(frozen=True, slots=True)
class Offer:
    """A legal change of hands. `cells` are the (person, date)s whose rows change."""

    kind: OfferKind
    transfers: tuple[Transfer, ...]
    moves: tuple[Move, ...]
    change: ScoreChange

    @property
    def cells(self) -> int:
        return sum(len(move.days) for move in self.moves)

    @property
    def people(self) -> int:
        return len(self.moves)

    @property
    def rank(self) -> tuple[int, int, Decimal, Decimal, tuple[tuple[str, int, str], ...]]:
        """Least disruption first, then fairness, then the rest of the score."""
        names = tuple((each.taker, each.piece.day, each.piece.item) for each in self.transfers)
        return self.cells, self.people, self.change.fairness, -self.change.score, names


@dataclass(frozen=True, slots=True)
class Offers:
    """Every offer found, best first; `complete` says that nothing within the dates was left unlooked at."""

    offers: tuple[Offer, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody else for a duty: how the schedule would change, or why it cannot be them."""

    person: str
    offer: Offer | None
    reason: str | None


class SwapSearch:
    """Looks for takers of duties of one schedule."""

    def __init__(self, standing: Standing) -> None:
        self._standing = standing
        self._demand = Demand(standing)
        self._shares = Shares(standing)
        self._hours: dict[str, DutyHours] = {}
        self._moves: dict[tuple[str, Piece | None, Piece | None], Move | Refusal] = {}

    def offers(self, person: str, piece: Piece, first: int, last: int, stop: Stop) -> Offers:
        """All legal ways to hand the duty on, in exchange for duties of the days first … last.

        The search ends with what it has when the stop is reached. Raises KeyError for nobody.
        """
        found: list[Offer] = []
        complete = True
        for offer in self._offers(person, piece, (first, last)):
            if offer is not None:
                found.append(offer)
            if stop.reached:
                complete = False
                break
        return Offers(tuple(sorted(found, key=lambda offer: offer.rank)), complete)

    def candidates(self, person: str, piece: Piece) -> tuple[Candidate, ...]:
        """Everybody else for the duty, those who could take it over first, the least cost before all."""
        given = self._move(person, piece, None)
        found: list[Candidate] = []
        for other in self._others(person):
            taken = self._move(other, None, piece)
            if isinstance(taken, Refusal):
                found.append(Candidate(other, None, taken.words))
            elif isinstance(given, Refusal):
                found.append(Candidate(other, None, f"{person}: {given.words}"))
            else:
                words = self._demand.broken_by((given, taken))
                offer = None
                if words is None:
                    offer = self._offer(
                        OfferKind.GIVE_AWAY, (Transfer(person, other, piece),), (given, taken)
                    )
                found.append(Candidate(other, offer, words))
        return tuple(sorted(found, key=_by_cost))

    def refusal(self, person: str, piece: Piece) -> str | None:
        """Why the resident cannot do without the duty, whoever takes it; None = they can."""
        given = self._move(person, piece, None)
        return given.words if isinstance(given, Refusal) else None

    def _offers(self, person: str, piece: Piece, reach: tuple[int, int]) -> Iterator[Offer | None]:
        """Give-aways and swaps, then chains; None where a step came to nothing."""
        others = self._others(person)
        alone = self._move(person, piece, None)
        takers: list[tuple[str, Piece, Move]] = []
        for other in others:
            taken = self._move(other, None, piece)
            if isinstance(taken, Move) and isinstance(alone, Move):
                yield self._legal(OfferKind.GIVE_AWAY, (Transfer(person, other, piece),), (alone, taken))
            for back in self._pieces(other, piece, reach):
                exchanged = self._move(other, back, piece)
                if isinstance(exchanged, Move):
                    takers.append((other, back, exchanged))
                yield None
        for other, back, taken in takers:
            given = self._move(person, piece, back)
            if isinstance(given, Move):
                transfers = (Transfer(person, other, piece), Transfer(other, person, back))
                yield self._legal(OfferKind.SWAP, transfers, (given, taken))
        yield from self._chains(person, piece, takers, reach)

    def _chains(
        self, person: str, piece: Piece, takers: Sequence[tuple[str, Piece, Move]], reach: tuple[int, int]
    ) -> Iterator[Offer | None]:
        """Second takes the duty and hands one of theirs to a third, who hands one to the first."""
        thirds: list[tuple[str, Piece, Move]] = []
        for third in self._others(person):
            for back in self._pieces(third, piece, reach):
                given = self._move(person, piece, back)
                if isinstance(given, Move):
                    thirds.append((third, back, given))
                yield None
        for second, passed, taken in takers:
            for third, back, given in thirds:
                # Who hands on the very duty they take has no part in it: that is a swap of the others.
                if third == second or back == passed:
                    continue
                between = self._move(third, back, passed)
                if not isinstance(between, Move):
                    yield None
                    continue
                transfers = (
                    Transfer(person, second, piece),
                    Transfer(second, third, passed),
                    Transfer(third, person, back),
                )
                yield self._legal(OfferKind.CHAIN, transfers, (given, taken, between))

    def _legal(
        self, kind: OfferKind, transfers: tuple[Transfer, ...], moves: tuple[Move, ...]
    ) -> Offer | None:
        if self._demand.broken_by(moves) is not None:
            return None
        return self._offer(kind, transfers, moves)

    def _offer(self, kind: OfferKind, transfers: tuple[Transfer, ...], moves: tuple[Move, ...]) -> Offer:
        return Offer(kind, transfers, moves, self._shares.change(moves))

    def _others(self, person: str) -> list[str]:
        return [each.id for each in self._standing.program.residents if each.id != person]

    def _pieces(self, person: str, wanted: Piece, reach: tuple[int, int]) -> Iterator[Piece]:
        """What somebody could give for a duty of its kind: a call for a call, a day for a day."""
        for piece in self._standing.holder(person).pieces(*reach):
            is_alike = piece.is_call if wanted.is_call else piece.item == wanted.item and not piece.is_call
            if is_alike and piece != wanted:
                yield piece

    def _move(self, person: str, gives: Piece | None, takes: Piece | None) -> Move | Refusal:
        """The resident's own side of a change, judged by all rules that are theirs alone."""
        key = (person, gives, takes)
        found = self._moves.get(key)
        if found is None:
            found = self._judged(self._standing.holder(person), gives, takes)
            self._moves[key] = found
        return found

    def _judged(self, holder: Holder, gives: Piece | None, takes: Piece | None) -> Move | Refusal:
        move = move_of(holder, () if gives is None else (gives,), () if takes is None else (takes,))
        if isinstance(move, Refusal):
            return move
        if any(holder.unexplained.intersection(range(*stretch)) for stretch in move.stretches):
            return Refusal("was changed by hand in a way that no day off and no call explains")
        if holder.id not in self._hours:
            self._hours[holder.id] = DutyHours(holder, self._standing.limits)
        words = self._hours[holder.id].broken_by(move)
        return move if words is None else Refusal(words)


def applied(schedule: Schedule, offer: Offer) -> tuple[AssignmentRow, ...]:
    """The schedule's rows after an offer."""
    moved = {move.holder.id for move in offer.moves}
    kept = [row for row in schedule.assignments if row.person not in moved]
    return (*kept, *(row for move in offer.moves for row in rows_after(move)))


def rows_after(move: Move) -> tuple[AssignmentRow, ...]:
    """A resident's rows after a move."""
    holder, gone, days = move.holder, set(move.gone), {span.day for span in move.gone}
    start = holder.year.shared.calendar.day_of_date
    kept = [row for row in holder.rows if start(row.date) not in days or holder.span_of(row) not in gone]
    return (*kept, *(holder.row_of(span) for span in move.come))


def date_of(standing: Standing, piece: Piece) -> date:
    """The local date a duty starts on."""
    return standing.shared.calendar.date(piece.day)


def _by_cost(candidate: Candidate) -> tuple[bool, Decimal, int, str]:
    if candidate.offer is None:
        return True, Decimal(0), 0, candidate.person
    return False, -candidate.offer.change.score, candidate.offer.cells, candidate.person
