"""What judging an edit needs of a snapshot, made once per process and snapshot: packs and timetable.

A snapshot never changes, and neither do the documents of rule packs while the process lives, so all of it may
be shared. At most `KEPT_IN_MEMORY` are kept, the least recently asked for goes first.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass, replace
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.resolve import Resolver
from src.compliance.care import care_of_items, supervision_of
from src.compliance.packs import packs_of
from src.compliance.rules import Care, RulePack
from src.interchange.model import Program
from src.schedules.snapshots import load_snapshot

KEPT_IN_MEMORY = 16

_known: OrderedDict[UUID, Prepared] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Prepared:
    """A program as a version is judged against it, its packs, and its sessions and calls by date.

    `sees_everybody`: a rule looks beyond a person, since preceptors are known and direct so many residents
    each. `clinic_items` are the rotations that are continuity clinic.
    """

    program: Program
    packs: tuple[RulePack, ...]
    resolver: Resolver
    sees_everybody: bool
    clinic_items: frozenset[str]

    @classmethod
    def of(cls, program: Program) -> Prepared:
        """Raises UnknownRulePackError, OverrideInvalidError for rules that this release does not know."""
        return cls(
            program,
            packs_of(program),
            Resolver.of(program),
            supervision_of(program) is not None,
            frozenset(
                item
                for item, care in care_of_items(program).items()
                if care is Care.CLINIC and item in program.rotation_by_id
            ),
        )

    def only(self, people: Collection[str]) -> Program:
        """The program with these people alone, for facts of theirs."""
        return replace(
            self.program,
            people=tuple(person for person in self.program.people if person.id in people),
            absences=tuple(row for row in self.program.absences if row.person in people),
            history=tuple(row for row in self.program.history if row.person in people),
        )


async def load_prepared(session: AsyncSession, snapshot_id: UUID) -> Prepared:
    """The snapshot, ready to judge by.

    Raises UnknownRulePackError, OverrideInvalidError and ProgramRejectedError for a snapshot that names what
    this release does not know.
    """
    known = _known.get(snapshot_id)
    if known is not None:
        _known.move_to_end(snapshot_id)
        return known
    program = await load_snapshot(session, snapshot_id)
    prepared = Prepared.of(program)
    _known[snapshot_id] = prepared
    while len(_known) > KEPT_IN_MEMORY:
        _known.popitem(last=False)
    return prepared
