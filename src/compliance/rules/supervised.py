"""Who needs supervision where and when, and who gives it: facts beside those of each person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType


class SupervisionLevel(StrEnum):
    """How a resident must be supervised (CPR VI.A.2.b): each includes those after it."""

    DIRECT = "direct"
    INDIRECT = "indirect"
    OVERSIGHT = "oversight"


@dataclass(frozen=True, slots=True)
class SupervisedSlot:
    """A resident's time in care that needs supervision, with what the required level is found from.

    `may_supervise`: this resident counts as a supervisor of others while on it. `in_clinic`: it is a session
    in clinic, where preceptors are counted. Minutes since the epoch, half-open. Raises ValueError where it
    does not end after it starts.
    """

    person: str
    pgy: int | None
    site: str
    service: str
    start: int
    end: int
    label: str
    may_supervise: bool = False
    in_clinic: bool = False

    def __post_init__(self) -> None:
        _check(self.start, self.end, f"{self.person}: {self.label}")


@dataclass(frozen=True, slots=True)
class SupervisorSlot:
    """A faculty member's time on a service: present, or on call with so many minutes to come.

    `response_minutes` None = present at the site. `precepts`: residents in clinic may turn to them.
    `sees_own_patients`: they have patients of their own meanwhile. Minutes since the epoch, half-open. Raises
    ValueError where it does not end after it starts.
    """

    person: str
    site: str
    service: str
    start: int
    end: int
    response_minutes: int | None = None
    precepts: bool = False
    sees_own_patients: bool = False

    def __post_init__(self) -> None:
        _check(self.start, self.end, self.person)


@dataclass(frozen=True, eq=False)
class Supervision:
    """Who needs supervision and who gives it.

    `levels` is the table of required levels by PGY and service; a service None speaks of all that the table
    does not name, and where it says nothing the level is indirect. A PGY-1 not released to indirect
    supervision is supervised directly whatever it says. `knows_levels` and `knows_preceptors`: whether the
    program's data is enough to judge levels, and the ratio in clinic.
    """

    residents: tuple[SupervisedSlot, ...] = ()
    supervisors: tuple[SupervisorSlot, ...] = ()
    levels: Mapping[tuple[int, str | None], SupervisionLevel] = field(
        default_factory=lambda: MappingProxyType({})
    )
    knows_levels: bool = True
    knows_preceptors: bool = True

    @cached_property
    def slots_of(self) -> Mapping[str, tuple[SupervisedSlot, ...]]:
        """Each resident's slots, in order."""
        found: defaultdict[str, list[SupervisedSlot]] = defaultdict(list)
        for slot in sorted(self.residents, key=lambda slot: (slot.start, slot.end, slot.label)):
            found[slot.person].append(slot)
        return {person: tuple(slots) for person, slots in found.items()}

    @cached_property
    def residents_at(self) -> Mapping[tuple[str, str], tuple[SupervisedSlot, ...]]:
        """The residents' slots by site and service."""
        found: defaultdict[tuple[str, str], list[SupervisedSlot]] = defaultdict(list)
        for slot in self.residents:
            found[slot.site, slot.service].append(slot)
        return {place: tuple(slots) for place, slots in found.items()}

    @cached_property
    def supervisors_at(self) -> Mapping[tuple[str, str], tuple[SupervisorSlot, ...]]:
        """The supervisors' slots by site and service."""
        found: defaultdict[tuple[str, str], list[SupervisorSlot]] = defaultdict(list)
        for slot in self.supervisors:
            found[slot.site, slot.service].append(slot)
        return {place: tuple(slots) for place, slots in found.items()}

    @cached_property
    def learners(self) -> tuple[SupervisedSlot, ...]:
        """The residents' sessions in clinic that are told of, in order."""
        slots = (slot for slot in self.residents if slot.in_clinic)
        return tuple(sorted(slots, key=lambda slot: slot.start))

    @cached_property
    def preceptors(self) -> tuple[SupervisorSlot, ...]:
        """The preceptors' sessions, in order."""
        return tuple(
            sorted((slot for slot in self.supervisors if slot.precepts), key=lambda slot: slot.start)
        )


def _check(start: int, end: int, whose: str) -> None:
    if end <= start:
        message = f"{whose} ends no later than it starts"
        raise ValueError(message)
