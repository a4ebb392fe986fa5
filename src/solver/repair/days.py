"""Several different least changes of days and calls, under a given year plan.

First as few changed cells as can be, then the tiers of the objective in their order. Each alternative after
the first must let go of a good part of the choices that each one before it made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from src.interchange.schedule import AssignmentRow, UnmetRow
from src.solver.daily.elastic import cheapest_breaks
from src.solver.daily.linear import LINK, Tag
from src.solver.daily.subsolve import Effort, Found, Part, PartResult
from src.solver.repair.near import REQUEST, NearModel
from src.solver.repair.tiers import tier_weights, weighted_sum
from src.solver.repair.when import grouped
from src.solver.stop import Stop

SHARE_LET_GO = 3
"""One of so many choices of an earlier alternative, at least, is made otherwise by a later one."""
SECONDS_TO_FIND = 20.0
SECONDS_FOR_ANOTHER, MOST_SECONDS_FOR_ANOTHER = 4.0, 10.0
"""What a later alternative may take: twice as long as the one before it, no less and no more than these."""
SECONDS_TO_BETTER = 0.8
TIMES_THE_FIRST, CELLS_BESIDE = 2, 6
"""A later alternative leaves no more demand open than the first, and changes at most so many times its cells
and a few: what moves half the hospital is no alternative to moving two people."""
DEMANDS = frozenset({"staffing", "call"})
PRICE_OF_DEMAND = 1
PRICE_OF_A_PERSONS_RULE = 20


@dataclass(frozen=True, slots=True)
class DaysFound:
    """Rows of the whole schedule, demand left open, and whether fewer cells were shown impossible."""

    rows: tuple[AssignmentRow, ...]
    unmet: tuple[UnmetRow, ...]
    is_least: bool


@dataclass(frozen=True, slots=True)
class DaysAnswer:
    """What was found, in order; `impossible` = shown that the range allows nothing (or nothing further)."""

    found: tuple[DaysFound, ...]
    impossible: bool


class DaysRepair:
    """Looks for least changes, one after another."""

    def __init__(
        self, near: NearModel, stop: Stop, seed: int, workers: int, for_the_first: Stop | None = None
    ) -> None:
        """`for_the_first` ends the search for a first alternative sooner than `stop` ends all of it."""
        self._near = near
        self._stop = stop
        self._for_the_first = for_the_first or stop
        self._seed = seed
        self._workers = workers
        self._let_go: list[tuple[Mapping[int, int], int]] = []
        self._within: list[tuple[Mapping[int, int], int]] = []
        """What the first alternative leaves open and changes, as bounds on later ones."""
        self._is_exact = False
        self._told: list[tuple[AssignmentRow, ...]] = []
        self._last: Mapping[int, int] = {}
        """The newest alternative: the next one is not far from it."""
        self._seconds = SECONDS_TO_FIND

    def find(
        self,
        count: int,
        found_one: Callable[[DaysFound], None] = lambda _: None,
        searching: Callable[[], None] = lambda: None,
    ) -> DaysAnswer:
        """Up to `count` alternatives, each different from those before it, each told as soon as found.

        `searching` is told when this thread is about to leave the processor's Python to others.
        """
        found: list[DaysFound] = []
        impossible = False
        if self._near.broken:
            return DaysAnswer((), impossible=True)
        while len(found) < count and not self._stop.reached:
            part = self._part()
            began = self._stop.seconds
            searching()
            values, is_least, impossible = self._least(part)
            if values is None:
                break
            taken = self._stop.seconds - began
            self._seconds = min(max(SECONDS_FOR_ANOTHER, 2 * taken), MOST_SECONDS_FOR_ANOTHER)
            values = self._better(part, values)
            self._note(values)
            rows, unmet = self._near.rows(values)
            if rows in self._told:  # decided otherwise, and worked alike
                if self._is_exact:
                    break
                self._ask_for_changes()
                continue
            self._told.append(rows)
            found.append(DaysFound(rows, unmet, is_least))
            found_one(found[-1])
        return DaysAnswer(tuple(found), impossible)

    def broken_tags(self) -> tuple[Tag, ...]:
        """The rows that collide, as few as can be: demand before what rules protect a resident."""
        if self._near.broken:
            return tuple(dict.fromkeys(self._near.broken))
        tags, _ = cheapest_breaks(self._part(), _price, self._effort(SECONDS_TO_FIND), self._stop)
        return tags

    def _part(self) -> Part:
        part = self._near.part()
        for weights, least in (*self._let_go, *self._within):
            part.keep(weights, least)
        if self._last:
            part.model.clear_hints()  # type: ignore[no-untyped-call]  # ortools leaves it without annotations
            part.hint(self._last)
        return part

    def _least(self, part: Part) -> tuple[Mapping[int, int] | None, bool, bool]:
        """Open demand as little as can be, then changed cells as few; the rest does not matter yet."""
        part.maximise(self._burden)
        stop = self._stop if self._within else self._for_the_first
        result = part.solve(self._effort(self._seconds), stop)
        if result.found is Found.NOTHING and not self._within:
            result = self._any(part)
        if not _is_there(result):
            return None, False, result.found is Found.NONE_EXISTS
        part.keep(self._burden, weighted_sum(self._burden, result.values))
        return result.values, result.found is Found.BEST, False

    def _any(self, part: Part) -> PartResult:
        """A first alternative at any price, for as long as there is time, then a cheaper one in what is left.

        On a busy machine a range of many months takes longer than a search for the least of all may take.
        """
        part.forget_objective()
        result = part.solve(self._effort(self._stop.remaining), self._for_the_first)
        if not _is_there(result) or self._stop.reached:
            return replace(result, found=Found.SOME) if _is_there(result) else result
        part.maximise(self._burden)
        part.model.clear_hints()  # type: ignore[no-untyped-call]  # ortools leaves it without annotations
        part.hint(result.values)
        better = part.solve(self._effort(self._seconds), self._stop)
        return better if _is_there(better) else replace(result, found=Found.SOME)

    @cached_property
    def _burden(self) -> dict[int, int]:
        """Weights of open demand, and of changed cells: all of them together weigh less than one missing."""
        cost = self._near.cost
        one_missing = len(cost) + 1
        return {**cost, **dict.fromkeys(self._near.missing, -one_missing)}

    def _better(self, part: Part, values: Mapping[int, int]) -> Mapping[int, int]:
        """The objective's tiers, as far as the part leaves room for them."""
        weights = tier_weights(self._near, values, self._near.cost)
        if not weights or self._stop.reached:
            return values
        part.forget_objective()
        part.maximise(weights)
        part.model.clear_hints()  # type: ignore[no-untyped-call]  # ortools leaves it without annotations
        part.hint(values)
        result = part.solve(self._effort(SECONDS_TO_BETTER), self._stop)
        return result.values or values

    def _note(self, values: Mapping[int, int]) -> None:
        """Those to come let go of some choices made here; where none was made, they make one."""
        if not self._within:
            cost, missing = self._near.cost, self._near.missing
            most_cells = TIMES_THE_FIRST * -weighted_sum(cost, values) + CELLS_BESIDE
            self._within = [(missing, weighted_sum(missing, values)), (cost, -most_cells)]
        self._last = values
        choices = self._near.choices(values)
        if not choices:
            self._ask_for_changes()
            self._let_go.append((dict.fromkeys(self._near.cells.values(), 1), 1))
            return
        weights = {variable: -1 if value else 1 for variable, value in choices.items()}
        let_go = max(1, -(-len(choices) // SHARE_LET_GO))
        self._let_go.append((weights, let_go - sum(1 for value in choices.values() if value)))

    def _ask_for_changes(self) -> None:
        """From now on, what is called changed is changed."""
        self._is_exact = True
        self._near.tell_changes()

    def _effort(self, seconds: float) -> Effort:
        return Effort(seconds, self._workers, self._seed)


def _is_there(result: PartResult) -> bool:
    """Whether something was found; where nothing was left to decide it has no values."""
    return result.found in (Found.BEST, Found.SOME)


def _price(tag: Tag) -> int | None:
    """What breaking a row costs; None for rows that only define something."""
    if tag.kind in (LINK.kind, REQUEST):
        return None
    return PRICE_OF_DEMAND if tag.kind in DEMANDS else PRICE_OF_A_PERSONS_RULE


def words_of(near: NearModel, tags: Sequence[Tag]) -> list[tuple[str, int | None, str]]:
    """File, row and words of each tag, for a person; demand that collides on several dates is told once."""
    program, calendar = near.problem.program, near.daily.shared.calendar
    found: dict[tuple[str, int | None, str], None] = {}
    demand: list[tuple[tuple[str, int | None, str], str]] = []
    for tag in tags:
        day = calendar.date(min(max(tag.day, 0), calendar.days - 1))
        until = calendar.date(min(max(tag.last_day, tag.day, 0), calendar.days - 1))
        if tag.kind == "staffing":
            row = program.staffing[int(tag.subject)]
            words = f"{row.rotation} needs {row.min} at work in {row.session}"
            demand.append((("staffing.csv", row.row, words), day.isoformat()))
        elif tag.kind == "call":
            call = program.call_by_id[tag.subject]
            demand.append((("calls.csv", call.row, f"{call.id} needs {call.min}"), day.isoformat()))
        elif tag.kind == "pin":
            pins = [pin.row for pin in program.call_pins if (pin.person, pin.date) == (tag.subject, day)]
            words = f"{tag.subject} is pinned to {tag.detail} on {day} and cannot take it"
            found["pins.csv", pins[0] if pins else None, words] = None
        elif tag.kind == REQUEST:
            words = f"the {tag.detail} asked for by {tag.subject}"
            found["requests.csv", None, words] = None
        elif tag.kind == "clinic":
            words = f"the clinic of {day} {tag.subject} has no room for all"
            found["clinics.csv", None, words] = None
        else:
            rule = {"person": "one duty at a time", "days_off": "the most days off"}.get(tag.kind, tag.kind)
            person = program.person_by_id.get(tag.subject)
            words = f"{tag.subject} cannot keep {rule} from {day} to {until}"
            found["people.csv", person.row if person else None, words] = None
    told = [(file, row, f"{words} on {when}") for (file, row, words), when in grouped(demand).items()]
    return [*told, *found]
