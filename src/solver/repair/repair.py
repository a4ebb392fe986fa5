"""`repair(problem, stop, progress) -> Repaired`: the least that must move after a change, in several ways.

Only the academic blocks in which the change breaks something are looked at, and the dates of the range in
them. Rotations stay as they are as long as the days allow it; where no roster exists with them, the year plan
is mended near to what it was; where that does not help either, demand stays open, and the way out names
whom jeopardy could bring in. That there is no repair is said only of all that may move.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from src.interchange.schedule import Conflict, Schedule, SolveStatus, UnmetRow
from src.solver.answer import open_coverage
from src.solver.daily.assemble import CancelledError
from src.solver.daily.subsolve import Effort
from src.solver.denied import Denials
from src.solver.plan import Cut, YearPlan
from src.solver.precheck import find_shortages
from src.solver.problem import Problem, Progress, ProgressSink
from src.solver.repair.days import DaysFound, DaysRepair, words_of
from src.solver.repair.jeopardy import ways_out
from src.solver.repair.model import (
    Alternative,
    Complaint,
    NothingMayMoveError,
    Repaired,
    RepairProblem,
)
from src.solver.repair.near import NearModel, Range, changed_cells
from src.solver.repair.open_demand import OpenDemand, asked_for, without_minima
from src.solver.repair.rotations import PlanRepair
from src.solver.repair.steps import Look, Step
from src.solver.repair.troubles import Trouble, find_troubles
from src.solver.stop import Stop
from src.solver.swaps.standing import Standing

PLANS_TRIED = 4
SECONDS_OF_PLANS = 3.0
"""So many other plans are tried, and more of them within these seconds."""
SHARE_OF_ALL_PLANS = 0.7
"""Of the time that is left, where nothing else is to be looked at but what collides."""
SECONDS_IN_PASSING, SHARE_IN_PASSING = 3.0, 0.1
"""What a look farther away may take before demand is left open near by: seconds, and of what is left."""
SECONDS_TO_LET_GO, SHARE_TO_LET_GO, TIMES_LET_GO = 20.0, 0.4, 2
"""What looking for rotations to let go may take where demand stays open: seconds, of what is left, plans."""
MOST_TROUBLES_NAMED = 40
SECONDS_TO_EXCUSE = 5.0
NO_OTHER = "nothing else leaves as little open, is different enough and changes little more"
NO_TIME = "the time for another ended"
CANCELLED = "it was cancelled before another was found"


def _to_nobody(_: Alternative) -> None:
    """For those who wait for the whole answer."""


def repair(
    problem: RepairProblem,
    stop: Stop,
    progress: ProgressSink,
    found_one: Callable[[Alternative], None] = _to_nobody,
    searching: Callable[[], None] = lambda: None,
    stood: Callable[[], Sequence[Complaint]] = tuple,
) -> Repaired:
    """The best repairs found before the stop; a repaired schedule differs from the base in the range alone.

    `found_one` is told of each alternative as soon as there is one, while others are still looked for;
    `searching`, perhaps more than once, when a search begins, beside which others get on with their Python.
    `stood` is asked, where nothing else helps, for what the base broke before: windows that begin before the
    range may stay so.
    Raises NothingMayMoveError when the range is empty, or the base has no days.
    """
    asked = _Repair(problem, stop, progress, found_one, searching, stood)
    try:
        return asked.run()
    except CancelledError:
        return asked.ended_early()


class _Repair:
    def __init__(
        self,
        problem: RepairProblem,
        stop: Stop,
        progress: ProgressSink,
        found_one: Callable[[Alternative], None],
        searching: Callable[[], None],
        stood: Callable[[], Sequence[Complaint]],
    ) -> None:
        self._problem = problem
        self._stop = stop
        self._progress = progress
        self._found_one = found_one
        self._searching = searching
        self._stood = stood
        self._found: list[Alternative] = []
        if not problem.base.assignments:
            raise NothingMayMoveError("A repair needs a schedule with days to start from.")
        self._standing = Standing(problem.program, problem.base, problem.limits)
        self._calendar = self._standing.shared.calendar
        self._first, self._last = self._dates()
        self._plan = self._standing.plan
        self._troubles: tuple[Trouble, ...] = ()
        self._conflicts: list[Conflict] = []
        self._blocked: NearModel | None = None
        """The days for which it was shown that nothing fits."""
        self._notice: str | None = None
        self._told: tuple[str, ...] = ()
        self._denials = Denials(problem.program, problem.base)
        self._known = OpenDemand(problem.base.unmet if problem.allow_unmet else ())

    def run(self) -> Repaired:
        self._tell("finding what the change breaks", 0.05)
        plans = PlanRepair(self._problem, self._known)
        self._told = plans.troubles()
        seen = find_troubles(self._standing, self._first, self._last, self._known, self._stop)
        self._troubles = (*seen, *self._complaints())
        if not self._told and not self._troubles:
            self._take(self._plan, DaysFound(self._problem.base.assignments, (), is_least=True), None)
            return self._answer(SolveStatus.FEASIBLE)
        return self._step_by_step(plans)

    def _complaints(self) -> Iterator[Trouble]:
        """What was complained of in the range."""
        for each in self._problem.complaints:
            first, last = map(self._calendar.day_of_date, (each.first, each.last))
            if first <= self._last and last >= self._first:
                yield Trouble(max(first, self._first), min(last, self._last), each.words)

    def _step_by_step(self, plans: PlanRepair) -> Repaired:
        """Where the trouble is: with all demand met, then with some open; then wherever anything may move."""
        proved = False
        for number, step in enumerate(self._steps(plans)):
            if plans.broken and not step.open_plan:
                continue  # counted over all blocks that may move: no other reach helps
            if number:
                self._tell("leaving open what nobody can do" if step.open_plan else "looking further", 0.7)
            if step.in_passing:
                self._in_passing(plans, step)
            else:
                proved = self._is_none(plans, step, self._stop)
            if plans.broken and not self._conflicts:
                self._conflicts += plans.broken
            if self._found:
                return self._answer(SolveStatus.FEASIBLE)
            if self._stop.reached:
                return self.ended_early()
        lenient = self._problem.allow_unmet
        if proved and lenient:
            self._conflicts = []  # minima met on the way: they could stay open
        if self._blocked is not None:
            self._tell("naming the rows that collide", 0.9)
            self._conflicts += self._named(self._blocked)
        if proved and not self._conflicts:
            asked = without_minima(self._problem.program) if lenient else self._problem.program
            told = PlanRepair(replace(self._problem, program=asked), self._known) if lenient else plans
            self._conflicts += find_shortages(asked) or told.conflicts()
        return self._answer(SolveStatus.INFEASIBLE if proved else SolveStatus.UNKNOWN)

    def _steps(self, plans: PlanRepair) -> Iterator[Step]:
        """The last holds all that may move and stay open: only what is shown of it is proved."""
        near, wide, lenient = self._reach(plans.blocks), self._wide, self._problem.allow_unmet
        steps = [Step(near)]
        if lenient and near != wide:
            steps.append(Step(near, wide_plans=True, in_passing=True))
            steps.append(Step(wide, in_passing=True))
        if lenient and plans.troubles():
            steps.append(Step(near, open_plan=True))
        if lenient:
            steps.append(Step(near, open_plan=True, open_days=True))
        if near != wide:
            steps.append(Step(wide, open_plan=lenient, open_days=lenient))
        yield from steps[:-1]
        yield replace(steps[-1], thorough=True)

    def _in_passing(self, plans: PlanRepair, step: Step) -> None:
        """Look for a while; what is not found may be there all the same."""
        brief = self._stop.branch(min(SECONDS_IN_PASSING, SHARE_IN_PASSING * self._stop.remaining))
        try:
            self._is_none(plans, step, brief)
        except CancelledError:
            if self._stop.reached:
                raise

    def _is_none(self, plans: PlanRepair, step: Step, stop: Stop) -> bool:
        """Whether it was shown that the step holds none; those found are taken.

        Each plan without a roster is cut off. Raises CancelledError when the time of the days ended.
        """
        cuts: list[Cut] = []
        if not plans.troubles():
            let_go = plans if step.open_days else None
            near, is_none = self._days(
                self._plan, step.reach, stop, let_go=let_go, allow_unmet=step.open_days
            )
            if not is_none:
                return False
            if not step.in_passing:
                self._blocked = near
            cuts.append(plans.not_again(step.reach.blocks, self._plan))
        self._tell("moving rotations", 0.4)
        # What a plan leaves open in one block, a swap with any other block may meet.
        blocks = self._wide.blocks if step.open_plan or step.wide_plans else step.reach.blocks
        began, tried = stop.seconds, 0
        most = SHARE_OF_ALL_PLANS * stop.remaining if step.thorough else SECONDS_OF_PLANS
        few = 1 if step.is_one_of_many else PLANS_TRIED
        while tried < few or stop.seconds - began < most:
            tried += 1
            if stop.reached:
                return False
            plan = plans.nearest(blocks, cuts, stop, allow_unmet=step.open_plan)
            if plan is None:
                return plans.exhausted
            reach = self._range({*step.reach.blocks, *plans.moved(plan).intersection(self._wide.blocks)})
            if not self._days(plan, reach, stop, allow_unmet=step.open_days)[1]:
                return False
            cuts.append(plans.not_again(reach.blocks, plan))
        return False

    def _days(
        self, plan: YearPlan, reach: Range, stop: Stop, *, let_go: PlanRepair | None = None, **given: bool
    ) -> tuple[NearModel, bool]:
        """The model, and whether it was shown to hold nothing; raises CancelledError when the time ended.

        `let_go` looks for plans that leave less open. Alternatives to the first are looked for beyond `stop`.
        """
        look = self._look(plan, reach, stop, **given)
        if look.found and let_go is not None:
            look = self._with_less_open(look, let_go, stop)
        wanted, took = self._problem.alternatives, len(self._found)
        answer = look.all_of(wanted, lambda found: self._take(look.plan, found, look.reach), self._searching)
        if 0 < len(self._found) - took < wanted:
            early = CANCELLED if self._stop.cancelled and not self._stop.out_of_memory else NO_TIME
            reason = NO_OTHER if answer.impossible else early
            self._notice = f"{len(answer.found)} of {wanted} alternatives: {reason}."
        if not answer.found and not answer.impossible:
            raise CancelledError
        return look.near, not answer.found

    def _look(self, plan: YearPlan, reach: Range, stop: Stop, *, allow_unmet: bool) -> Look:
        """The first alternative under a plan, if there is one."""
        self._tell("days and calls", 0.6 if allow_unmet else 0.2)
        problem = Problem(
            self._problem.program,
            self._problem.limits,
            allow_unmet=allow_unmet or self._known.is_on(lambda day: self._is_asked(day, reach)),
            seed=self._problem.seed,
            workers=self._problem.workers,
        )
        near = NearModel(problem, plan, self._standing, reach, stop)
        look = Look(plan, reach, near, DaysRepair(near, self._stop, problem.seed, problem.workers, stop))
        if look.is_none(self._searching) and self._excused(near, stop):
            look = look.anew(DaysRepair(near, self._stop, problem.seed, problem.workers, stop))
            look.is_none(self._searching)
        return look

    def _with_less_open(self, look: Look, plans: PlanRepair, stop: Stop) -> Look:
        """A look under a plan that lets rotations go and so leaves less open, if one is met soon."""
        most = min(SECONDS_TO_LET_GO, SHARE_TO_LET_GO * stop.remaining)
        brief = stop.branch(most)
        for _ in range(TIMES_LET_GO):
            more = plans.more_there(look.plan, look.open_days)
            if not more or brief.reached:
                break
            self._tell("moving rotations", 0.6)
            plan = plans.nearest(self._wide.blocks, (), brief, allow_unmet=True, more=more)
            if plan is None or plan.rotation == look.plan.rotation:
                break
            moved = plans.moved(plan).intersection(self._wide.blocks)
            try:
                other = self._look(plan, self._range(moved.union(look.reach.blocks)), brief, allow_unmet=True)
            except CancelledError:
                break
            if not other.found or self._lacks(other) >= self._lacks(look):
                break
            look = other
        return look

    def _lacks(self, look: Look) -> int:
        """How many are missing in all, by date and by academic block."""
        return sum(row.needed - row.got for row in (*look.open_days, *self._open_coverage(look.plan)))

    def _excused(self, near: NearModel, stop: Stop) -> bool:
        """Whether windows that begin before the range stood broken: they may, as far as they did."""
        if self._first == 0:
            return False
        effort = Effort(SECONDS_TO_EXCUSE, self._problem.workers, self._problem.seed)
        return near.excuse(self._stood(), effort, stop)

    def _named(self, near: NearModel) -> list[Conflict]:
        """The input rows that collide when rotations stay as they are."""
        search = DaysRepair(near, self._stop, self._problem.seed, self._problem.workers)
        return [Conflict(*each) for each in words_of(near, search.broken_tags())]

    def _reach(self, also: frozenset[int]) -> Range:
        """The academic blocks with trouble; the date before counts, as its call reaches into the next."""
        days = {
            day
            for trouble in self._troubles
            for day in range(max(self._first, trouble.first - 1), min(self._last, trouble.last + 1) + 1)
        }
        return self._range({self._calendar.block_of[day] for day in days} | also)

    @property
    def _wide(self) -> Range:
        """All academic blocks that hold a date of the range."""
        return self._range({self._calendar.block_of[day] for day in range(self._first, self._last + 1)})

    def _range(self, blocks: Iterable[int]) -> Range:
        known = {block for _, block in self._plan.rotation}
        return Range(self._first, self._last, tuple(sorted(known.intersection(blocks))))

    def _is_asked(self, day: date, reach: Range | None) -> bool:
        """Whether a date is one of those that were planned anew."""
        number = self._calendar.day_of_date(day)
        return (
            reach is not None
            and reach.first <= number <= reach.last
            and self._calendar.block_of[number] in reach.blocks
        )

    def _take(self, plan: YearPlan, found: DaysFound, reach: Range | None) -> None:
        """One more alternative, told at once."""
        left = (*self._open_coverage(plan), *self._known.elsewhere(lambda day: self._is_asked(day, reach)))
        base = self._problem.base
        other = {
            (person, block)
            for (person, block) in plan.rotation.keys() | self._plan.rotation.keys()
            if plan.rotation.get((person, block)) != self._plan.rotation.get((person, block))
        }
        cells = changed_cells(base.assignments, found.rows)
        is_same = plan is self._plan
        year = base.year if is_same else plan.year_rows()
        vacations = base.vacations if is_same else plan.vacation_rows()
        schedule = Schedule(year, vacations, found.rows, (*left, *found.unmet))
        changed = {person for person, _ in cells} if is_same else None
        schedule = replace(schedule, denied=self._denials.of(schedule, changed))
        made = Alternative(schedule, cells, tuple(sorted(other)), found.is_least and not other)
        self._found.append(made)
        self._found_one(made)
        count, wanted = len(self._found), self._problem.alternatives
        self._tell(f"{count} of {wanted} alternatives found", 0.5 + 0.5 * count / (wanted + 1))

    def _open_coverage(self, plan: YearPlan) -> Iterator[UnmetRow]:
        """The minima of the base's academic blocks that the plan leaves open, where it may."""
        known = {row.block for row in self._problem.base.year}
        if self._problem.allow_unmet:
            for row in open_coverage(Problem(self._problem.program), plan):
                if int(row.date_or_block) in known:
                    yield row

    def ended_early(self) -> Repaired:
        """Neither a repair nor a proof that there is none."""
        return self._answer(SolveStatus.UNKNOWN)

    def _answer(self, status: SolveStatus) -> Repaired:
        found = tuple(self._found)
        words = (*self._told, *(trouble.words for trouble in self._troubles[:MOST_TROUBLES_NAMED]))
        open_demand = [row for each in found for row in each.schedule.unmet]
        if open_demand:
            named = {(each.file, each.row) for each in self._conflicts}
            asking = asked_for(self._problem.program, found[0].schedule.unmet)
            self._conflicts += [each for each in asking if (each.file, each.row) not in named]
        out = ways_out(self._standing, open_demand, self._conflicts)
        self._tell("done", 1.0)
        return Repaired(
            status,
            found,
            words,
            tuple(self._conflicts) if not found or open_demand else (),
            out,
            self._stop.seconds,
            self._stop.cancelled,
            self._notice,
        )

    def _dates(self) -> tuple[int, int]:
        problem, calendar = self._problem, self._calendar
        first = 0 if problem.from_date is None else calendar.day_of_date(problem.from_date)
        last = calendar.days - 1 if problem.to_date is None else calendar.day_of_date(problem.to_date)
        first, last = max(first, 0), min(last, calendar.days - 1)
        if first > last:
            raise NothingMayMoveError("The range of a repair holds no date of the year.")
        return first, last

    def _tell(self, phase: str, fraction: float) -> None:
        self._progress(Progress(self._stop.seconds, phase, fraction))
