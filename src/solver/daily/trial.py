"""A few residents in an academic block or two, everything around unknown: is there a roster for them?

Nothing is asked but what a trial asks, and nothing is assumed of what lies outside its block. On the first
days a session may fall away, for a night or a call of the block before could have ended there. So where a
trial has no roster, no schedule has one in which residents like these are asked the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from src.interchange.model import Call, Person, PersonKind, Program, Staffing, Template
from src.solver import cpsat
from src.solver.daily.assemble import keep_duty_hours
from src.solver.daily.cover import Cover
from src.solver.daily.facts import Fixed, PersonYear, ProgramFacts
from src.solver.daily.limits import keep_rows
from src.solver.daily.linear import LinearModel
from src.solver.daily.objective import Objective
from src.solver.daily.presence import PersonDraft
from src.solver.daily.subsolve import Effort, Part, State, prepare
from src.solver.expand import fixed_of_all
from src.solver.plan import YearPlan
from src.solver.problem import Limits
from src.solver.stop import Stop

LINEAR_ALTOGETHER = 2
"""CP-SAT's level at which clauses too are part of its linear relaxation."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a trial asks of `people` residents on a rotation in an academic block.

    `calls` may be taken (those with a minimum must be), `templates` are the week's sessions, `staffing` asks
    for residents at work. On so many days as are `excused`, from the block's first, sessions may fall away.
    """

    block: int
    rotation: str
    people: int
    calls: tuple[Call, ...]
    templates: tuple[Template, ...]
    staffing: tuple[Staffing, ...]
    excused: int


def is_impossible(program: Program, asked: Asked, limits: Limits, effort: Effort, stop: Stop) -> bool:
    """Whether it was proved that no roster gives what is asked within the limits."""
    alone = _program_of(program, asked)
    plan = {(person.id, asked.block): asked.rotation for person in alone.residents}
    days = ProgramFacts(alone).calendar.days_of_block[asked.block]
    excused = {person.id: days[: asked.excused] for person in alone.residents}
    return proves_none(alone, YearPlan(MappingProxyType(plan)), days, excused, limits, effort, stop)


def proves_none(
    program: Program,
    plan: YearPlan,
    days: Sequence[int],
    excused: Mapping[str, Sequence[int]],
    limits: Limits,
    effort: Effort,
    stop: Stop,
) -> bool:
    """Whether it was proved that the program's residents have no roster on the days under the plan.

    `excused` are the days on which a resident's sessions may fall away. After the stop nothing is proved.
    """
    if _is_over(effort, stop):
        return False
    shared = ProgramFacts(program)
    solved = frozenset(days)
    fixed = fixed_of_all(program, shared, ())
    model = LinearModel()
    objective = Objective(program, model)
    drafts: list[PersonDraft] = []
    for index, person in enumerate(program.residents):
        year = PersonYear(shared, person, plan, solved, fixed.get(person.id, Fixed()), excused[person.id])
        drafts.append(PersonDraft(model, index, year, days))
    cover = Cover(model, shared, drafts, objective, allow_unmet=False)
    cover.staff_sessions(days)
    cover.staff_calls(days)
    cover.limit_clinics(days)
    for draft in drafts:
        keep_duty_hours(draft, limits, objective)
        keep_rows(draft, limits.rows)
    if model.broken:
        return True
    state = State(model)
    part = Part(state, [variable for variable in range(model.size) if state.is_open(variable)])
    return _is_refuted(part, effort, stop)


def _is_over(effort: Effort, stop: Stop) -> bool:
    return stop.cancelled or (effort.deterministic is None and stop.reached)


def _is_refuted(part: Part, effort: Effort, stop: Stop) -> bool:
    """Whether the part was shown to have no solution: with relaxations, which see what sums rule out."""
    from ortools.sat.python import cp_model

    if _is_over(effort, stop):
        return False
    solver = cp_model.CpSolver()
    prepare(solver, effort, stop, to_optimise=False)
    solver.parameters.linearization_level = LINEAR_ALTOGETHER
    return cpsat.run(solver, part.model, stop) == cp_model.INFEASIBLE


def without_demands(program: Program, people: tuple[Person, ...]) -> Program:
    """The program with those people alone, of whom nothing is known and, but for calls, nothing asked."""
    return replace(
        program,
        people=people,
        staffing=(),
        clinics=(),
        call_pins=(),
        rotation_pins=(),
        requests=(),
        absences=(),
        history=(),
        history_counts=(),
        objective=(),
    )


def _program_of(program: Program, asked: Asked) -> Program:
    bare = without_demands(program, tuple(_anybody(asked.people)))
    return replace(bare, calls=asked.calls, templates=asked.templates, staffing=asked.staffing)


def _anybody(count: int) -> Iterator[Person]:
    for number in range(count):
        yield Person(f"~{number}", "~", PersonKind.RESIDENT, None)
