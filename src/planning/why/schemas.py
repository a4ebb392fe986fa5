"""What the routes of "why" give out."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from src.interchange.model import Program, Request, RequestKind
from src.interchange.schedule import Conflict
from src.planning.swaps.judge import JudgedOffer
from src.planning.swaps.schemas import OFFER_EXAMPLE, DutyRead, OfferRead
from src.solver.swaps.search import Candidate
from src.solver.swaps.standing import Standing
from src.solver.why.duty import Ground, WhyDuty
from src.solver.why.otherwise import OtherWay
from src.solver.why.request import Verdict, WhyDenied, cost_of

_ROW: dict[str, Any] = {"file": "calls.csv", "row": 3, "words": "WE asks for 1 on every Saturday"}
_WHY_DUTY: dict[str, Any] = {
    "person": "R001",
    "duty": {"date": "2026-08-08", "kind": "call", "item": "WE"},
    "grounds": [_ROW],
    "refusal": None,
    "others": [
        {
            "person": "R004",
            "could": False,
            "reason": "is on vacation",
            "cells": None,
            "score_change": None,
            "fairness_change": None,
            "terms": {},
        }
    ],
    "next_best": OFFER_EXAMPLE,
    "cost_of_next_best": {"whole_weekends": "1"},
    "complete": True,
}
_WHY_DENIED: dict[str, Any] = {
    "request": {
        "person": "R001",
        "kind": "vacation",
        "rank": 1,
        "start_date": "2026-12-21",
        "end_date": None,
        "rotation": None,
        "academic_block": None,
    },
    "reason": "All vacation weeks due lie elsewhere.",
    "blocking": "program.toml vacation_weeks",
    "verdict": "possible",
    "words": "A schedule with the request granted was found.",
    "in_the_way": [_ROW],
    "people": ["R001", "R004"],
    "cells": 10,
    "terms": {"vacation_rank": "-2"},
    "cost": {"vacation_rank": "2"},
    "score_change": ["0", "-2", "0"],
    "otherwise": [{"words": "the week of 4 January", "date": "2027-01-04", "academic_block": None}],
}


class RowRead(BaseModel):
    """An input row, and what it says here."""

    file: str
    row: int | None
    words: str

    @classmethod
    def of(cls, row: Ground | Conflict) -> Self:
        words = row.words if isinstance(row, Ground) else row.message
        return cls(file=row.file, row=row.row, words=words)


class CandidateRead(BaseModel):
    """Somebody else for a duty: the cost of their taking it over, or why they cannot.

    `score_change` is after minus before over the whole objective without advisories (more = better).
    """

    person: str
    could: bool
    reason: str | None
    cells: int | None
    score_change: Decimal | None
    fairness_change: Decimal | None
    terms: dict[str, Decimal]

    @classmethod
    def of(cls, candidate: Candidate) -> Self:
        offer = candidate.offer
        return cls(
            person=candidate.person,
            could=offer is not None,
            reason=candidate.reason,
            cells=None if offer is None else offer.cells,
            score_change=None if offer is None else offer.change.score,
            fairness_change=None if offer is None else offer.change.fairness,
            terms={} if offer is None else dict(offer.change.terms),
        )


class WhyDutyRead(BaseModel):
    """Why a duty is whose: the rows that ask for it, who else could, and what the next best costs.

    `cost_of_next_best` is by term, at the objective's weights (more = worse). Where `complete` is false,
    time ran out before everything was looked at.
    """

    model_config = ConfigDict(json_schema_extra={"example": _WHY_DUTY})

    person: str
    duty: DutyRead | None
    grounds: list[RowRead]
    refusal: str | None
    others: list[CandidateRead]
    next_best: OfferRead | None
    cost_of_next_best: dict[str, Decimal] | None
    complete: bool

    @classmethod
    def of(cls, standing: Standing, why: WhyDuty, next_best: JudgedOffer | None) -> Self:
        terms = None if next_best is None else next_best.offer.change.terms
        return cls(
            person=why.person,
            duty=None if why.piece is None else DutyRead.of(standing, why.piece),
            grounds=[RowRead.of(ground) for ground in why.grounds],
            refusal=why.refusal,
            others=[CandidateRead.of(candidate) for candidate in why.others],
            next_best=None if next_best is None else OfferRead.of(standing, next_best),
            cost_of_next_best=None if terms is None else cost_of(standing.program, terms),
            complete=why.complete,
        )


class DeniedRequestRead(BaseModel):
    """The request that was denied."""

    person: str
    kind: RequestKind
    rank: int | None
    start_date: dt.date | None
    end_date: dt.date | None
    rotation: str | None
    academic_block: int | None

    @classmethod
    def of(cls, request: Request) -> Self:
        return cls(
            person=request.person,
            kind=request.kind,
            rank=request.rank,
            start_date=request.start_date,
            end_date=request.end_date,
            rotation=request.rotation,
            academic_block=request.block,
        )


class OtherWayRead(BaseModel):
    """Something near to the wish that could be had instead."""

    words: str
    date: dt.date | None
    academic_block: int | None

    @classmethod
    def of(cls, way: OtherWay) -> Self:
        return cls(words=way.words, date=way.date, academic_block=way.block)


class WhyDeniedRead(BaseModel):
    """What stood in a request's way, and what granting it would take.

    `verdict` says what was found out, `words` what that rests on. `terms` are counts with the request
    granted less counts without, `cost` the same at the objective's weights (more = worse), `score_change`
    that of each tier: granting costs at most so much. `people` would have other days, calls or rotations.
    """

    model_config = ConfigDict(json_schema_extra={"example": _WHY_DENIED})

    request: DeniedRequestRead
    reason: str
    blocking: str
    verdict: Verdict
    words: str
    in_the_way: list[RowRead]
    people: list[str]
    cells: int
    terms: dict[str, Decimal]
    cost: dict[str, Decimal]
    score_change: list[Decimal]
    otherwise: list[OtherWayRead]

    @classmethod
    def of(cls, program: Program, why: WhyDenied, reason: str, blocking: str) -> Self:
        return cls(
            request=DeniedRequestRead.of(why.request),
            reason=reason,
            blocking=blocking,
            verdict=why.verdict,
            words=why.words,
            in_the_way=[RowRead.of(conflict) for conflict in why.conflicts],
            people=list(why.people),
            cells=why.cells,
            terms=dict(why.terms),
            cost=cost_of(program, why.terms),
            score_change=list(why.score_change),
            otherwise=[OtherWayRead.of(way) for way in why.otherwise],
        )
