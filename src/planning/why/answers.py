"""Answers to "why" about a stored version, within the seconds that somebody waits for a page."""

from __future__ import annotations

import asyncio
import threading

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.models import DeniedRequest
from src.interchange.model import Program, Request
from src.interchange.schedule import Scope
from src.planning.swaps.access import DeniedNotFoundError, OwnDenied, OwnDuty
from src.planning.swaps.judge import JudgedOffer, judge_offer
from src.planning.swaps.offers import A_CLINIC
from src.planning.swaps.search import Stood, duty_of, load_standing, person_code
from src.planning.why.schemas import WhyDeniedRead, WhyDutyRead
from src.schedules.config import get_schedule_settings
from src.solver.scoring import Scorer
from src.solver.stop import Stop
from src.solver.swaps.standing import Piece, Standing
from src.solver.why.duty import Ground, WhyDuty, why_duty
from src.solver.why.request import WhyDenied, why_denied

DUTY_SECONDS = 3.0
REQUEST_SECONDS = 3.0
"""Of the five seconds that an answer may take: reading, and what could be had instead, come on top."""
SEED = 1


async def explain_duty(session: AsyncSession, duty: OwnDuty) -> WhyDutyRead:
    """Why the assignment is whose; the next best has passed the checker too."""
    stood = await load_standing(session, duty.version)
    person, piece = await duty_of(session, duty.version, stood, duty.row)
    why, next_best = await asyncio.to_thread(_of_duty, stood, person, piece)
    return WhyDutyRead.of(stood.standing, why, next_best)


def _of_duty(stood: Stood, person: str, piece: Piece | None) -> tuple[WhyDuty, JudgedOffer | None]:
    if piece is None:
        rows = [clinic for clinic in stood.program.clinics if clinic.person == person]
        grounds = tuple(
            Ground("clinics.csv", clinic.row, f"{person}'s clinic on weekday {clinic.weekday}")
            for clinic in rows
        )
        return WhyDuty(person, None, grounds, A_CLINIC, (), None, complete=True), None
    why = why_duty(stood.standing, stood.search, person, piece, Stop(DUTY_SECONDS))
    return why, None if why.next_best is None else judge_offer(stood, why.next_best)


async def explain_denied(session: AsyncSession, denied: OwnDenied) -> WhyDeniedRead:
    """Why the request was not granted. Raises DeniedNotFoundError where the inputs hold no such request."""
    stood = await load_standing(session, denied.version)
    place = await _place_among_its_likes(session, denied.row)
    person = await person_code(session, denied.version, denied.row.person_id)
    request = await asyncio.to_thread(_request, stood, denied.row, person, place)
    workers = min(4, get_schedule_settings().solver_workers)
    why = await asyncio.to_thread(why_in_time, stood.standing, request, workers)
    return WhyDeniedRead.of(stood.program, why, denied.row.reason, denied.row.blocking)


def why_in_time(standing: Standing, request: Request, workers: int) -> WhyDenied:
    """The answer within the seconds: a search looks at its limit by itself, the making of a model only at a
    cancel.
    """
    stop = Stop(REQUEST_SECONDS)
    alarm = threading.Timer(REQUEST_SECONDS, stop.cancel)
    alarm.daemon = True
    alarm.start()
    try:
        return why_denied(standing, request, stop, seed=SEED, workers=workers)
    finally:
        alarm.cancel()


async def _place_among_its_likes(session: AsyncSession, row: DeniedRequest) -> int:
    """How many denied requests of the same person, kind, rank and date stand before it."""
    found = await session.exec(
        select(DeniedRequest.id).where(
            DeniedRequest.version_id == row.version_id,
            DeniedRequest.person_id == row.person_id,
            DeniedRequest.kind == row.kind,
            col(DeniedRequest.rank).is_not_distinct_from(row.rank),
            col(DeniedRequest.start_date).is_not_distinct_from(row.start_date),
            col(DeniedRequest.position) < row.position,
        )
    )
    return len(found.all())


def _request(stood: Stood, row: DeniedRequest, person: str, place: int) -> Request:
    """The input that a denied row speaks of: rows keep the inputs' order."""
    alike = [request for request in stood.program.requests if _is_alike(request, row, person)]
    if not alike:
        raise DeniedNotFoundError
    open_ones = _not_granted(stood.program, stood, alike)
    chosen = open_ones if place < len(open_ones) else alike
    return chosen[min(place, len(chosen) - 1)]


def _not_granted(program: Program, stood: Stood, requests: list[Request]) -> list[Request]:
    scorer = Scorer(program, stood.content, Scope.BOTH)
    return [request for request in requests if not scorer.is_granted(request)]


def _is_alike(request: Request, row: DeniedRequest, person: str) -> bool:
    return (request.person, request.kind, request.rank, request.start_date) == (
        person,
        row.kind,
        row.rank,
        row.start_date,
    )
