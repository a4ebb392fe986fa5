"""Make a larger program out of one: more residents of each PGY, and as much more of what they must cover.

    ./dev python -m benchmarks.larger_program ../shared/data/programs/im-60 160 -o DIR

A new resident has the clinics, history and counts of one of the same PGY, and the wishes of another one. What
must be covered grows in proportion; minima are rounded down and maxima up, so that a program which has a
schedule should have one still.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import cycle, islice
from math import ceil, floor
from pathlib import Path

from src.interchange.canonical import canonical
from src.interchange.model import Person, PersonKind, Program
from src.interchange.reader import load_program
from src.interchange.writer import write_program_folder

WISHES_OF_THE_NTH_NEXT = 7
"""Two residents alike in all but their wishes: those come from another of the PGY, so many further on."""


def larger(program: Program, residents: int) -> Program:
    """The program with so many residents. Raises ValueError for fewer than it has."""
    own = [person for person in program.people if person.kind is PersonKind.RESIDENT]
    if residents < len(own):
        message = f"{program.id} has {len(own)} residents already; {residents} would be fewer"
        raise ValueError(message)
    times = Fraction(residents, len(own))
    models = _models(own, residents - len(own))
    wishes = _wishes(own, models)
    return canonical(
        replace(
            program,
            id=f"{program.id}-by-{residents}",
            name=f"{program.name}, {residents} residents",
            max_on_vacation=_most(program.max_on_vacation, times),
            people=(*program.people, *(_newcomer(name, model) for name, model in models.items())),
            staffing=tuple(
                replace(row, min=floor(row.min * times), max=_most(row.max, times))
                for row in program.staffing
            ),
            coverage=tuple(
                replace(row, min=floor(row.min * times), max=_most(row.max, times))
                for row in program.coverage
            ),
            calls=tuple(
                replace(row, min=floor(row.min * times), max=_most(row.max, times)) for row in program.calls
            ),
            clinics=(
                *(replace(row, max_at_once=ceil(row.max_at_once * times)) for row in program.clinics),
                *(
                    replace(row, person=name, max_at_once=ceil(row.max_at_once * times))
                    for name, model in models.items()
                    for row in program.clinics
                    if row.person == model.id
                ),
            ),
            requests=(
                *program.requests,
                *(
                    replace(row, person=name)
                    for name, wisher in wishes.items()
                    for row in program.requests
                    if row.person == wisher
                ),
            ),
            history=(
                *program.history,
                *(
                    replace(row, person=name)
                    for name, model in models.items()
                    for row in program.history
                    if row.person == model.id
                ),
            ),
            history_counts=(
                *program.history_counts,
                *(
                    replace(row, person=name)
                    for name, model in models.items()
                    for row in program.history_counts
                    if row.person == model.id
                ),
            ),
        )
    )


def _models(own: list[Person], more: int) -> Mapping[str, Person]:
    """Whom each newcomer is like: the residents in turn, so that every PGY grows alike."""
    turn = islice(cycle(_one_of_each_pgy(own)), more)
    return {f"N{number:03d}": model for number, model in enumerate(turn, start=1)}


def _one_of_each_pgy(own: list[Person]) -> list[Person]:
    groups = [
        [person for person in own if person.pgy == pgy] for pgy in sorted({person.pgy or 0 for person in own})
    ]
    longest = max(len(group) for group in groups)
    return [group[place] for place in range(longest) for group in groups if place < len(group)]


def _wishes(own: list[Person], models: Mapping[str, Person]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for name, model in models.items():
        peers = [person.id for person in own if person.pgy == model.pgy]
        found[name] = peers[(peers.index(model.id) + WISHES_OF_THE_NTH_NEXT) % len(peers)]
    return found


def _newcomer(name: str, model: Person) -> Person:
    return replace(model, id=name, name=f"{model.name} {name}", email=f"{name.lower()}@example.org")


def _most(limit: int | None, times: Fraction) -> int | None:
    return None if limit is None else ceil(limit * times)


def main() -> None:
    """Write the larger program's folder."""
    parser = argparse.ArgumentParser(description="Make a larger program out of one.")
    parser.add_argument("program", type=Path)
    parser.add_argument("residents", type=int)
    parser.add_argument("-o", "--out", type=Path, required=True)
    given = parser.parse_args()
    write_program_folder(larger(load_program(given.program), given.residents), given.out)


if __name__ == "__main__":
    main()
