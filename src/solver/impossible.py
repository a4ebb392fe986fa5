"""What nobody can do within the packs' rules, whoever else is there: found before any search, and proved.

First what history breaks by itself (`before_the_year`), then what a year asks for.
A rotation that must be staffed, or a call that must be taken, is tried by one resident alone, with nothing
before and after it and every other call theirs to take or leave. Where even that breaks a rule, no schedule
keeps it. Rules averaged over windows that other blocks bear on are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from src.interchange.model import Call, CallPin, Clinic, Person, PersonKind
from src.interchange.schedule import Conflict, Scope
from src.solver.before_the_year import broken_before
from src.solver.beside_that import told_beside
from src.solver.daily.assemble import assemble
from src.solver.daily.facts import ProgramFacts
from src.solver.daily.grounds import BY_ROTATION
from src.solver.daily.subsolve import Effort, Found, Part, State
from src.solver.daily.trial import without_demands
from src.solver.limit_rows import LimitRow, common_rule, said
from src.solver.plan import YearPlan
from src.solver.problem import Limits, Problem
from src.solver.stop import Stop
from src.solver.year.clash_rows import Key
from src.solver.year.model import Side
from src.solver.year.ways_out import sentence_of

SECONDS = 12.0
SECONDS_MORE = 4.0
"""For all trials together, and for more of them once something was found."""
SECONDS_A_TRIAL = 2.0
TWO_DAYS = 2 * 24 * 60
STEP = 30
"""Minutes by which a call and its hand-over are tried shorter."""
MOST_BLAMED = 3
"""Rotations of which it is said which rules stand in the way."""
NO_RULES = Limits(keeps=frozenset(), advises=frozenset())
OF_ONE_DUTY = frozenset(
    {
        "continuous_duty",
        "day_length",
        "ed_shift_length",
        "leave_after_call",
        "on_call_length",
        "shift_length",
        "work_day_with_call",
    }
)
"""Kinds that a vacation week on other dates cannot ease."""
OF_THE_NIGHT = frozenset({"rest_in_each_day"})
"""Kinds that look no further than the date after: nobody is away then whose call reaches into it."""


@dataclass(frozen=True, slots=True)
class Impossible:
    """Rows and rules that cannot hold together, and what would help; a notice of what else is impossible."""

    conflicts: tuple[Conflict, ...]
    way_out: tuple[str, ...]
    notice: str | None = None


@dataclass(frozen=True, slots=True)
class _Life:
    """Those who are alike for a trial: eligible for the same, with the same clinics."""

    person: Person
    clinics: tuple[Clinic, ...]


@dataclass(frozen=True, slots=True)
class _Trial:
    """One resident alone on a rotation in an academic block, a call of theirs taken on a date or not."""

    life: _Life
    rotation: str
    block: int
    call: tuple[str, date] | None = None
    is_spared: bool = False
    """Whether the resident may be away around it, so that only rules of the one duty say anything."""


def impossible_demands(problem: Problem, stop: Stop) -> Impossible | None:
    """What must be done and nobody can do, or was done before and breaks a rule; None where none was found.

    Only whole years are looked at, for demands only where packs ask for more than the common requirements.
    """
    whole = not problem.blocks or len(problem.blocks) == len(problem.program.blocks)
    if not whole or problem.scope is not Scope.BOTH:
        return None
    before = [
        Impossible(broken.conflicts(problem.program), broken.ways_out) for broken in broken_before(problem)
    ]
    claims: list[Impossible] = []
    if problem.limits.rows and not problem.allow_unmet:
        claims = _Search(problem, stop).claims()
    return _told([*claims, *before])


def _told(claims: Sequence[Impossible]) -> Impossible | None:
    """The first clash; of the others, only that they are there: each asks for a change of its own."""
    if not claims:
        return None
    first, *others = claims
    return replace(first, notice=told_beside(first.conflicts, [other.conflicts[0] for other in others]))


class _Search:
    def __init__(self, problem: Problem, stop: Stop) -> None:
        self._problem = problem
        self._program = problem.program
        self._stop = stop
        self._facts = ProgramFacts(problem.program)
        self._known: dict[_Trial, bool] = {}
        self._claims: list[Impossible] = []
        """Each a clash of its own; its first row is the one that asks."""
        self._until = stop.seconds + SECONDS

    def claims(self) -> list[Impossible]:
        """Try every rotation with a minimum, every required one, and every call that somebody must take."""
        for call in self._program.calls:
            for day in self._dates_of(call) if call.min > 0 else ():
                where = f"{call.id} needs {call.min} on {self._facts.calendar.date(day)}"
                if self._claim("calls.csv", call.row, where, call.min, self._on_call(call, day)):
                    break
        for coverage in self._program.coverage:
            if coverage.min > 0:
                block = (coverage.blocks or (self._program.academic_blocks[0].number,))[0]
                where = f"{coverage.rotation} needs {coverage.min} in block {block}"
                trials = self._on_rotation(coverage.rotation, coverage.pgys, (block,))
                self._claim("coverage.csv", coverage.row, where, coverage.min, trials)
        for row in self._program.requirements:
            if row.min_blocks > 0:
                blocks = tuple(block.number for block in self._program.academic_blocks)
                first, last = row.first_block or blocks[0], row.last_block or blocks[-1]
                trials = self._on_rotation(row.rotation, row.pgys, blocks[first - 1 : last], row.track)
                where = f"{row.rotation} is required of {len(trials)}"
                self._claim("requirements.csv", row.row, where, len(trials), trials)
        return self._claims

    def _dates_of(self, call: Call) -> list[int]:
        """A date of the call, best with a week of the year around it, and those on which clocks change.

        There the call ends an hour later or sooner by the clock, which some rules go by. First dates of
        blocks are left out: what a call of the block before takes away there is not known.
        """
        calendar = self._facts.calendar
        days = [day for day in range(calendar.days) if self._facts.holds(call, day)]
        inner = [day for day in days if 7 <= day < calendar.days - 7]
        begins = {dates[0] for dates in calendar.days_of_block.values()}
        uneven = [
            day
            for day in days
            if day not in begins and calendar.midnight(day + 2) - calendar.midnight(day) != TWO_DAYS
        ]
        return list(dict.fromkeys([*(inner or days)[:1], *uneven]))

    def _on_rotation(
        self, rotation: str, pgys: Sequence[int], blocks: Sequence[int], track: str | None = None
    ) -> list[list[_Trial]]:
        """By resident: the ways there are for them to do it."""
        names = self._program.expand(rotation)
        return [
            [
                _Trial(self._life(person, name), name, block, None, self._may_be_away(person))
                for block in blocks
                for name in names
            ]
            for person in self._program.residents
            if _takes(pgys, person) and track in {None, person.track}
        ]

    def _on_call(self, call: Call, day: int) -> list[list[_Trial]]:
        block, on = self._facts.calendar.block_of[day], self._facts.calendar.date(day)
        rotations = sorted(self._facts.call_rotations[call.id])
        return [
            [
                _Trial(self._life(person, name), name, block, (call.id, on), self._may_be_away(person))
                for name in rotations
            ]
            for person in self._program.residents
            if _takes(call.pgys, person)
        ]

    def _life(self, person: Person, rotation: str) -> _Life:
        """The resident as a trial sees them: PGY and clinics, where the rotation has clinic."""
        clinics: tuple[Clinic, ...] = ()
        if self._program.rotation_by_id[rotation].clinic:
            own = (row for row in self._program.clinics if row.person == person.id)
            clinics = tuple(replace(row, person="~", row=0) for row in own)
        return _Life(Person("~", "~", PersonKind.RESIDENT, person.pgy), clinics)

    def _claim(
        self, file: str, row: int, where: str, needed: int, trials: Sequence[Sequence[_Trial]]
    ) -> bool:
        """Keep it as a conflict where fewer than are needed can do it alone; whether it was kept."""
        able = 0
        failed: list[_Trial] = []
        for mine in trials:
            if self._stop.reached or self._stop.seconds > self._until:
                return False
            if any(self._is_possible(trial) for trial in mine):
                able += 1
            else:
                failed += mine
            if able >= needed:
                return False
        rules = self._blamed_of(failed)
        if not rules:
            return False  # no rule stands in the way: the rows themselves do, and others say so
        self._until = min(self._until, self._stop.seconds + SECONDS_MORE)
        named = ", ".join(dict.fromkeys(rule.rule for rule in rules))
        who = "nobody" if not able else f"at most {able}"
        asks = Conflict(file, row, f"{where}, and {who} can keep {named} doing it.")
        of_rules = (Conflict("program.toml", None, f"rule_packs: {said(rule)}") for rule in rules)
        overrides = (f"Set {rule.rule} otherwise, with a reason (rule_overrides.csv)." for rule in rules)
        shorter = (*self._sooner_handed_over(failed), *self._shorter(failed))
        ways = (*self._less_of(file, row, needed - able), *shorter, *overrides)
        self._claims.append(Impossible((asks, *dict.fromkeys(of_rules)), tuple(dict.fromkeys(ways))))
        return True

    def _less_of(self, file: str, row: int, lacking: int) -> tuple[str, ...]:
        """The minimum lowered to what can be done; of a requirement, to nothing."""
        due = (each.min_blocks for each in self._program.requirements if each.row == row)
        by = next(due, 0) if file == "requirements.csv" else lacking
        return (sentence_of(self._program, {(Key(file, row), Side.LEAST): by}),)

    def _sooner_handed_over(self, failed: Sequence[_Trial]) -> tuple[str, ...]:
        """The call with the longest hand-over after which somebody could take it; none where none helps."""
        call, trials = self._call_of(failed)
        if call is None or not call.handover_minutes:
            return ()
        now = call.handover_minutes
        left = self._most(trials, range(0, now, STEP), lambda most: replace(call, handover_minutes=most))
        if left is None:
            return ()
        before = f"instead of {now / 60:g} h (calls.csv row {call.row})"
        return (f"Hand {call.id} over in {left / 60:g} h {before}.",)

    def _shorter(self, failed: Sequence[_Trial]) -> tuple[str, ...]:
        """The call at the greatest length that somebody could take; none where no length helps."""
        call, trials = self._call_of(failed)
        if call is None:
            return ()
        left = self._most(trials, range(STEP, call.minutes, STEP), lambda most: replace(call, minutes=most))
        if left is None:
            return ()
        by = call.minutes - left
        return (f"Shorten {call.id} by {by / 60:g} h, to {left / 60:g} h (calls.csv row {call.row}).",)

    def _call_of(self, failed: Sequence[_Trial]) -> tuple[Call | None, list[_Trial]]:
        """The call that was tried, with one trial of each rotation that rules alone stand against."""
        trials = self._one_of_each(failed)
        taken = trials[0].call if trials else None
        return (self._program.call_by_id[taken[0]] if taken else None), trials

    def _most(self, trials: Sequence[_Trial], lengths: range, call_of: Callable[[int], Call]) -> int | None:
        """The greatest of the lengths with which somebody could take the call; None where none helps."""
        fitting, too_long = -1, len(lengths)
        while too_long - fitting > 1:
            middle = (fitting + too_long) // 2
            call = call_of(lengths[middle])
            if any(self._holds(trial, self._rules_for(trial), call) for trial in trials):
                fitting = middle
            else:
                too_long = middle
        return None if fitting < 0 or self._stop.reached else lengths[fitting]

    def _blamed_of(self, failed: Sequence[_Trial]) -> tuple[LimitRow, ...]:
        """The fewest rules in the way on the rotations where nothing else is, by one trial of each."""
        tried = self._one_of_each(failed)[:MOST_BLAMED]
        found = list(dict.fromkeys(rule for trial in tried for rule in self._blamed(trial)))
        for rule in list(found):
            fewer = [other for other in found if other is not rule]
            if fewer and not any(self._holds(trial, _only(self._rules_for(trial), fewer)) for trial in tried):
                found = fewer
        return tuple(found)

    def _one_of_each(self, failed: Sequence[_Trial]) -> list[_Trial]:
        """One trial of each rotation that rules alone stand against."""
        first_of = {trial.rotation: trial for trial in reversed(failed)}
        return [trial for trial in first_of.values() if self._holds(trial, NO_RULES)]

    def _may_be_away(self, person: Person) -> bool:
        """Whether absence, late start or early end may spare the resident what others cannot do."""
        first, last = self._program.year_start_date, self._program.year_end_date
        absent = any(absence.person == person.id for absence in self._program.absences)
        return absent or not (person.is_there(first) and person.is_there(last))

    def _is_possible(self, trial: _Trial) -> bool:
        """Whether the trial cannot be ruled out; clinics are looked at only where it fails without them."""
        if trial.is_spared and trial.call is None:
            return True
        bare = replace(trial, life=replace(trial.life, clinics=()))
        return any(self._try(each) for each in dict.fromkeys((bare, trial)))

    def _try(self, trial: _Trial) -> bool:
        known = self._known.get(trial)
        if known is None:
            known = self._known[trial] = self._holds(trial, self._rules_for(trial))
        return known

    def _rules_for(self, trial: _Trial) -> Limits:
        """The rules that vacation and the blocks around cannot ease."""
        limits = self._problem.limits
        rotation = self._program.rotation_by_id[trial.rotation]
        if rotation.vacation_weeks_max > 0 or trial.is_spared:
            rows = tuple(row for row in limits.rows if row.kind in OF_ONE_DUTY)
            rows += tuple(self._rules_of_the_night(trial))
            return replace(limits, keeps=limits.keeps & OF_ONE_DUTY, rows=rows)
        rows = tuple(row for row in limits.rows if row.kind not in BY_ROTATION and row.rotations is None)
        return replace(limits, keeps=limits.keeps - BY_ROTATION, rows=rows)

    def _rules_of_the_night(self, trial: _Trial) -> Iterator[LimitRow]:
        """Rules on the date of a call that reaches into the next, and on that: no leave touches either."""
        if trial.call is None:
            return
        name, on = trial.call
        day = self._facts.calendar.day_of_date(on)
        if self._facts.call_duty(self._program.call_by_id[name], day).end_day == day:
            return
        for row in self._problem.limits.rows:
            begun = row.first_date is None or row.first_date <= on
            if row.kind in OF_THE_NIGHT and begun and (row.last_date is None or on <= row.last_date):
                yield replace(row, first_date=on, last_date=on)

    def _holds(self, trial: _Trial, limits: Limits, instead: Call | None = None) -> bool:
        """Whether the resident can do it alone; a search that does not end counts as yes.

        `instead` stands for the call of its id.
        """
        calls = {call.id: call for call in (*self._program.calls, *([instead] if instead else []))}
        pins = () if trial.call is None else (CallPin("~", trial.call[1], trial.call[0], row=0),)
        program = replace(
            without_demands(self._program, (trial.life.person,)),
            clinics=trial.life.clinics,
            calls=tuple(replace(call, min=0, max=None) for call in calls.values()),
            call_pins=pins,
        )
        plan = YearPlan(MappingProxyType({("~", trial.block): trial.rotation}))
        model = assemble(Problem(program, limits), plan, (trial.block,), ()).model
        if model.broken:
            return False
        state = State(model)
        part = Part(state, [variable for variable in range(model.size) if state.is_open(variable)])
        return part.solve(Effort(SECONDS_A_TRIAL, 1, 1), self._stop).found is not Found.NONE_EXISTS

    def _blamed(self, trial: _Trial) -> tuple[LimitRow, ...]:
        """The fewest rules that leave the trial impossible."""
        limits = self._rules_for(trial)
        needed: list[LimitRow] = []
        rules = [*limits.rows, *(common_rule(kind, limits.common) for kind in sorted(limits.keeps))]
        for rule in list(rules):
            fewer = [other for other in rules if other is not rule]
            if self._holds(trial, _only(limits, fewer)):
                needed.append(rule)
            else:
                rules = fewer
        return tuple(needed)


def _takes(pgys: Sequence[int], person: Person) -> bool:
    return not pgys or person.pgy in pgys


def _only(limits: Limits, rules: Sequence[LimitRow]) -> Limits:
    keeps = frozenset(rule.kind for rule in rules if rule not in limits.rows)
    return replace(limits, keeps=keeps, rows=tuple(rule for rule in rules if rule in limits.rows))
