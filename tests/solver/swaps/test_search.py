"""Offers against the judge: every one is legal, none that is legal is missing, and scores change as told."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from src.compliance.check import check
from src.interchange.model import Program
from src.interchange.reader import load_program
from src.interchange.schedule import AssignmentRow, Schedule
from src.interchange.schedule_files import load_schedule
from src.solver.expand import Decisions, decisions_of, expand
from src.solver.plan import YearPlan
from src.solver.stop import Stop
from src.solver.swaps.search import Offer, OfferKind, applied
from src.solver.swaps.standing import Piece, Standing
from tests.solver.swaps.small import YEAR, all_calls, search, stood

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"


def is_legal(program: Program, schedule: Schedule, rows: Iterable[AssignmentRow]) -> bool:
    return check(program, replace(schedule, assignments=tuple(rows), result=None, findings=None)).ok


def moved(decisions: Decisions, transfers: Iterable[tuple[str, str, date, str]]) -> Decisions:
    """The decisions with calls handed on; who takes a call works that date."""
    calls, off = set(decisions.calls), set(decisions.days_off)
    for giver, taker, day, call in transfers:
        calls.remove((giver, day, call))
        calls.add((taker, day, call))
        off.discard((taker, day))
    return Decisions(frozenset(off), frozenset(calls))


def test_give_aways_and_swaps_of_calls_are_exactly_the_legal_ones() -> None:
    """Every taker and every exchange, tried one by one before the judge."""
    program, schedule = stood()
    plan = YearPlan.of_schedule(schedule)
    decisions = decisions_of(program, plan, schedule.assignments)
    standing, found = search(program, schedule)
    calls = all_calls(standing)
    tried = 0
    for giver, piece in calls:
        day = standing.shared.calendar.date(piece.day)
        meant: set[tuple[str, Piece | None]] = set()
        for other in (person.id for person in program.residents if person.id != giver):
            exchanges = [None, *(back for who, back in calls if who == other)]
            for back in exchanges:
                transfers = [(giver, other, day, piece.item)]
                if back is not None:
                    transfers.append((other, giver, standing.shared.calendar.date(back.day), back.item))
                rows = expand(program, plan, moved(decisions, transfers))
                tried += 1
                if is_legal(program, schedule, rows):
                    meant.add((other, back))
        offers = found.offers(giver, piece, 0, YEAR, Stop(60)).offers
        told = {
            (offer.transfers[0].taker, offer.transfers[1].piece if len(offer.transfers) > 1 else None)
            for offer in offers
            if offer.kind is not OfferKind.CHAIN
        }
        assert told == meant
    assert tried > 4


def exchanged(
    decisions: Decisions, transfers: Iterable[tuple[str, str, date, str | None]]
) -> Decisions | None:
    """The decisions with calls and days (no call named) handed on; None where a taker works already."""
    calls, off = set(decisions.calls), set(decisions.days_off)
    for giver, taker, day, call in transfers:
        if call is not None:
            calls.remove((giver, day, call))
            calls.add((taker, day, call))
            off.discard((taker, day))
        elif (taker, day) not in off:
            return None
        else:
            off.remove((taker, day))
            off.add((giver, day))
    return Decisions(frozenset(off), frozenset(calls))


def pieces_of(standing: Standing) -> list[tuple[str, Piece]]:
    return [
        (person.id, piece)
        for person in standing.program.residents
        for piece in standing.holder(person.id).pieces(0, YEAR)
    ]


def alike(one: Piece, other: Piece) -> bool:
    """A call is exchanged for a call, a day for a day of the same rotation."""
    return one != other and (other.is_call if one.is_call else one.item == other.item and not other.is_call)


def legal_ways(
    program: Program, schedule: Schedule, giver: str, piece: Piece
) -> set[tuple[tuple[str, str, Piece], ...]]:
    """Every give-away, exchange and ring of three, tried one by one before the judge."""
    plan = YearPlan.of_schedule(schedule)
    decisions = decisions_of(program, plan, schedule.assignments)
    standing, _ = search(program, schedule)
    others = [person.id for person in program.residents if person.id != giver]
    held = [(who, back) for who, back in pieces_of(standing) if who != giver and alike(piece, back)]
    ways: list[tuple[tuple[str, str, Piece], ...]] = [((giver, taker, piece),) for taker in others]
    ways += [((giver, who, piece), (who, giver, back)) for who, back in held]
    ways += [
        ((giver, second, piece), (second, third, passed), (third, giver, back))
        for second, passed in held
        for third, back in held
        if third != second and back != passed
    ]
    found: set[tuple[tuple[str, str, Piece], ...]] = set()
    for way in ways:
        named = [
            (one, other, standing.shared.calendar.date(each.day), each.item if each.is_call else None)
            for one, other, each in way
        ]
        if any(
            not each.is_call and plan.rotation.get((other, program.block_of(day) or 0)) != each.item
            for (_, other, each), (_, _, day, _) in zip(way, named, strict=True)
        ):
            continue
        wanted = exchanged(decisions, named)
        if wanted is not None and is_legal(program, schedule, expand(program, plan, wanted)):
            found.add(way)
    return found


def test_all_ways_and_no_others_are_offered_for_days_and_calls() -> None:
    program, schedule = stood()
    standing, found = search(program, schedule)
    kinds: set[int] = set()
    for giver, piece in pieces_of(standing)[::5]:
        offers = found.offers(giver, piece, 0, YEAR, Stop(60)).offers
        told = {tuple((each.giver, each.taker, each.piece) for each in offer.transfers) for offer in offers}
        assert told == legal_ways(program, schedule, giver, piece)
        kinds |= {len(way) for way in told}
    assert kinds == {1, 2, 3}


def assert_honest(program: Program, schedule: Schedule, offers: Iterable[Offer]) -> int:
    """Each offer is legal, moves as many cells as it says, and changes the score as it says."""
    before = check(program, schedule)
    count = 0
    for offer in offers:
        rows = applied(schedule, offer)
        report = check(program, replace(schedule, assignments=rows))
        assert report.ok, [one.message for one in report.broken][:3]
        changed = {(row.person, row.date) for row in {*rows} ^ {*schedule.assignments}}
        assert offer.cells == len(changed)
        assert offer.people == len({person for person, _ in changed})
        differences = {
            term: count - before.score_terms[term]
            for term, count in report.score_terms.items()
            if count != before.score_terms[term] and term != "advisories"
        }
        assert dict(offer.change.terms) == differences
        count += 1
    return count


def test_chains_and_days_are_legal_and_score_as_told() -> None:
    program, schedule = stood()
    standing, found = search(program, schedule)
    kinds: set[OfferKind] = set()
    for person in program.residents:
        for piece in standing.holder(person.id).pieces(0, YEAR):
            offers = found.offers(person.id, piece, 0, YEAR, Stop(60)).offers
            kinds |= {offer.kind for offer in offers}
            assert_honest(program, schedule, offers[:2])
    assert OfferKind.SWAP in kinds


@pytest.mark.shared_data
@pytest.mark.skipif(not SHARED.exists(), reason="../shared/data is not there")
@pytest.mark.parametrize("name", ["tiny", "fm-24"])
def test_offers_for_real_programs_are_legal_and_score_as_told(name: str) -> None:
    program = load_program(SHARED / "programs" / name)
    schedule = replace(load_schedule(SHARED / "schedules" / name), denied=None, findings=None, result=None)
    standing, found = search(program, schedule)
    chance = random.Random(7)  # noqa: S311  # a sample, not a secret
    seen = 0
    for person in chance.sample(program.residents, 4):
        pieces = list(standing.holder(person.id).pieces(0, YEAR))
        piece = chance.choice(pieces)
        offers = found.offers(person.id, piece, piece.day - 28, piece.day + 28, Stop(20)).offers
        picked = chance.sample(offers, min(len(offers), 2 if name == "tiny" else 1))
        seen += assert_honest(program, schedule, picked)
    assert seen


def test_the_least_disruption_comes_first() -> None:
    program, schedule = stood()
    standing, found = search(program, schedule)
    most = 0
    for person, piece in all_calls(standing):
        ranks = [offer.rank for offer in found.offers(person, piece, 0, YEAR, Stop(60)).offers]
        assert ranks == sorted(ranks)
        most = max(most, len(set(ranks)))
    assert most > 1, "some call has offers that disrupt more than others"


def test_a_rotations_day_goes_only_to_those_who_are_off_on_it() -> None:
    program, schedule = stood()
    standing, found = search(program, schedule)
    days = [
        transfer
        for person in program.residents
        for piece in standing.holder(person.id).pieces(0, 13)
        for offer in found.offers(person.id, piece, 0, 13, Stop(60)).offers
        for transfer in offer.transfers
        if not transfer.piece.is_call
    ]
    assert days
    assert all(each.piece.day in standing.holder(each.taker).state.off for each in days)


def test_fairness_change_is_the_weighted_change_of_the_spreads() -> None:
    program, schedule = stood()
    standing, found = search(program, schedule)
    changes = [
        offer.change
        for person, piece in all_calls(standing)
        for offer in found.offers(person, piece, 0, YEAR, Stop(60)).offers
    ]
    assert changes
    for change in changes:
        assert change.fairness == 5 * change.terms.get("fair_call_points", Decimal(0))
