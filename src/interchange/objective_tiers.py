"""Reads `objective.toml`: the weights of the soft terms, tier by tier."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from src.interchange import values
from src.interchange.documents import Document
from src.interchange.issues import IssueCode
from src.interchange.model import Tier

VACATION_RANK = "vacation_rank"
TERMS = (
    "unmet_staffing",
    VACATION_RANK,
    "rotation_request",
    "day_off_request",
    "no_call_request",
    "fair_heavy_blocks",
    "fair_call_points",
    "fair_nights",
    "fair_weekends",
    "fair_holidays",
    "fair_jeopardy",
    "advisories",
    "whole_weekends",
    "isolated_nights",
)
"""Every term the format knows, in the order an export writes them."""

_COSTS = frozenset(term for term in TERMS if term.startswith(("unmet_", "fair_")) or term == "advisories")


def read_tiers(document: Document) -> tuple[Tier, ...]:
    """The tiers in their order, highest first, with every fault in the document's log."""
    if not document.is_whole:
        return ()
    terms_by_tier: dict[int, dict[str, str]] = {}
    for key in document.entries:
        place = _place(document, key)
        if place is not None:
            number, term = place
            terms = terms_by_tier.setdefault(number, {})
            if term:
                terms[term] = key
    for number in range(1, max(terms_by_tier, default=0) + 1):
        if number not in terms_by_tier:
            document.reject(IssueCode.OUT_OF_RANGE, f"tier.{number}", f"tier {number} is missing")
            return ()
    return tuple(_tier(document, terms) for _, terms in sorted(terms_by_tier.items()))


def _place(document: Document, key: str) -> tuple[int, str] | None:
    """The number of the tier and the term a key speaks of; the term is empty for a tier without terms."""
    name, _, rest = key.partition(".")
    number_text, _, term = rest.partition(".")
    number = values.parse_integer(number_text)
    if name != "tier":
        document.remark(IssueCode.UNKNOWN_KEY, key, f"the key {key} is unknown and is not read")
        return None
    if number is None or not 1 <= number <= len(TERMS) * 10:
        document.reject(IssueCode.BAD_VALUE, key, "tiers are written as [[tier]], one table each")
        return None
    if term and term not in TERMS:
        document.remark(IssueCode.UNKNOWN_KEY, key, f"the term {term} is unknown and does not count")
        return number, ""
    return number, term


def _tier(document: Document, terms: Mapping[str, str]) -> Tier:
    weights: list[tuple[str, Decimal]] = []
    points: tuple[Decimal, ...] | None = None
    for term in sorted(terms, key=TERMS.index):
        key = terms[term]
        if term == VACATION_RANK:
            points = document.numbers(key) or None
            if points is None:
                document.remark(IssueCode.NO_EFFECT, key, "lists no points, so that no choice earns any")
            continue
        # "A missing weight is 1": only a sheet can name a term and leave its value empty.
        weight = document.number(key) if document.has(key) else Decimal(1)
        if weight is None:
            continue
        if term in _COSTS and weight < 0:
            message = f"a weight below 0 makes {term} something to strive for"
            document.remark(IssueCode.NO_EFFECT, key, message)
        weights.append((term, weight))
    return Tier(tuple(weights), points)
