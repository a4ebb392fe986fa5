"""What the route of swaps gives out."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict

from src.compliance.finding_schemas import FindingRead
from src.pagination import Page
from src.planning.swaps.judge import JudgedOffer
from src.planning.versions.schemas import DayChangeRead
from src.solver.swaps.search import OfferKind
from src.solver.swaps.standing import Piece, Standing

_DUTY: dict[str, Any] = {"date": "2026-08-08", "kind": "call", "item": "WE"}
OFFER_EXAMPLE: dict[str, Any] = {
    "kind": "swap",
    "transfers": [
        {"giver": "R001", "taker": "R004", "duty": _DUTY},
        {"giver": "R004", "taker": "R001", "duty": {**_DUTY, "date": "2026-08-15"}},
    ],
    "cells": 6,
    "people": 2,
    "fairness_change": "0",
    "score_change": "-1",
    "terms": {"whole_weekends": "-1"},
    "changes": [{"person": "R001", "date": "2026-08-08", "before": ["NIGHT WE"], "after": []}],
    "findings_added": [],
    "findings_removed": [],
}


class DutyRead(BaseModel):
    """A duty that may change hands: a call of a start date, or a rotation's sessions of a date."""

    date: dt.date
    kind: Literal["call", "rotation"]
    item: str

    @classmethod
    def of(cls, standing: Standing, piece: Piece) -> Self:
        return cls(
            date=standing.shared.calendar.date(piece.day),
            kind="call" if piece.is_call else "rotation",
            item=piece.item,
        )


class TransferRead(BaseModel):
    """One duty that goes from one resident to another."""

    giver: str
    taker: str
    duty: DutyRead


class OfferRead(BaseModel):
    """A legal change of hands.

    `cells` are the person-dates that change. `fairness_change` is the weighted change of all spreads (more =
    less fair), `score_change` that of the whole objective without advisories (more = better), `terms` the
    change of each count.
    """

    model_config = ConfigDict(json_schema_extra={"example": OFFER_EXAMPLE})

    kind: OfferKind
    transfers: list[TransferRead]
    cells: int
    people: int
    fairness_change: Decimal
    score_change: Decimal
    terms: dict[str, Decimal]
    changes: list[DayChangeRead]
    findings_added: list[FindingRead]
    findings_removed: list[FindingRead]

    @classmethod
    def of(cls, standing: Standing, judged: JudgedOffer) -> Self:
        offer = judged.offer
        return cls(
            kind=offer.kind,
            transfers=[
                TransferRead(giver=each.giver, taker=each.taker, duty=DutyRead.of(standing, each.piece))
                for each in offer.transfers
            ],
            cells=offer.cells,
            people=offer.people,
            fairness_change=offer.change.fairness,
            score_change=offer.change.score,
            terms=dict(offer.change.terms),
            changes=[DayChangeRead.of(row) for row in judged.days],
            findings_added=[FindingRead.of(finding) for finding in judged.added],
            findings_removed=[FindingRead.of(finding) for finding in judged.removed],
        )


class SwapPage(Page[OfferRead]):
    """The legal ways to hand a duty on, least disruption first.

    Exchanges were looked for from `searched_from` to `searched_to`; `complete` is false where time ran out.
    `refusal` says why the duty cannot leave its resident at all. The checker passes the offers of a page when
    it is asked for: `total` counts none that it has refused, `unjudged` says how many of them it has not seen
    yet, and a page may be shorter than asked for.
    """

    duty: DutyRead | None
    refusal: str | None
    searched_from: dt.date
    searched_to: dt.date
    complete: bool
    unjudged: int
