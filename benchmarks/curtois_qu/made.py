"""Rosters made for tuning, so that the public instances are for measuring only.

    ./dev python -m benchmarks.curtois_qu.made wide 60 2   # shape, seconds, seed

Their shapes are like those of public instances, their numbers are drawn: a hidden roster of everybody's
cheapest rows at random prices gives the cover, which is then moved by one here and there.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np

from src.solver.roster.pricing import Pricer
from src.solver.roster.problem import OFF, Cover, Kind, Person, Problem, Row, Wish, mondays_weekends

MONTH = 28
FULL_TIME_MINUTES = 8640
SLACK_MINUTES = 720
STANDARD, LONG, LONGEST = 480, 600, 720
NOISE = 0.25
UNDER, OVER = 100, 1


@dataclass(frozen=True, slots=True)
class Shape:
    """`families`: lengths in minutes of the kinds of each; none is followed by one of an earlier family."""

    people: int
    days: int
    families: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Contract:
    """Of what part of the people, for what part of full time, and with what runs and weekends a month."""

    up_to: float
    part: float
    run_max: int
    run_min: int
    off_min: int
    weekends: int


FIVE = (STANDARD, STANDARD, STANDARD, LONG, LONGEST)
SHAPES = {
    "wide": Shape(120, 28, (FIVE, FIVE, FIVE, (STANDARD, LONG, LONGEST))),
    "long": Shape(40, 84, ((STANDARD,), (STANDARD, LONG), (STANDARD,), (LONG,))),
    "month": Shape(60, 28, ((STANDARD, STANDARD, LONGEST), (STANDARD, LONGEST), (STANDARD, LONG))),
}
CONTRACTS = (
    Contract(0.6, 1.0, 5, 2, 2, 2),
    Contract(0.8, 0.95, 6, 2, 3, 2),
    Contract(0.92, 0.6, 5, 2, 2, 3),
    Contract(1.0, 0.55, 5, 1, 2, 2),
)


def made(shape: Shape, seed: int) -> Problem:
    """A roster of that shape; one seed gives one roster."""
    rng = np.random.default_rng(seed)
    kinds = _kinds(shape)
    people = tuple(_person(shape, kinds, number, rng) for number in range(shape.people))
    bare = Problem(shape.days, kinds, people, (), (), mondays_weekends(shape.days))
    rows = _hidden(bare, rng)
    cover = []
    for day in range(shape.days):
        for kind in range(len(kinds)):
            there = sum(row[day] == kind + 1 for row in rows)
            moved = int(rng.choice((-1, 1))) if rng.random() < NOISE else 0
            cover.append(Cover(day, kind, max(0, there + moved), UNDER, OVER))
    wishes = tuple(wish for number in range(shape.people) for wish in _wishes(bare, number, rng))
    return Problem(shape.days, kinds, people, wishes, tuple(cover), bare.weekends)


def _kinds(shape: Shape) -> tuple[Kind, ...]:
    family = [number for number, lengths in enumerate(shape.families) for _ in lengths]
    earlier = [frozenset(other for other, of in enumerate(family) if of < mine) for mine in family]
    minutes = [length for lengths in shape.families for length in lengths]
    return tuple(
        Kind(f"k{n}", length, not_next)
        for n, (length, not_next) in enumerate(zip(minutes, earlier, strict=True))
    )


def _person(shape: Shape, kinds: tuple[Kind, ...], number: int, rng: np.random.Generator) -> Person:
    contract = next(one for one in CONTRACTS if (number + 0.5) / shape.people <= one.up_to)
    months = shape.days / MONTH
    last = len(kinds) - len(shape.families[-1])
    most_of = {STANDARD: shape.days, LONG: int(11 * months), LONGEST: int(7 * months)}
    most = [
        (max(1, int(3 * months * contract.part)) if kind >= last else most_of[one.minutes])
        if rng.random() < (0.55 if kind >= last else 0.75)
        else 0
        for kind, one in enumerate(kinds)
    ]
    most[0] = max(most[0], shape.days if sum(most) < shape.days else 0)
    full = int(FULL_TIME_MINUTES * months * contract.part)
    off = frozenset(int(day) for day in rng.choice(shape.days, 1 + int(months), replace=False))
    return Person(
        f"p{number}",
        tuple(most),
        full - SLACK_MINUTES,
        full,
        contract.run_min,
        contract.run_max,
        contract.off_min,
        int(contract.weekends * months),
        off,
    )


def _hidden(bare: Problem, rng: np.random.Generator) -> list[Row]:
    """Rows of all who can have one, each where those before leave room."""
    there = np.zeros((bare.days, len(bare.kinds) + 1))
    room = rng.uniform(2, 6, there.shape) * len(bare.people) / (len(bare.kinds) * 6)
    rows = []
    for number in range(len(bare.people)):
        prices = 3 * there / room + 2 * rng.random(there.shape)
        prices[:, OFF] = 2
        if priced := Pricer(bare, number).price(prices).rows:
            rows.append(priced[0][1])
            there[np.arange(bare.days), list(rows[-1])] += 1
    return rows


def _wishes(bare: Problem, number: int, rng: np.random.Generator) -> list[Wish]:
    """Two stretches of up to four days wanted, and two unwanted."""
    person = bare.people[number]
    wishes: dict[tuple[int, int], Wish] = {}
    for wanted in (True, True, False, False):
        kind, first = int(rng.integers(len(bare.kinds))), int(rng.integers(bare.days))
        length, price = int(rng.integers(1, 5)), int(rng.integers(1, 4))
        if wanted and not person.most_of_kind[kind]:
            continue
        for day in range(first, min(bare.days, first + length)):
            if day not in person.days_off:
                wishes.setdefault((day, kind), Wish(number, day, kind, wanted, price))
    return list(wishes.values())


def main() -> None:
    """Solve one and print what came out."""
    from src.solver.roster.ready import prepare
    from src.solver.roster.strategy import Options, solve
    from src.solver.stop import Stop

    name, seconds, seed = (*sys.argv[1:], *("wide", "60", "1")[len(sys.argv) - 1 :])[:3]
    if name not in SHAPES:
        sys.exit(f"{name}: not one of {', '.join(SHAPES)}")
    problem = made(SHAPES[name], int(seed))
    prepare()
    answer = solve(problem, Stop(float(seconds)), Options())
    print(name, seed, answer.status.value, "price", answer.price, "bound", answer.bound, answer.counts)


if __name__ == "__main__":
    main()
