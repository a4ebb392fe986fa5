"""The days and calls of some academic blocks as a model that knows how far it is from what stood.

A cell is a person's local date. Whether its rows are what they were is a variable for each, so that the least
change can be asked for; decisions outside the range stand as they are.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from src.interchange.model import DutyType, Request
from src.interchange.schedule import AssignmentKind, AssignmentRow, UnmetKind, UnmetRow
from src.solver.daily.assemble import DailyModel, assemble
from src.solver.daily.calendar import minutes_of
from src.solver.daily.linear import FREE, ONE, ZERO, Expr, Tag, of
from src.solver.daily.presence import PersonDraft
from src.solver.daily.readout import Readout
from src.solver.daily.subsolve import Effort, Part, State
from src.solver.expand import home_date
from src.solver.plan import YearPlan
from src.solver.problem import Problem
from src.solver.repair.excuses import excuse
from src.solver.repair.model import Complaint
from src.solver.stop import Stop
from src.solver.swaps.standing import Standing

NOBODY = -1
REQUEST = "request"
"""The tag of a request that must be granted."""
Signature = tuple[int, int, AssignmentKind, str, DutyType]


@dataclass(frozen=True, slots=True)
class Range:
    """Days of the year that may move, and the academic blocks that are looked at."""

    first: int
    last: int
    blocks: tuple[int, ...]


class NearModel:
    """The blocks' model, what each decision was, and a variable for each cell that may change.

    `granted` are requests that every solution must grant, unless a part is asked for without.
    """

    def __init__(
        self,
        problem: Problem,
        plan: YearPlan,
        standing: Standing,
        reach: Range,
        stop: Stop,
        *,
        granted: Sequence[Request] = (),
    ) -> None:
        self.problem = problem
        self.reach = reach
        rows = standing.schedule.assignments
        block_of = problem.program.block_of
        inside = set(reach.blocks)
        moves = [block_of(home_date(problem.program, row)) in inside for row in rows]
        self.kept = tuple(row for row, moving in zip(rows, moves, strict=True) if not moving)
        self._moving = tuple(row for row, moving in zip(rows, moves, strict=True) if moving)
        calendar = standing.shared.calendar
        self._base = rows
        decided = [calendar.day_of_date(home_date(problem.program, row)) for row in self._moving]
        self._in_range = tuple(
            row for row, day in zip(self._moving, decided, strict=True) if reach.first <= day <= reach.last
        )
        """Rows that may move; the others of those blocks stay, whatever the program says of them now."""
        self.daily: DailyModel = assemble(problem, plan, reach.blocks, self.kept, stop)
        self.was = self._decisions(standing)
        self.sure_cells: set[tuple[str, int]] = set()
        """Cells that change whatever is decided."""
        self._reasons: dict[int, tuple[Expr, ...]] = {}
        self.cells = self._cells()
        self._wished: set[int | None] = set()
        for request in granted:
            wish = self.daily.requests.get(request, ZERO)
            tag = Tag(REQUEST, request.person, detail=request.kind)
            self._wished.add(self.daily.model.add([(wish, 1)], 1, FREE, tag))
        self._excused: set[Tag] = set()
        self._begin()
        self._keep_days_off()

    def excuse(self, complaints: Sequence[Complaint], effort: Effort, stop: Stop) -> bool:
        """Whether windows that begin before the range may be broken, as far as they stood broken, no further.

        Those that the complaints name; parts made before it are not to be used any more.
        """
        excused = excuse(self.daily.model, self.was, self._names(complaints), effort, stop)
        self._excused |= excused
        if excused:
            self._begin()
        return bool(excused)

    def tell_changes(self) -> None:
        """Let no cell be called changed that is as it was: a search for the fewest needs no such rows.

        Parts made before it are not to be used any more.
        """
        reasons, self._reasons = self._reasons, {}
        for changed, parts in reasons.items():
            self.daily.model.add([(of(changed), -1), *((part, 1) for part in parts)], 0, FREE)
        if reasons:
            self._begin()

    def _names(self, complaints: Sequence[Complaint]) -> Callable[[Tag], bool]:
        """Whether a row's window begins before the range, and ends in one that is complained of."""
        day_of = self.daily.shared.calendar.day_of_date
        rules = {(each.person, each.rule) for each in complaints}
        spans = [
            (each, day_of(each.first), day_of(each.last))
            for each in complaints
            if day_of(each.first) < self.reach.first
        ]

        def named(tag: Tag) -> bool:
            is_known = (tag.subject, tag.kind) in rules
            until = max(tag.day, tag.last_day)
            return tag.day < self.reach.first <= until + 1 and any(
                each.person == tag.subject
                and (each.rule == tag.kind or not is_known)
                and first <= until + 1
                and until <= last
                for each, first, last in spans
            )

        return named

    def _begin(self) -> None:
        """All that may be decided is open, and what is outside the range is as it was."""
        self.state = State(self.daily.model)
        self._stand()
        self._keep_outside()

    def _keep_days_off(self) -> None:
        """Days off of an academic block that may not be taken back are no fewer than they are."""
        model, state = self.daily.model, self.state
        for row, tag in enumerate(model.row_tag):
            if tag.kind == "days_off":
                model.row_high[row] = max(model.row_high[row], state.row_least[row])

    @property
    def cost(self) -> dict[int, int]:
        """Weights that count the changed cells down."""
        return dict.fromkeys(self.cells.values(), -1)

    @property
    def broken(self) -> tuple[Tag, ...]:
        """Rows that nothing can satisfy, but for those of dates that are not planned anew: they stay."""
        anew = [day for day in self.daily.days if self.reach.first <= day <= self.reach.last]
        return tuple(
            tag
            for tag in self.daily.model.broken
            if tag not in self._excused
            and (tag.day < 0 or any(tag.day <= day <= max(tag.day, tag.last_day) for day in anew))
        )

    @property
    def missing(self) -> dict[int, int]:
        """Weights that count open demand down, where demand may stay open."""
        model = self.daily.model
        return {
            variable: -1
            for variable in range(model.size)
            if model.person[variable] == NOBODY and model.day[variable] >= 0
        }

    def free(self) -> list[int]:
        """All that is not settled: decisions inside the range, and whatever follows from any."""
        return [variable for variable in range(self.daily.model.size) if self.state.is_open(variable)]

    def part(self, *, wished: bool = True) -> Part:
        """A fresh model of everything that is not settled, with the old decisions as its hint.

        Unless `wished`, requests need not be granted in it.
        """
        part = Part(self.state, self.free(), None if wished else lambda row: row not in self._wished)
        part.hint({variable: value for variable, value in self.was.items() if self.state.is_open(variable)})
        return part

    def rows(self, values: Mapping[int, int]) -> tuple[tuple[AssignmentRow, ...], tuple[UnmetRow, ...]]:
        """The whole schedule's rows as a solution has them, and the demand it leaves open.

        Who changes nothing keeps their rows as they stand; those of others are in order of time.
        """
        settled = self.state.copy()
        settled.take(values)
        readout = Readout(self.daily, settled)
        unmet = readout.unmet() if self.problem.allow_unmet else ()
        stood = {row: row for row in self._in_range}
        inside = [
            stood.get(row, row)
            for row in readout.rows()
            if self._is_in_range(home_date(self.problem.program, row))
        ]
        changed = {row.person for row in stood.keys() ^ set(inside)} | self._doubled
        gone = {id(row) for row in self._in_range if row.person in changed}
        own = [row for row in self._base if row.person in changed and id(row) not in gone]
        own += [row for row in inside if row.person in changed]
        own.sort(key=lambda row: (row.person, row.start_at, row.end_at, row.kind, row.id))
        rows = (*(row for row in self._base if row.person not in changed), *own)
        return rows, tuple(row for row in unmet if self._is_asked(row))

    @cached_property
    def _doubled(self) -> frozenset[str]:
        """People who have a row twice: no solution has that."""
        counts = Counter(self._in_range)
        return frozenset(row.person for row, count in counts.items() if count > 1)

    def _is_in_range(self, day: date) -> bool:
        return self.reach.first <= self.daily.shared.calendar.day_of_date(day) <= self.reach.last

    def _is_asked(self, row: UnmetRow) -> bool:
        return row.what is UnmetKind.COVERAGE or self._is_in_range(date.fromisoformat(row.date_or_block))

    def choices(self, values: Mapping[int, int]) -> dict[int, int]:
        """The decisions that a solution makes otherwise than they were, where that changes what is worked."""
        model, people = self.daily.model, [draft.id for draft in self.daily.drafts]
        changed = {cell for cell, variable in self.cells.items() if values.get(variable, 0)}
        changed |= self.sure_cells
        return {
            variable: values[variable]
            for variable, before in self.was.items()
            if variable in values
            and values[variable] != before
            and (people[model.person[variable]], model.day[variable]) in changed
        }

    def _decisions(self, standing: Standing) -> dict[int, int]:
        """What the schedule as it stood decided, by variable, where that may still be decided."""
        values: dict[int, int] = {}
        for draft in self.daily.drafts:
            state = standing.holder(draft.id).state
            for day, off in draft.off.items():
                values[_variable(off)] = int(day in state.off)
            taken = {(call.day, call.call.id) for call in state.calls}
            for day, options in draft.calls.items():
                for option in options:
                    values[_variable(option.taken)] = int((day, option.duty.call.id) in taken)
        return values

    def _cells(self) -> dict[tuple[str, int], int]:
        """(person, day) -> the variable that is 1 when the cell's rows are not what they were."""
        calendar = self.daily.shared.calendar
        before: defaultdict[str, set[Signature]] = defaultdict(set)
        for row in self._moving:
            before[row.person].add(
                (minutes_of(row.start_at), minutes_of(row.end_at), row.kind, row.id, row.duty_type)
            )
        found: dict[tuple[str, int], int] = {}
        for draft in self.daily.drafts:
            differs: defaultdict[int, list[Expr]] = defaultdict(list)
            there: set[Signature] = set()
            for day, signature, worked in _intervals(draft):
                there.add(signature)
                if day <= self.reach.last or signature[-1] is not DutyType.TRANSITION:
                    differs[day].append(worked.negated if signature in before[draft.id] else worked)
            for signature in before[draft.id] - there:
                differs[calendar.day_of(signature[0])].append(ONE)
            for day, parts in sorted(differs.items()):
                distinct = [part for part in dict.fromkeys(parts) if part != ZERO]
                if ONE in distinct:
                    self.sure_cells.add((draft.id, day))
                elif distinct:
                    found[draft.id, day] = self._changed(draft, day, distinct)
        return found

    def _changed(self, draft: PersonDraft, day: int, parts: Sequence[Expr]) -> int:
        changed = draft.model.derived(draft.index, day, parts)
        for part in parts:
            draft.model.add([(of(changed), 1), (part, -1)], 0, FREE)
        self._reasons[changed] = tuple(parts)
        return changed

    def _keep_outside(self) -> None:
        """Keep what a decision of the range would change outside of it, but for a call's own handover."""
        for (_, day), changed in self.cells.items():
            if not self.reach.first <= day <= self.reach.last and self.state.is_open(changed):
                self.state.set(changed, 0, 0)

    def _stand(self) -> None:
        """Fix the decisions outside the range to what they were."""
        model = self.daily.model
        for variable, value in self.was.items():
            if not self.reach.first <= model.day[variable] <= self.reach.last:
                self.state.set(variable, value, value)


def _intervals(draft: PersonDraft) -> Iterable[tuple[int, Signature, Expr]]:
    """Every interval the resident may work: the day it starts on, what it is, and whether it is worked."""
    calendar = draft.year.shared.calendar
    for day, made in draft.sessions.items():
        for duty, worked in made:
            yield day, (duty.start, duty.end, duty.kind, duty.id, duty.duty_type), worked
    for day, options in draft.calls.items():
        for option in options:
            call = option.duty
            kind = AssignmentKind.JEOPARDY if call.is_jeopardy else AssignmentKind.CALL
            yield day, (call.start, call.end, kind, call.call.id, call.call.duty_type), option.taken
            if call.end_all > call.end and not call.is_jeopardy:
                signature = (call.end, call.end_all, kind, call.call.id, DutyType.TRANSITION)
                yield calendar.day_of(call.end), signature, option.taken


def _variable(decision: Expr) -> int:
    return decision.terms[0][0]


def changed_cells(
    before: Sequence[AssignmentRow], after: Sequence[AssignmentRow]
) -> tuple[tuple[str, date], ...]:
    """The (person, local date)s whose rows differ."""
    kept = {id(row) for row in before} & {id(row) for row in after}
    old, new = (
        {
            (row.person, row.date, row.start_at, row.end_at, row.kind, row.id, row.duty_type)
            for row in rows
            if id(row) not in kept
        }
        for rows in (before, after)
    )
    return tuple(sorted({(person, day) for person, day, *_ in old ^ new}))
