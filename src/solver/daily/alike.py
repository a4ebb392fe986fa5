"""Residents whom the days treat alike: what is proved of some of them is proved of the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

from src.interchange.model import Person, Program
from src.solver.plan import Cut

MOST_COPIES = 400


class Alike:
    """Tells who is like whom, and says of others what was proved of some."""

    def __init__(self, program: Program) -> None:
        self._program = program
        marked = {row.person for row in program.absences} | {row.person for row in program.history}
        self._marked = marked | {pin.person for pin in program.call_pins}
        self._has_clinic = {row.person for row in program.clinics}

    def is_plain(self, person: Person, *, clinics: bool = True) -> bool:
        """Whether nothing tells the resident's days apart but PGY, rotation and vacation (and clinics)."""
        return (
            person.id not in self._marked
            and not (clinics and person.id in self._has_clinic)
            and person.start_date is None
            and person.end_date is None
        )

    def copies(self, cut: Cut, people: Sequence[Person]) -> Iterator[Cut]:
        """The cut, and what it says of residents whom the days treat alike."""
        yield cut
        names = [person.id for person in people]
        alike = [self._like(person) for person in people]
        if not all(alike):
            return
        count = 1
        for others in product(*alike):
            if count >= MOST_COPIES:
                return
            if len(set(others)) == len(others) and list(others) != names:
                count += 1
                yield _renamed(cut, dict(zip(names, others, strict=True)))

    def _like(self, person: Person) -> list[str]:
        """Residents whose days are the same as this one's under the same rotations and vacation weeks."""
        if not self.is_plain(person):
            return []
        others = self._program.residents
        return [other.id for other in others if self.is_plain(other) and other.pgy == person.pgy]


def _renamed(cut: Cut, names: dict[str, str]) -> Cut:
    """The cut with residents in each other's place: who takes one's place leaves the own to them."""
    swapped = dict(names)
    free = [name for name in names if name not in set(names.values())]
    for other in names.values():
        if other not in names:
            swapped[other] = free.pop()
    terms = tuple(
        (factor, replace(fact, person=swapped.get(fact.person, fact.person))) for factor, fact in cut.terms
    )
    return replace(cut, terms=terms)
