"""A page of legal offers for one stored duty: found by the solver's arithmetic, passed by the checker's."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Sequence

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from src.pagination import Paging
from src.planning.swaps.access import OwnDuty
from src.planning.swaps.judge import JudgedOffer, judge_offer
from src.planning.swaps.schemas import DutyRead, OfferRead, SwapPage
from src.planning.swaps.search import Stood, duty_of, first_day
from src.solver.stop import Stop
from src.solver.swaps.search import Offer, OfferKind, Offers
from src.solver.swaps.standing import Piece

SEARCH_SECONDS = 4.0
A_CLINIC = "a continuity clinic is the resident's own"
PAST = "it lies before the date from which things may move"

_log = structlog.get_logger(__name__)


async def list_offers(
    session: AsyncSession,
    duty: OwnDuty,
    stood: Stood,
    params: Paging,
    within_days: int,
    from_date: dt.date | None,
    kind: OfferKind | None,
) -> SwapPage:
    """The offers of a page; one that the checker would refuse is left out and told to the log.

    Pages are cut from all that the search found, so that none moves while others are judged.
    """
    person, piece = await duty_of(session, duty.version, stood, duty.row)
    calendar = stood.standing.shared.calendar
    first = calendar.day_of_date(first_day(stood.program, from_date))
    centre = calendar.day_of_date(duty.row.date)
    low, high = max(0, first, centre - within_days), min(calendar.days - 1, centre + within_days)
    refusal = A_CLINIC if piece is None else PAST if piece.day < first else None
    found = Offers((), complete=True)
    if piece is not None and refusal is None:
        refusal = _refusal(stood, person, piece)
        found = await asyncio.to_thread(stood.search.offers, person, piece, low, high, Stop(SEARCH_SECONDS))
    wanted = [offer for offer in found.offers if kind is None or offer.kind is kind]
    start = (params.page - 1) * params.page_size
    page = await asyncio.to_thread(judged_page, stood, wanted[start : start + params.page_size])
    total, unjudged = counted(stood, wanted)
    return SwapPage(
        items=[OfferRead.of(stood.standing, each) for each in page],
        total=total,
        unjudged=unjudged,
        page=params.page,
        page_size=params.page_size,
        has_next=start + params.page_size < len(wanted),
        duty=None if piece is None else DutyRead.of(stood.standing, piece),
        refusal=refusal if not wanted else None,
        searched_from=calendar.date(low),
        searched_to=calendar.date(max(low, high)),
        complete=found.complete,
    )


def _refusal(stood: Stood, person: str, piece: Piece) -> str | None:
    """Why a duty cannot leave its resident; nobody but residents has any to hand on."""
    if person not in {each.id for each in stood.program.residents}:
        return f"{person} is no resident"
    return stood.search.refusal(person, piece)


def counted(stood: Stood, offers: Sequence[Offer]) -> tuple[int, int]:
    """How many offers the checker has not refused, and how many of these it has not seen yet."""
    verdicts = [stood.verdicts.get(offer.transfers) for offer in offers]
    return len(verdicts) - verdicts.count(False), verdicts.count(None)


def judged_page(stood: Stood, offers: Sequence[Offer]) -> tuple[JudgedOffer, ...]:
    """The offers that the checker lets pass, in order; its verdict on each is remembered."""
    found: list[JudgedOffer] = []
    for offer in offers:
        judged = judge_offer(stood, offer)
        stood.verdicts[offer.transfers] = judged is not None
        if judged is None:
            _log.warning("offer_refused_by_the_checker", transfers=str(offer.transfers))
        else:
            found.append(judged)
    return tuple(found)
