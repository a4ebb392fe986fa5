"""Pins among the rows of a clash: what each asks of the plan, and which of them nobody can keep together."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from src.interchange.model import CallPin, Person
from src.solver.precheck_pins import colliding_pairs
from src.solver.year.clash_rows import FREE, UNSIZED, ClashRow, Key
from src.solver.year.facts import matches

if TYPE_CHECKING:
    from src.solver.year.clash import ClashModel

PINS = "pins.csv"


@dataclass(frozen=True, slots=True)
class PinRows:
    """Writes the rows of every pin into a model."""

    model: ClashModel

    def add(self) -> None:
        """A pinned rotation is kept; one that is nobody's otherwise is open through its pin alone."""
        program = self.model.facts.program
        for pin in program.rotation_pins:
            if (pin.person, pin.block) not in self.model.facts.options:
                self._keep_nowhere(pin.person, pin.block, pin.rotation, pin.row)
            elif not self.model.is_frozen(pin.block):
                self._keep_rotation(pin.person, pin.block, pin.rotation, pin.row)
        for taken in program.call_pins:
            self._keep_call(taken)
        blocks = [block for block in self.model.facts.block_numbers if not self.model.is_frozen(block)]
        for one, other, _ in colliding_pairs(self.model.facts, blocks):
            self.model.always([(self._fact(one), 1), (self._fact(other), 1)], -FREE, 1)
        self._keep_maxima()

    def _keep_rotation(self, person: str, block: int, rotation: str, row: int) -> None:
        facts, key = self.model.facts, Key(PINS, row)
        fact = self.model.fact(key, f"{person} is pinned to {rotation} in block {block}")
        pinned = facts.program.expand(rotation)
        there = self.model.literals(person, block, pinned)
        self.model.always([*((literal.index, 1) for literal in there), (fact, -1)], 0, FREE)
        for name in set(pinned) - set(facts.own_rotations[person]):
            for literal in self.model.literals(person, block, [name]):
                terms = ((fact, 1), (literal.index, -1))
                self.model.rows.append(ClashRow(terms, 0, FREE, loose=((fact, 0, key),)))

    def _keep_nowhere(self, person: str, block: int, rotation: str, row: int) -> None:
        """A block before the resident has come, or after they have gone, has no rotation of theirs."""
        who = self.model.facts.program.person_by_id.get(person)
        if who not in self.model.facts.residents or block not in self.model.facts.block_numbers:
            return
        fact = self.model.fact(Key(PINS, row), f"{person} is pinned to {rotation} in block {block}")
        self._forbid(fact, Key("people.csv", who.row, UNSIZED), f"{_stay(who)}, not in block {block}")

    def _keep_call(self, pin: CallPin) -> None:
        """Who is pinned to a call is on a rotation that may take it, and not on leave while it lasts."""
        facts = self.model.facts
        block = facts.program.block_of(pin.date)
        call = facts.program.call_by_id.get(pin.call)
        if block is None or call is None or (pin.person, block) not in facts.options:
            return
        fact, person = self._fact(pin), facts.program.person_by_id[pin.person]
        eligible = self.model.literals(pin.person, block, facts.call_rotations[call.id])
        self.model.always([*((literal.index, 1) for literal in eligible), (fact, -1)], 0, FREE)
        touched = facts.call_dates(call, pin.date)
        for day in touched:
            away = self.model.away_on(pin.person, day)
            if away is not None:
                self.model.always([(fact, 1), (away.index, 1)], -FREE, 1)
        for key, words in self.model.absences_of(pin.person, touched):
            self.model.always([(fact, 1), (self.model.fact(key, words), 1)], -FREE, 1)
        if call not in facts.calls_on(pin.date) or not matches(call.pgys, person.pgy):
            key = Key(PINS, pin.row)  # it collides with itself; counting says which of the two it is
            self.model.rows.append(ClashRow(((fact, 1),), -FREE, 0, key, self.model.words_of[key][0]))

    def _keep_maxima(self) -> None:
        """No more are pinned to a call on a date than it takes."""
        pins: defaultdict[tuple[str, date], dict[str, CallPin]] = defaultdict(dict)
        for pin in self.model.facts.program.call_pins:
            pins[pin.call, pin.date].setdefault(pin.person, pin)
        for (name, day), taken in sorted(pins.items()):
            call = self.model.facts.program.call_by_id.get(name)
            block = self.model.facts.program.block_of(day)
            if call is None or call.max is None or block is None or self.model.is_frozen(block):
                continue
            if len(taken) > call.max:
                terms = tuple((self._fact(pin), 1) for pin in taken.values())
                words = f"{name} takes at most {call.max} on {day}"
                self.model.say(Key("calls.csv", call.row), words)
                key = Key("calls.csv", call.row)
                self.model.rows.append(ClashRow(terms, -FREE, call.max, key, words))

    def _fact(self, pin: CallPin) -> int:
        words = f"{pin.person} is pinned to call {pin.call} on {pin.date}"
        return self.model.fact(Key(PINS, pin.row), words)

    def _forbid(self, fact: int, key: Key, words: str) -> None:
        self.model.say(key, words)
        self.model.rows.append(ClashRow(((fact, 1),), -FREE, 0, key, words))


def _stay(person: Person) -> str:
    since = f" from {person.start_date}" if person.start_date is not None else ""
    until = f" until {person.end_date}" if person.end_date is not None else ""
    return f"{person.id} is there{since}{until}"
