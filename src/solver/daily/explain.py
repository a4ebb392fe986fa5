"""Why an academic block has no roster under a year plan, and what the plan must do about it.

The block is looked at by itself, with nothing decided before or after it. First the residents alone: one
whose own rules collide needs another rotation or other weeks. Then the fewest demands that suffice to make
it impossible: somebody else must be there, or somebody not be on vacation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from src.interchange.model import Session
from src.solver.daily.assemble import DailyModel
from src.solver.daily.budget import Budget
from src.solver.daily.construct import Stuck
from src.solver.daily.cover import AT_MOST
from src.solver.daily.elastic import cheapest_breaks
from src.solver.daily.linear import Tag
from src.solver.daily.proof import Prover
from src.solver.daily.said import rules_of, tag_words
from src.solver.daily.subsolve import Found, Part, State
from src.solver.daily.wanted import Wanted, rooms_in_clinic
from src.solver.plan import Cut, OnRotation, OnVacation, PlanFact, YearPlan

SECONDS = 6.0
MOST_SAID = 2
MOST_FOLLOWING = 3
"""How many blocks that follow are looked at with one that fails for what windows ask of them together."""
PRICE_OF_DEMAND = 1
PRICE_OF_A_PERSONS_RULE = 20
DEMANDS = frozenset({"staffing", "call"})
SHARED = DEMANDS | {"clinic"}
AVERAGED = frozenset({"US-80", "US-FREE7", "US-CALL3"})


@dataclass(frozen=True, slots=True)
class BlockFailure:
    """An academic block without a roster: words for a person, and cuts for the year plan.

    `alike` are proved cuts that the plan keeps: the same said of residents whom the days treat alike.
    """

    block: int
    words: str
    cuts: tuple[Cut, ...]
    alike: tuple[Cut, ...] = ()


@dataclass(frozen=True, slots=True)
class _Subject:
    """What asks for residents, or for no more of them: a call, a rotation's staffing, a clinic session."""

    kind: str
    name: str
    most: bool = False


@dataclass(frozen=True, slots=True)
class _Core:
    """What suffices to leave a block without a roster: demands on rotations, averaged rules or not."""

    rotations: frozenset[str]
    pgys: frozenset[int] | None
    """The PGYs that any of the demands counts; None = all."""
    uses_averages: bool
    wanted: Wanted


class Explainer:
    """Looks for the reasons of blocks without a roster."""

    def __init__(self, daily: DailyModel, plan: YearPlan, budget: Budget, prover: Prover) -> None:
        self._prover = prover
        self._daily = daily
        self._plan = plan
        self._budget = budget
        self._program = daily.shared.program
        self._calendar = daily.shared.calendar
        self._open = State(daily.model)

    def broken_rows(self) -> tuple[BlockFailure, ...]:
        """Rows that no decision can satisfy at all, by block."""
        by_block: dict[int, list[Tag]] = {}
        for tag in dict.fromkeys(self._daily.model.broken):
            by_block.setdefault(self._block_of(tag), []).append(tag)
        return tuple(self._of_tags(block, tags) for block, tags in sorted(by_block.items()))

    def explain(self, stuck: Stuck, inside: Callable[[Sequence[int]], Sequence[int]]) -> BlockFailure:
        """What is missing in a block; `inside` gives the variables that depend on some blocks alone."""
        blocks, free = self._smallest_part(stuck, inside)
        if self._is_impossible(free, self._is_own):
            alone = [self._of_person(index, free) for index in self._persons(free)]
            found = [cut for cut in alone if cut is not None]
            if found:
                sure = [each for cut in found for each in self._proved_alone(cut, blocks)]
                words = "; ".join(cut.words for cut in found)
                return self._failure(stuck.block, words, (*sure, *found))
        part = Part(self._open, free)
        tags, _ = cheapest_breaks(part, _price, self._budget.effort(SECONDS), self._budget.stop)
        words = self._words(stuck.block, tags)
        core = self._core(free, tags) if tags else None
        if core is None:
            return BlockFailure(stuck.block, words, (self._no_good(stuck.reopened, words),))
        proved = self._prover.of_demand(core.wanted, blocks, words)
        return self._failure(stuck.block, words, (*proved, *self._steering(blocks, core, words, proved)))

    def _steering(
        self, blocks: Sequence[int], core: _Core, words: str, proved: Sequence[Cut]
    ) -> tuple[Cut, ...]:
        """What is worth trying where nothing was proved, or only under the windows that this plan has."""
        if core.wanted.maxima or core.wanted.clinics:
            return () if proved else (self._somebody_fewer(blocks, core, words),)
        return (self._someone_else(blocks, core, words),) if core.uses_averages or not proved else ()

    def _failure(self, block: int, words: str, cuts: Sequence[Cut]) -> BlockFailure:
        broken = tuple(cut for cut in cuts if not cut.is_kept_by(self._plan))
        return BlockFailure(block, words, broken, tuple(cut for cut in cuts if cut not in broken))

    def _proved_alone(self, cut: Cut, blocks: Sequence[int]) -> tuple[Cut, ...]:
        """What is proved of the resident whose own rules collide there."""
        people = dict.fromkeys(fact.person for _, fact in cut.terms)
        return tuple(each for person in people for each in self._prover.of_person(person, blocks, cut.words))

    def _smallest_part(
        self, stuck: Stuck, inside: Callable[[Sequence[int]], Sequence[int]]
    ) -> tuple[Sequence[int], Sequence[int]]:
        """The block alone if that is impossible already, else with those before it, or that windows reach."""
        reopened = stuck.reopened
        wider = [reopened[-count:] for count in range(1, len(reopened) + 1)]
        wider += [
            (*reopened, *self._following(reopened[-1], count)) for count in range(1, MOST_FOLLOWING + 1)
        ]
        for blocks in dict.fromkeys(wider):
            free = inside(blocks)
            if not self._budget.has_left() or self._is_impossible(free, lambda _: True):
                return blocks, free
        return reopened, inside(reopened)

    def _following(self, block: int, count: int) -> list[int]:
        """So many of the solved blocks that come next without a gap."""
        solved = {self._calendar.block_of[day] for day in self._daily.days}
        found: list[int] = []
        while len(found) < count and block + len(found) + 1 in solved:
            found.append(block + len(found) + 1)
        return found

    def _core(self, free: Sequence[int], tags: Iterable[Tag]) -> _Core | None:
        """The smallest of a few sets of minima that still has no roster; None when none of them suffices."""
        subjects = list(dict.fromkeys(self._subject(tag) for tag in tags if tag.kind in SHARED))
        minima = frozenset(subject for subject in self._all_subjects() if not subject.most)
        trials = [frozenset({subject}) for subject in subjects]
        trials += [frozenset(subjects), minima, frozenset(self._all_subjects())]
        for wanted in dict.fromkeys(trials):
            if not self._budget.has_left():
                return None
            if self._is_impossible(free, self._trial(wanted, averages=True)):
                averages = not self._is_impossible(free, self._trial(wanted, averages=False))
                return self._core_of(wanted, uses_averages=averages)
        return None

    def _trial(self, wanted: frozenset[_Subject], *, averages: bool) -> Callable[[int], bool]:
        """Which rows belong to a trial: rules of single residents, and what is wanted."""

        def keeps(row: int) -> bool:
            tag = self._tag(row)
            if tag.kind not in SHARED:
                return averages or not (tag.kind in AVERAGED or tag.reaches_out)
            return self._subject(tag) in wanted

        return keeps

    def _is_own(self, row: int) -> bool:
        """Whether the row binds a single resident."""
        return self._tag(row).kind not in SHARED

    def _core_of(self, wanted: frozenset[_Subject], *, uses_averages: bool) -> _Core:
        asked = Wanted(
            tuple(row for row in self._program.calls if row.min > 0 and _Subject("call", row.id) in wanted),
            tuple(
                row
                for row in self._program.staffing
                if row.min > 0 and _Subject("staffing", row.rotation) in wanted
            ),
            tuple(
                row
                for row in self._program.staffing
                if row.max is not None and _Subject("staffing", row.rotation, most=True) in wanted
            ),
            tuple(
                row
                for row in rooms_in_clinic(self._program)
                if _Subject("clinic", row.session.value, most=True) in wanted
            ),
        )
        rows = [row.pgys for row in (*asked.minima, *asked.maxima)]
        pgys = None if asked.clinics or not all(rows) else frozenset(pgy for row in rows for pgy in row)
        return _Core(asked.rotations(self._daily.shared), pgys, uses_averages, asked)

    def _someone_else(self, blocks: Sequence[int], core: _Core, words: str) -> Cut:
        """Another resident joins those the core counts on, or one of these is there when now away."""
        plus: list[PlanFact] = []
        minus: list[PlanFact] = []
        for person in self._program.residents:
            if core.pgys is not None and person.pgy not in core.pgys:
                continue
            counted = False
            for block in blocks:
                here = self._plan.rotation.get((person.id, block))
                others = core.rotations - {here}
                if others:
                    plus.append(OnRotation(person.id, block, others))
                counted = counted or here in core.rotations
            if counted:
                minus += self._vacations(person.id, blocks)
                for fact in self._edges(person.id, blocks, averages=core.uses_averages):
                    (minus if fact.holds_in(self._plan) else plus).append(fact)
        terms = (*((1, fact) for fact in plus), *((-1, fact) for fact in minus))
        return Cut(terms, 1 - len(minus), words)

    def _edges(self, person: str, blocks: Sequence[int], *, averages: bool) -> Iterator[PlanFact]:
        """What of the blocks before and after bears on a resident's days: nights, and the same rotation.

        The latter moves the windows that averaged rules are judged over.
        """
        before = self._plan.rotation.get((person, blocks[0] - 1))
        if before is not None and self._has_nights(before):
            yield OnRotation(person, blocks[0] - 1, frozenset({before}))
        if averages:
            for edge, step in ((blocks[0], -1), (blocks[-1], 1)):
                yield from self._run_on(person, edge, step)

    def _run_on(self, person: str, edge: int, step: int) -> Iterator[PlanFact]:
        """The same rotation in the blocks beyond, up to the first that has another."""
        here = self._plan.rotation.get((person, edge))
        block = edge + step
        while here is not None and (person, block) in self._plan.rotation:
            fact = OnRotation(person, block, frozenset({here}))
            yield fact
            if not fact.holds_in(self._plan):
                return
            block += step

    def _has_nights(self, rotation: str) -> bool:
        shared = self._daily.shared
        return any(
            row.session is Session.NIGHT for day in range(7) for row in shared.templates_on(rotation, day)
        )

    def _of_person(self, index: int, inside: Sequence[int]) -> Cut | None:
        """The cut for one resident whose own rules collide; None when they do not."""
        model = self._daily.model
        own = [variable for variable in inside if model.person[variable] == index]
        if not self._is_impossible(own, self._is_own):
            return None
        draft = self._daily.drafts[index]
        tags, _ = cheapest_breaks(
            Part(self._open, own, self._is_own),
            _price,
            self._budget.effort(SECONDS),
            self._budget.stop,
        )
        first = min((model.day[variable] for variable in own), default=0)
        last = max((model.day[variable] for variable in own), default=0)
        reached = [*self._reach(tags), first, last]
        dates = f"from {self._on(min(reached))} to {self._on(max(reached))}"
        words = f"{draft.id} cannot keep {rules_of(tags)} {dates}"
        return self._other_stretch(draft.id, min(reached), max(reached), words)

    def _of_tags(self, block: int, tags: Sequence[Tag]) -> BlockFailure:
        cuts: list[Cut] = []
        for tag in tags:
            words = self._tag_words(tag)
            reached = self._reach([tag])
            if tag.subject in self._program.person_by_id:
                cuts += self._prover.of_person(tag.subject, self._blocks_of(reached), words)
                cuts.append(self._other_stretch(tag.subject, min(reached), max(reached), words))
            elif tag.kind in SHARED:
                core = self._core_of(frozenset({self._subject(tag)}), uses_averages=False)
                proved = self._prover.of_demand(core.wanted, [block], words)
                cuts += (*proved, *self._steering([block], core, words, proved))
            else:
                cuts.append(self._no_good([block], words))
        return self._failure(block, "; ".join(dict.fromkeys(cut.words for cut in cuts)), cuts)

    def _somebody_fewer(self, blocks: Sequence[int], core: _Core, words: str) -> Cut:
        """Not all of those at work beyond a maximum: a minimum's cut would ask for more of them yet."""
        facts = [
            OnRotation(person, number, core.rotations)
            for (person, number), rotation in sorted(self._plan.rotation.items())
            if number in blocks and rotation in core.rotations
        ]
        return Cut.not_together(facts, words) if facts else self._no_good(blocks, words)

    def _other_stretch(self, person: str, first: int, last: int, words: str) -> Cut:
        """Not these rotations and vacation weeks together around the stretch."""
        calendar = self._calendar
        low, high = max(0, first - 1), min(last + 1, calendar.days - 1)
        blocks = range(calendar.block_of[low], calendar.block_of[high] + 1)
        facts: list[PlanFact] = [
            OnRotation(person, block, frozenset({self._plan.rotation[person, block]}))
            for block in blocks
            if (person, block) in self._plan.rotation
        ]
        return Cut.not_together([*facts, *self._vacations(person, blocks)], words)

    def _no_good(self, blocks: Sequence[int], words: str) -> Cut:
        """Not these blocks as they are."""
        facts = [
            OnRotation(person, block, frozenset({rotation}))
            for (person, block), rotation in sorted(self._plan.rotation.items())
            if block in blocks
        ]
        return Cut.not_together(facts, words)

    def _vacations(self, person: str, blocks: Sequence[int]) -> list[PlanFact]:
        """The person's vacation weeks that touch the blocks, or the dates beside them."""
        calendar = self._calendar
        first, last = calendar.days_of_block[blocks[0]][0], calendar.days_of_block[blocks[-1]][-1]
        return [
            OnVacation(person, monday)
            for who, monday in sorted(self._plan.vacation_weeks)
            if who == person and first - 7 <= calendar.day_of_date(monday) <= last + 1
        ]

    def _is_impossible(self, free: Sequence[int], keeps: Callable[[int], bool]) -> bool:
        part = Part(self._open, free, keeps)
        found = part.solve(self._budget.effort(SECONDS), self._budget.stop)
        self._budget.spend(found.deterministic)
        return found.found is Found.NONE_EXISTS

    def _persons(self, inside: Sequence[int]) -> list[int]:
        model = self._daily.model
        return sorted({model.person[variable] for variable in inside if model.person[variable] >= 0})

    def _tag(self, row: int) -> Tag:
        return self._daily.model.row_tag[row]

    def _subject(self, tag: Tag) -> _Subject:
        if tag.kind == "clinic":
            return _Subject(tag.kind, tag.subject, most=True)
        is_staffing = tag.kind == "staffing"
        name = self._program.staffing[int(tag.subject)].rotation if is_staffing else tag.subject
        return _Subject(tag.kind, name, most=tag.detail == AT_MOST)

    def _all_subjects(self) -> Iterator[_Subject]:
        for row in self._program.staffing:
            yield _Subject("staffing", row.rotation)
            yield _Subject("staffing", row.rotation, most=True)
        yield from (_Subject("call", call.id) for call in self._program.calls)
        for clinic in rooms_in_clinic(self._program):
            yield _Subject("clinic", clinic.session.value, most=True)

    def _block_of(self, tag: Tag) -> int:
        return self._calendar.block_of[min(max(tag.day, 0), self._calendar.days - 1)]

    def _blocks_of(self, reached: Sequence[int]) -> range:
        """The academic blocks from the first of the days to the last."""
        ends = (min(max(day, 0), self._calendar.days - 1) for day in (min(reached), max(reached)))
        first, last = (self._calendar.block_of[day] for day in ends)
        return range(first, last + 1)

    def _reach(self, tags: Iterable[Tag]) -> list[int]:
        days = [day for tag in tags for day in (tag.day, tag.last_day) if day >= 0]
        return days or [0]

    def _on(self, day: int) -> date:
        return self._calendar.date(min(max(day, 0), self._calendar.days - 1))

    def _words(self, block: int, tags: Sequence[Tag]) -> str:
        if not tags:
            return f"academic block {block} has no roster under this year plan"
        said = [self._tag_words(tag) for tag in tags]
        more = len(said) - MOST_SAID
        rest = f"; and {more} more like it" if more > 0 else ""
        return f"academic block {block}: " + "; ".join(said[:MOST_SAID]) + rest

    def _tag_words(self, tag: Tag) -> str:
        return tag_words(self._program, tag, self._on(tag.day), self._on(max(tag.last_day, tag.day)))


def _price(tag: Tag) -> int | None:
    """What breaking a row costs; None for rows that only define something."""
    if tag.kind == "link":
        return None
    return PRICE_OF_DEMAND if tag.kind in DEMANDS else PRICE_OF_A_PERSONS_RULE
