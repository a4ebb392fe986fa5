"""The rules of a year plan as rows of numbers, each with the input row it rests on: any can be left out.

What a `Key` names is a row of the program folder: a rule whose limits fall away when it is left out, or a
fact (an absence, a pin) that then no longer stands in anybody's way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from src.interchange.model import AbsenceStatus, Session
from src.quantities import count
from src.solver.plan import Cut, Ground, OnRotation, OnVacation, PlanFact, YearPlan
from src.solver.year.clash_pins import PinRows
from src.solver.year.clash_rows import FREE, UNSIZED, ClashRow, Key
from src.solver.year.demand import Demand, demands, demands_on
from src.solver.year.facts import Week, YearFacts
from src.solver.year.model import Frozen, Source, YearModel
from src.solver.year.plans import plan_of
from src.solver.year.presence import Chance
from src.solver.year.rules import (
    add_coverage,
    add_max_consecutive,
    add_max_on_vacation,
    add_requirements,
    add_successions,
    add_vacation_weeks_due,
)
from src.solver.year.wishes import Wishes

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

CALLS = "calls.csv"
VACATION_ROOM, DAYS_OFF = "vacation_weeks_max", "max_days_off"
RULE = "rule"
"""What a key of a pack's rule is about."""
NOBODY_ASKED: Wishes = Wishes()


class ClashModel(YearModel):
    """Every rule of the year as `rows`, and what single dates ask as far as it was `ask`ed for."""

    def __init__(
        self,
        program_facts: YearFacts,
        frozen: Frozen,
        *,
        minima_bind: bool = True,
        dates: tuple[Demand, ...] | None = None,
    ) -> None:
        self._minima_bind = minima_bind
        self._dates = dates
        self.rows: list[ClashRow] = []
        self.words_of: dict[Key, list[str]] = {}
        self._facts_known: dict[Key, int] = {}
        self.asked: dict[tuple[Source, int], None] = {}
        self.strict = YearFacts(program_facts.program)
        super().__init__(program_facts, frozen=frozen)
        self._one_rotation_each()
        PinRows(self).add()
        for add in (
            add_coverage,
            add_requirements,
            add_successions,
            add_max_consecutive,
            add_vacation_weeks_due,
            add_max_on_vacation,
        ):
            add(self)
        self._keep_vacations_in_their_places()

    def at_least(self, terms: Sequence[cp_model.IntVar], least: int, source: Source) -> None:
        if least > 0 and (self._minima_bind or not source.demand):
            self._record([(literal.index, 1) for literal in terms], least, FREE, source)

    def at_most(self, terms: Sequence[cp_model.IntVar], most: int, source: Source) -> None:
        if most < len(terms):
            self._record([(literal.index, 1) for literal in terms], -FREE, most, source)

    @cached_property
    def sizes(self) -> list[tuple[int, int]]:
        """Lower and upper end of every variable, by index."""
        return [(variable.domain[0], variable.domain[1]) for variable in self.model.proto.variables]

    @cached_property
    def alike(self) -> Mapping[int, int]:
        """Variable -> that of the first resident whom the rules of the year treat the same."""
        pinned = {pin.person for pin in self.facts.program.rotation_pins}
        pinned |= {pin.person for pin in self.facts.program.call_pins}
        first: dict[object, str] = {}
        twin: dict[str, str] = {}
        for person in self.facts.residents:
            dates = (person.start_date, person.end_date)
            kind: object = (person.pgy, person.track, dates)
            if person.id in pinned or self.frozen.rotation:
                kind = person.id
            twin[person.id] = first.setdefault(kind, person.id)
        found = {
            literal.index: self.on[twin[person], block, name].index
            for (person, block, name), literal in self.on.items()
        }
        for (who, monday), literal in self.away.items():
            found[literal.index] = self.away[twin[who], monday].index
        return found

    @cached_property
    def binding_demands(self) -> tuple[Demand, ...]:
        """What single dates ask, all facts counted; nothing where demand may stay open."""
        if not self._minima_bind:
            return ()
        return demands(self.strict, self._solved) if self._dates is None else self._dates

    def ask(self, demand: Demand) -> None:
        """Take in what a date asks; absences and pins stand in the way by rows of their own."""
        if (demand.source, demand.least) in self.asked:
            return
        self.asked[demand.source, demand.least] = None
        strict = {(chance.person, chance.rotations): chance for chance in demand.chances}
        terms = [
            place
            for chance in self._loosely(demand)
            if (place := self._chance(chance, strict.get((chance.person, chance.rotations)), demand))
            is not None
        ]
        also = self.keys_of_demand(demand)[1:]
        self._record([(place, 1) for place in terms], demand.least, FREE, demand.source, also)

    def take_in(self, cut: Cut) -> frozenset[Key]:
        """Keep a cut as long as all that it rests on is kept; the keys of that."""
        keys = [self._key_of_ground(ground) for ground in cut.grounds]
        if not keys:
            return frozenset()
        terms: dict[int, int] = {}
        for factor, fact in cut.terms:
            for index in self._places_of(fact):
                terms[index] = terms.get(index, 0) + factor
        key, first = keys[0], cut.grounds[0]
        words = f"{begun(first.words)}{f': {cut.words}' if first.row else f'. {begun(cut.words)}'}"
        self.words_of[key] = [*self.words_of.get(key, []), words]
        for also, ground in zip(keys[1:], cut.grounds[1:], strict=True):
            self.words_of.setdefault(also, [begun(ground.words)])
        step, rest = first.gain or max(1, cut.at_least), tuple(keys[1:])
        gains = tuple(ground.gain for ground in cut.grounds[1:])
        row = ClashRow(
            tuple(terms.items()), cut.at_least, FREE, key, words, also=rest, step=step, gains=gains
        )
        if first.most:
            fewer = tuple((index, -factor) for index, factor in row.terms)
            row = replace(row, terms=fewer, low=-FREE, high=-cut.at_least)
        self.rows.append(row)
        return frozenset(keys)

    def _key_of_ground(self, ground: Ground) -> Key:
        if ground.row is not None:
            about = DAYS_OFF if ground.gain else UNSIZED
            return Key(ground.file, ground.row, about if ground.file == "rotations.csv" else "")
        return Key(ground.file, 0, f"{RULE} {ground.words}")

    def _places_of(self, fact: PlanFact) -> list[int]:
        """The variables whose sum is one when the fact holds."""
        if isinstance(fact, OnVacation):
            away = self.away.get((fact.person, fact.monday))
            return [] if away is None else [away.index]
        here = [literal.index for literal in self.literals(fact.person, fact.block, fact.rotations)]
        if isinstance(fact, OnRotation):
            return here
        away_then = [
            self.away[fact.person, week].index for week in fact.weeks if (fact.person, week) in self.away
        ]
        if not away_then or not here:
            return here
        present = self.model.new_bool_var("present").index
        self.__dict__.pop("sizes", None)
        self.always([*((index, 1) for index in here), (present, -1)], 0, FREE)
        for index in away_then:
            self.always([(present, 1), (index, 1)], -FREE, 1)
        self.always(
            [(present, 1), *((index, 1) for index in away_then), *((index, -1) for index in here)], 0, FREE
        )
        return [present]

    @cached_property
    def absences(self) -> frozenset[Key]:
        """The approved absences, whether any date was asked for yet or not."""
        return frozenset(
            Key("absences.csv", row.row)
            for row in self.facts.program.absences
            if row.status is AbsenceStatus.APPROVED
        )

    def keys_of_demand(self, demand: Demand) -> tuple[Key, ...]:
        """The rows that a demand rests on, its own first: several calls may want distinct residents."""
        own = Key(demand.source.file, demand.source.row or 0)
        if own.file != CALLS:
            return (own,)
        calls = self.facts.program.call_by_id
        named = (calls[name] for name in demand.source.part[11:].split(" and ") if name in calls)
        return tuple(dict.fromkeys((own, *(Key(CALLS, call.row) for call in named))))

    def plan(self, values: Sequence[int]) -> YearPlan:
        """The plan that a solution stands for."""
        return plan_of(self, values)

    def _record(
        self,
        terms: Iterable[tuple[int, int]],
        low: int,
        high: int,
        source: Source,
        also: tuple[Key, ...] = (),
    ) -> None:
        key = self._key_of(source)
        words = begun(source.words)
        self.say(key, words)
        self.rows.append(ClashRow(tuple(terms), low, high, key, words, also=also))

    def say(self, key: Key, words: str) -> None:
        """Words for the key, once each."""
        said = self.words_of.setdefault(key, [])
        if words not in said:
            said.append(words)

    def _key_of(self, source: Source) -> Key:
        if source.file != "program.toml":
            about = "max_consecutive" if source.file == "rotations.csv" else ""
            return Key(source.file, source.row or 0, about)
        about, _, who = source.part.partition(" ")
        if about == "vacation_weeks":
            return Key(source.file, 0, f"vacation_weeks {self.facts.program.person_by_id[who].pgy}")
        return Key(source.file, 0, about)

    def always(self, terms: Iterable[tuple[int, int]], low: int, high: int) -> None:
        """A row that rests on nothing that could be left out."""
        self.rows.append(ClashRow(tuple(terms), low, high))

    def _one_rotation_each(self) -> None:
        for person, block in self.facts.options:
            chosen = [(self.on[person, block, name].index, 1) for name in self.choices(person, block)]
            if chosen:
                self.always(chosen, 1, 1)
            else:
                self._has_nowhere_to_be(person, block)

    def _has_nowhere_to_be(self, name: str, block: int) -> None:
        person = self.facts.program.person_by_id[name]
        key = Key("people.csv", person.row, UNSIZED)
        words = f"{name} (PGY-{person.pgy}) has no rotation to be on in block {block}"
        self.say(key, words)
        self.rows.append(ClashRow((), 1, FREE, key, words))

    def fact(self, key: Key, words: str) -> int:
        """A truth value that holds as long as the key is kept."""
        known = self._facts_known.get(key)
        if known is None:
            known = self.model.new_bool_var(f"fact {key}").index
            self.__dict__.pop("sizes", None)
            self._facts_known[key] = known
            self.words_of.setdefault(key, [words])
            self.rows.append(ClashRow(((known, 1),), 1, FREE, key, words))
        return known

    def absences_of(self, person: str, dates: Sequence[date]) -> list[tuple[Key, str]]:
        """The approved absences of a resident on any of the dates."""
        return [
            (
                Key("absences.csv", row.row),
                f"{person} is absent from {row.start_date} to {row.end_date} ({row.kind})",
            )
            for row in self.facts.program.absences
            if row.person == person
            and row.status is AbsenceStatus.APPROVED
            and any(row.start_date <= day <= row.end_date for day in dates)
        ]

    def _keep_vacations_in_their_places(self) -> None:
        """A week lies in blocks whose rotation allows vacation, no more of them than it allows."""
        rotations = self.facts.program.rotations
        for rotation in rotations:
            self.words_of.setdefault(
                Key("rotations.csv", rotation.row, VACATION_ROOM),
                [f"{rotation.id} allows {count(rotation.vacation_weeks_max, 'vacation week')} in a block"],
            )
        for person in self.facts.residents:
            for block in self.facts.blocks_of[person.id]:
                begin = [w for w in self.facts.weeks if w.block == block]
                self._hold(person.id, block, begin, many=True)
                for week in self.facts.weeks:
                    if block in week.spills:
                        self._hold(person.id, block, [week], many=False)

    def _hold(self, person: str, block: int, weeks: Sequence[Week], *, many: bool) -> None:
        away = [self.away[person, week.monday].index for week in weeks if (person, week.monday) in self.away]
        if not away:
            return
        terms = [(index, -1) for index in away]
        loose: list[tuple[int, int, Key]] = []
        for name in self.choices(person, block):
            rotation = self.facts.program.rotation_by_id[name]
            allows = rotation.vacation_weeks_max if many else min(1, rotation.vacation_weeks_max)
            index = self.on[person, block, name].index
            terms.append((index, allows))
            if allows < len(away):
                loose.append((index, len(away), Key("rotations.csv", rotation.row, VACATION_ROOM)))
        if loose:
            self.rows.append(ClashRow(tuple(terms), 0, FREE, None, "", tuple(loose)))

    def _may_be_vacation(self, person: str, week: Week) -> bool:
        """Where no rotation allows vacation, rows say so: they might be left out."""
        return all(self.choices(person, block) for block in week.blocks)

    def _chance(self, chance: Chance, strict: Chance | None, demand: Demand) -> int | None:
        """The variable of a chance: the rotation's own, or one that every blocker holds down."""
        here = [literal.index for literal in self.literals(chance.person, chance.block, chance.rotations)]
        if not here:
            return None
        blockers = [
            literal.index
            for blocker in (strict or chance).blockers
            for literal in NOBODY_ASKED.literals(self, blocker)
        ]
        if strict is None:  # for an absence, or for a pin: whose own rows say where its person is
            facts = self.absences_of(chance.person, self._touched(demand))
            blockers += [self.fact(key, words) for key, words in facts]
        if not blockers and len(here) == 1:
            return here[0]
        free = self.model.new_bool_var("free").index
        self.__dict__.pop("sizes", None)
        self.always([*((index, 1) for index in here), (free, -1)], 0, FREE)
        for index in dict.fromkeys(blockers):
            self.always([(free, 1), (index, 1)], -FREE, 1)
        return free

    def _loosely(self, demand: Demand) -> tuple[Chance, ...]:
        """Who could meet the demand if nobody were absent."""
        day = date.fromisoformat(demand.source.part[:10])
        wanted = (demand.source.place, demand.source.part)
        found = (each for each in self._asked_loosely(day) if (each.source.place, each.source.part) == wanted)
        return next((each.chances for each in found), demand.chances)

    def _asked_loosely(self, day: date) -> tuple[Demand, ...]:
        if day not in self._loose_known:
            self._loose_known[day] = demands_on(self._without_absences, day)
        return self._loose_known[day]

    @cached_property
    def _loose_known(self) -> dict[date, tuple[Demand, ...]]:
        return {}

    @cached_property
    def _without_absences(self) -> YearFacts:
        return YearFacts(replace(self.facts.program, absences=()), loose_pins=True)

    def _touched(self, demand: Demand) -> tuple[date, ...]:
        """The dates on which an absence keeps one from the duty: its own, and the next where it runs on."""
        day = date.fromisoformat(demand.source.part[:10])
        named = demand.source.part[11:]
        if named in set(Session):
            return (day, day + timedelta(days=1)) if named == Session.NIGHT else (day,)
        calls = self.facts.program.call_by_id
        dates = [
            touched
            for name in named.split(" and ")
            if name in calls
            for touched in self.facts.call_dates(calls[name], day)
        ]
        return tuple(dict.fromkeys(dates)) or (day,)

    @cached_property
    def _solved(self) -> tuple[int, ...]:
        return tuple(block for block in self.facts.block_numbers if not self.is_frozen(block))


def begun(words: str) -> str:
    """The words as a sentence begins; what is called rule_packs keeps its name."""
    if words.startswith("rule_packs"):
        return words
    return words[:1].upper() + words[1:]
