"""A small hospital with a legal schedule, always the same, and the search over it."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

from src.compliance.check import check
from src.interchange.model import Program
from src.interchange.schedule import Schedule
from src.planning.limits import limits_of
from src.solver.expand import Decisions, expand
from src.solver.plan import YearPlan
from src.solver.stop import Stop
from src.solver.swaps.search import Offers, SwapSearch
from src.solver.swaps.standing import Piece, Standing
from tests.solver.hospital import MONDAY, hospital

YEAR = 400

ROTATIONS = {
    (person, block): rotation
    for block, rotations in ((1, ("DESK", "WARD", "WARD", "DESK")), (2, ("WARD", "DESK", "DESK", "WARD")))
    for person, rotation in zip("ABCD", rotations, strict=True)
}
VACATIONS = frozenset({("A", MONDAY + timedelta(7), 1), ("B", MONDAY + timedelta(21), None)})
CALLS = {5: "D", 9: "C", 12: "B", 19: "A", 26: "D"}
OFF = {"A": (16, 21), "B": (0, 2, 4, 7, 8), "C": (1, 3, 11), "D": (14, 15, 17, 18, 22, 23, 24, 25)}
"""By day of the year; some of the calls can go round three residents."""


@cache
def stood() -> tuple[Program, Schedule]:
    """The small hospital and a legal schedule of it, always the same."""
    program = hospital()
    decisions = Decisions(
        frozenset((person, MONDAY + timedelta(day)) for person, days in OFF.items() for day in days),
        frozenset((person, MONDAY + timedelta(day), "CALL") for day, person in CALLS.items()),
    )
    plan = YearPlan(ROTATIONS, VACATIONS)
    schedule = Schedule(plan.year_rows(), plan.vacation_rows(), expand(program, plan, decisions))
    assert check(program, schedule).ok
    return program, schedule


def search(program: Program, schedule: Schedule) -> tuple[Standing, SwapSearch]:
    standing = Standing(program, schedule, limits_of(program))
    return standing, SwapSearch(standing)


def offers_of(program: Program, schedule: Schedule, person: str, piece: Piece) -> Offers:
    _, found = search(program, schedule)
    return found.offers(person, piece, 0, YEAR, Stop(60))


def all_calls(standing: Standing) -> list[tuple[str, Piece]]:
    return [
        (person.id, piece)
        for person in standing.program.residents
        for piece in standing.holder(person.id).pieces(0, YEAR)
        if piece.is_call
    ]


def first_call() -> tuple[str, Piece]:
    program, schedule = stood()
    return all_calls(search(program, schedule)[0])[0]
