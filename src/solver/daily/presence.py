"""The decisions of one resident as variables, and every session's and call's presence in terms of them.

Whether a session is worked follows from what takes it away: a day off, a call that replaces it or makes the
date post-call, a night that makes it post-night. As these mostly exclude one another, presence is
`1 - sum` of them and needs no variable of its own.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, islice
from operator import attrgetter

from src.interchange.model import CallPin, DutyType, Session
from src.interchange.schedule import AssignmentKind
from src.solver.daily.duties import CallDuty, Duty
from src.solver.daily.facts import PersonYear
from src.solver.daily.linear import FREE, ONE, ZERO, Expr, LinearModel, Tag, of
from src.solver.daily.windows import Window


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """An interval that is worked when `worked` is 1. Jeopardy is no item: it is no work.

    `place` is the rotation it is done on: its own, or for calls and history that of its date; None elsewhere.
    """

    start: int
    end: int
    day: int
    duty_type: DutyType
    worked: Expr
    place: str | None = None


_start = attrgetter("start")


@dataclass(frozen=True, slots=True, eq=False)
class CallOption:
    """A call that one resident may take on a start date."""

    duty: CallDuty
    taken: Expr


class PersonDraft:
    """One resident's variables, and the items they make."""

    def __init__(self, model: LinearModel, index: int, year: PersonYear, days: Sequence[int]) -> None:
        self.model = model
        self.index = index
        self.year = year
        self.days = days
        self.off: dict[int, Expr] = {}
        self.calls: defaultdict[int, list[CallOption]] = defaultdict(list)
        """Calls by start date."""
        self.sessions: dict[int, list[tuple[Duty, Expr]]] = {}
        self.windows: Sequence[Window] = ()
        """What hours and free days are averaged over."""
        self._ending: defaultdict[int, list[CallOption]] = defaultdict(list)
        self._apart: set[tuple[int, int]] = set()
        """Pairs of decisions that some row keeps from being taken together."""
        self._by_takers: dict[tuple[Expr, ...], Expr] = {}
        self._pinned = {(pin.date, pin.call) for pin in _pins_of(year)}
        self._make_calls()
        self._make_days_off()
        self._keep_calls_apart()
        self._make_sessions()
        self.items = self._make_items()
        self._longest = max((item.end - item.start for item in self.items), default=0)

    @property
    def id(self) -> str:
        return self.year.person.id

    def options_on(self, day: int) -> Iterable[CallOption]:
        """Calls that start or end on the date."""
        yield from self.calls.get(day, ())
        yield from (option for option in self._ending.get(day, ()) if option.duty.day != day)

    def between(self, items: Sequence[Item], start: int, end: int) -> list[Item]:
        """Those of some of the items, in order of start, of which a minute lies between the instants."""
        first = bisect_left(items, start - self._longest, key=_start)
        last = bisect_left(items, end, first, key=_start)
        return [item for item in items[first:last] if item.end > start]

    def _make_calls(self) -> None:
        shared = self.year.shared
        for day in self.days:
            rotation = self.year.rotation[day]
            if rotation is None:
                continue
            for call in shared.program.calls:
                if not shared.holds(call, day) or not shared.may_take(self.year.person, rotation, call):
                    continue
                duty = shared.call_duty(call, day)
                if not self.year.may_start(duty):
                    continue
                option = CallOption(duty, of(self.model.decision(self.index, day)))
                self.calls[day].append(option)
                self._ending[duty.end_day].append(option)
        for day, name in ((shared.calendar.day_of_date(date), call) for date, call in sorted(self._pinned)):
            self._pin(day, name)

    def _pin(self, day: int, name: str) -> None:
        """A pinned call is kept; one that cannot be taken here breaks the pin's row."""
        if day not in self.year.solved:
            return
        found = [option.taken for option in self.calls.get(day, ()) if option.duty.call.id == name]
        self.model.add([(taken, 1) for taken in found], 1, 1, Tag("pin", self.id, day, day, name))

    def _make_days_off(self) -> None:
        by_block: defaultdict[int, list[Expr]] = defaultdict(list)
        calendar = self.year.shared.calendar
        for day in self.days:
            if not self.year.may_be_off(day):
                continue
            off = of(self.model.decision(self.index, day))
            self.off[day] = off
            by_block[calendar.block_of[day]].append(off)
            due = self.year.due(day)
            for option in self.options_on(day):
                starts = option.duty.day == day and not option.duty.is_jeopardy
                if starts or all(option.duty.drops(duty) for duty in due):
                    self._exclude(off, option.taken)
        for block, given in by_block.items():
            rotation = self.year.rotation[calendar.days_of_block[block][0]]
            most = self.year.shared.program.rotation_by_id[rotation or ""].max_days_off
            if most is not None:
                days = calendar.days_of_block[block]
                tag = Tag("days_off", self.id, days[0], days[-1], rotation or "")
                self.model.add([(off, 1) for off in given], -FREE, most, tag)

    def _exclude(self, one: Expr, other: Expr) -> None:
        self.model.forbid_all((one, other), Tag("person", self.id, self._day(one), self._day(other)))
        self._mark_apart(one, other)

    def _mark_apart(self, one: Expr, other: Expr) -> None:
        a, b = one.terms[0][0], other.terms[0][0]
        self._apart.add((min(a, b), max(a, b)))

    def _day(self, decision: Expr) -> int:
        return self.model.day[decision.terms[0][0]]

    def _keep_calls_apart(self) -> None:
        """Calls of one resident that overlap, or that one's post-call forbids: at most one of each clique."""
        for day in self.days:
            near = list(self.options_on(day))
            left = {
                (a, b)
                for a, b in combinations(range(len(near)), 2)
                if near[a].duty.excludes(near[b].duty) and day == max(near[a].duty.day, near[b].duty.day)
            }
            pairs = set(left)
            while left:
                clique = _grow(min(left), pairs, len(near))
                for a, b in combinations(clique, 2):
                    self._mark_apart(near[a].taken, near[b].taken)
                tag = Tag("person", self.id, day, day, "one call at a time")
                self.model.add([(near[each].taken, 1) for each in clique], -FREE, 1, tag)
                left -= set(combinations(clique, 2))

    def _make_sessions(self) -> None:
        nights: defaultdict[int, list[tuple[Duty, Expr]]] = defaultdict(list)
        for day in self.days:
            for duty in self.year.due(day):
                if duty.is_night:
                    nights[duty.end_day].append((duty, self._presence(duty, day, ())))
        worked_night = {duty: worked for found in nights.values() for duty, worked in found}
        for day in self.days:
            made: list[tuple[Duty, Expr]] = []
            for duty in self.year.due(day):
                if duty.is_night:
                    made.append((duty, worked_night[duty]))
                    continue
                before = [] if duty.session is Session.NIGHT else nights.get(day, [])
                made.append((duty, self._presence(duty, day, before)))
            self.sessions[day] = made
        for ending in nights.values():
            for night, worked in ending:
                self._exclude_calls(night, worked)
                self._keep_from_fixed(night, worked)

    def _exclude_calls(self, night: Duty, worked: Expr) -> None:
        """A NIGHT session excludes a call that overlaps it, and jeopardy on its two dates."""
        for day in {night.day, night.end_day}:
            for option in self.calls.get(day, ()):
                if option.duty.excluded_by(night):
                    self.model.forbid_all((worked, option.taken), Tag("person", self.id, night.day, day))

    def _keep_from_fixed(self, night: Duty, worked: Expr) -> None:
        """A night whose end makes a date post-night on which kept sessions stay cannot be worked."""
        for kept in self.year.fixed.duties_on(night.end_day):
            if (
                kept.day == night.end_day
                and kept.session is not Session.NIGHT
                and night.day in self.year.solved
            ):
                tag = Tag("person", self.id, night.day, kept.day, "a kept session on the date a night ends")
                self.model.add([(worked, 1)], 0, 0, tag)

    def _presence(self, duty: Duty, day: int, nights: Sequence[tuple[Duty, Expr]]) -> Expr:
        takers = [option.taken for option in self.options_on(day) if option.duty.drops(duty)]
        if day in self.off:
            takers.append(self.off[day])
        if day in self.year.excused:
            takers.append(of(self.model.decision(self.index, day)))
        for night, worked in nights:
            if worked == ONE:
                return ZERO
            takers.append(worked)
            self._settle_day_after(day, night, worked)
        key = tuple(takers)
        found = self._by_takers.get(key)
        if found is None:
            found = self._none_of(takers, day) if takers else ONE
            self._by_takers[key] = found
        return found

    def _settle_day_after(self, day: int, night: Duty, worked: Expr) -> None:
        """On a post-night date with nothing but AM, PM and clinic due, there is no day off to give."""
        off = self.off.get(day)
        if off is None or any(duty.session is Session.NIGHT for duty in self.year.due(day)):
            return
        self.model.forbid_all((off, worked), Tag("person", self.id, night.day, day))

    def _none_of(self, takers: Sequence[Expr], day: int) -> Expr:
        """1 when none of the truth values holds."""
        if all(self._are_apart(one, other) for one, other in combinations(takers, 2)):
            terms = tuple((variable, -factor) for taker in takers for variable, factor in taker.terms)
            return Expr(1 - sum(taker.constant for taker in takers), terms)
        worked = of(self.model.derived(self.index, day, takers))
        for taker in takers:
            self.model.forbid_all((worked, taker))
        self.model.add_clause((worked, *takers))
        return worked

    def _are_apart(self, one: Expr, other: Expr) -> bool:
        """Whether rows keep the two from holding together, as far as single decisions go."""
        if one.constant or other.constant or len(one.terms) != 1 or len(other.terms) != 1:
            return False
        a, b = one.terms[0][0], other.terms[0][0]
        return (min(a, b), max(a, b)) in self._apart

    def _make_items(self) -> list[Item]:
        items = [
            Item(duty.start, duty.end, duty.day, duty.duty_type, ONE, self._place_of(duty))
            for duty in self.year.fixed.duties
            if duty.duty_type is not DutyType.JEOPARDY
        ]
        for made in self.sessions.values():
            items += [
                Item(duty.start, duty.end, duty.day, duty.duty_type, worked, self._place_of(duty))
                for duty, worked in made
                if worked != ZERO
            ]
        for options in self.calls.values():
            for option in options:
                if not option.duty.is_jeopardy:
                    items += _items_of_call(option, self.year.rotation_on(option.duty.day))
        items.sort(key=lambda item: (item.start, item.end))
        self._keep_from_overlapping(items)
        return items

    def _place_of(self, duty: Duty) -> str | None:
        if duty.kind is AssignmentKind.CLINIC:
            return None
        is_rotation = duty.id in self.year.shared.program.rotation_by_id
        return duty.id if is_rotation else self.year.rotation_on(duty.day)

    def _keep_from_overlapping(self, items: Sequence[Item]) -> None:
        """No two intervals of one person overlap; most pairs exclude each other by their presence already.

        What overlaps in history, or outside the days to be solved, was not decided here.
        """
        for place, item in enumerate(items):
            for later in islice(items, place + 1, None):
                if later.start >= item.end:
                    break
                if self.year.solved.isdisjoint((item.day, later.day)):
                    continue
                tag = Tag("person", self.id, item.day, later.day, "two intervals at once")
                self.model.forbid_all((item.worked, later.worked), tag)


def _items_of_call(option: CallOption, place: str | None) -> list[Item]:
    duty = option.duty
    found = [Item(duty.start, duty.end, duty.day, duty.call.duty_type, option.taken, place)]
    if duty.end_all > duty.end:
        found.append(Item(duty.end, duty.end_all, duty.day, DutyType.TRANSITION, option.taken, place))
    return found


def _pins_of(year: PersonYear) -> tuple[CallPin, ...]:
    return tuple(pin for pin in year.shared.program.call_pins if pin.person == year.person.id)


def _grow(seed: tuple[int, int], pairs: set[tuple[int, int]], count: int) -> list[int]:
    """A set of mutually excluding calls, grown from a pair."""
    clique = list(seed)
    for other in range(count):
        if other not in clique and all((min(other, each), max(other, each)) in pairs for each in clique):
            clique.append(other)
    return sorted(clique)
