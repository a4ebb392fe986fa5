"""Facts as columns: the duties of all people of a program in a few arrays, to be judged at once.

The duties of person `i` are rows `offsets[i]` to `offsets[i + 1]` of `start`, `end` and `type`, ordered as
in `PersonFacts`. Everything else that is known of people is small and stays with their profiles.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from src.compliance.rules.model import Duty, Facts, PersonFacts
from src.interchange.model import DutyType

type Integers = NDArray[np.int64]
type Codes = NDArray[np.int8]
type DutiesOf = Callable[[int], tuple[Duty, ...]]

DUTY_TYPES: tuple[DutyType, ...] = tuple(DutyType)
"""What the codes of a `type` column stand for."""

CODE_OF = {duty_type: code for code, duty_type in enumerate(DUTY_TYPES)}


@dataclass(frozen=True, eq=False)
class FactColumns:
    """A program's year as the rules see it, its duties as columns.

    `frame` is the year without its people; `profiles` are the people without their duties. `start` and `end`
    are minutes since the epoch, UTC; `type` holds positions in `DUTY_TYPES`. `duties_of` makes the duties of
    the person at a position, for the few that are looked at one by one.
    Raises ValueError where a duty does not end after it starts, duties are out of order, or the columns do
    not fit each other.
    """

    frame: Facts
    profiles: tuple[PersonFacts, ...]
    offsets: Integers
    start: Integers
    end: Integers
    type: Codes
    duties_of: DutiesOf = field(repr=False)

    def __post_init__(self) -> None:
        if not len(self.start) == len(self.end) == len(self.type) == self.offsets[-1]:
            raise ValueError("the columns of the duties are not of one length")
        if len(self.offsets) != len(self.profiles) + 1 or (np.diff(self.offsets) < 0).any():
            raise ValueError("the offsets do not say which duties are whose")
        if (self.end <= self.start).any():
            raise ValueError(f"{self._owner(self.end <= self.start)}: a duty ends no later than it starts")
        same = np.ones(len(self.start), dtype=bool)
        same[self.offsets[:-1][self.offsets[:-1] < len(same)]] = False
        before = np.empty(len(self.start), dtype=bool)
        before[:1] = False
        before[1:] = (self.start[1:] < self.start[:-1]) | (
            (self.start[1:] == self.start[:-1]) & (self.end[1:] < self.end[:-1])
        )
        if (before & same).any():
            message = f"{self._owner(before & same)}: duties are out of order; sort them by start and end"
            raise ValueError(message)

    def __len__(self) -> int:
        return len(self.profiles)

    @property
    def midnights(self) -> Integers:
        """The first minute of every local date of the calendar, and the end of its last."""
        return _array_of(self.frame.calendar.midnights)

    def cuts(self, cut_minutes: int) -> Integers:
        """The same where dates begin at a later local time than midnight."""
        return _array_of(self.frame.calendar.cuts(cut_minutes))

    @cached_property
    def segments(self) -> tuple[Integers, Integers, Integers]:
        """Of every rotation segment, by person: the person's position, the first date's ordinal, the days."""
        segments = [segment for profile in self.profiles for segment in profile.segments]
        first = [segment.first_date.toordinal() for segment in segments]
        counts = [len(profile.segments) for profile in self.profiles]
        return _owners(counts), _integers(first), _integers([segment.days for segment in segments])

    @cached_property
    def leave(self) -> tuple[Integers, Integers]:
        """Of every date of leave in the year, by person and date: the person's position, the ordinal."""
        first, last = self.frame.year_start_date.toordinal(), self.frame.year_end_date.toordinal()
        days = [sorted(day.toordinal() for day in profile.leave_dates) for profile in self.profiles]
        person, day = _owners([len(own) for own in days]), _integers(list(chain.from_iterable(days)))
        inside = (first <= day) & (day <= last)
        return person[inside], day[inside]

    def person(self, position: int) -> PersonFacts:
        """Everything known of the person at a position."""
        return replace(self.profiles[position], duties=self.duties_of(position))

    def facts(self) -> Facts:
        """The same facts as objects, for rules that look at several people at once."""
        return replace(self.frame, people=tuple(map(self.person, range(len(self)))))

    def _owner(self, bad: NDArray[np.bool_]) -> str:
        row = int(np.flatnonzero(bad)[0])
        return self.profiles[int(np.searchsorted(self.offsets, row, side="right")) - 1].person


def columns_of(facts: Facts) -> FactColumns:
    """The same facts as columns."""
    people = facts.people
    counts = [len(person.duties) for person in people]

    duties = list(chain.from_iterable(person.duties for person in people))

    return FactColumns(
        frame=replace(facts, people=()),
        profiles=tuple(replace(person, duties=()) for person in people),
        offsets=offsets_of(counts),
        start=_integers([duty.start for duty in duties]),
        end=_integers([duty.end for duty in duties]),
        type=np.array([CODE_OF[duty.type] for duty in duties], dtype=np.int8),
        duties_of=lambda position: people[position].duties,
    )


@lru_cache(maxsize=64)
def _array_of(minutes: tuple[int, ...]) -> Integers:
    """A calendar's instants as an array; years of one program share theirs."""
    array = np.array(minutes, dtype=np.int64)
    array.flags.writeable = False
    return array


def _owners(counts: Sequence[int]) -> Integers:
    return np.repeat(np.arange(len(counts), dtype=np.int64), counts)


def _integers(values: Sequence[int]) -> Integers:
    return np.array(values, dtype=np.int64)


def labelled_duties(
    offsets: Integers,
    start: Integers,
    end: Integers,
    types: Codes,
    label: Integers,
    label_of: Callable[[int], str],
) -> DutiesOf:
    """Makes a person's duties from columns; `label_of` gives the label a number of `label` stands for."""

    def duties_of(position: int) -> tuple[Duty, ...]:
        own = slice(int(offsets[position]), int(offsets[position + 1]))
        type_of = DUTY_TYPES.__getitem__
        return tuple(
            map(
                Duty,
                start[own].tolist(),
                end[own].tolist(),
                map(type_of, types[own].tolist()),
                map(label_of, label[own].tolist()),
            )
        )

    return duties_of


def offsets_of(counts: Sequence[int] | Integers) -> Integers:
    """Where each person's rows begin, and where the last one's end, from how many rows each has."""
    offsets = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(counts, out=offsets[1:])
    return offsets
