"""Random programs of one resident, and whether the model of their days allows what the judge allows.

A life is a choice of days off and calls. For each, the model is asked with every decision fixed, and the
judge with the rows that the decisions imply; neither sees what the other says.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from src.compliance.check import check
from src.interchange.model import (
    Absence,
    AbsenceStatus,
    Call,
    DutyType,
    HistoryInterval,
    PostCall,
    Program,
    Rotation,
    Session,
    Setting,
    Template,
)
from src.interchange.schedule import Schedule, Severity
from src.planning.limits import limits_of, unplanned
from src.solver.daily.assemble import assemble
from src.solver.daily.linear import LinearModel
from src.solver.daily.subsolve import Effort, Found, Part, State
from src.solver.plan import YearPlan
from src.solver.problem import Limits, Problem
from src.solver.stop import Stop
from tests.compliance.structure.world import A, call, small_program
from tests.solver.daily.limits_world import rows_of
from tests.solver.world import plan_of

AM, PM, NIGHT = Session.AM, Session.PM, Session.NIGHT
CLINICAL, NIGHT_FLOAT = DutyType.CLINICAL, DutyType.NIGHT_FLOAT
HOME = DutyType.HOME_CALL_AVAILABILITY
NO_LIMITS = Limits(keeps=frozenset(), advises=frozenset())
ROTATIONS = (
    Rotation("WARD", "Ward", Setting.INPATIENT, row=2),
    Rotation("ED", "Emergency", Setting.INPATIENT, row=3),
    Rotation("MICU", "Unit", Setting.INPATIENT, row=4),
    Rotation("NF", "Nights", Setting.NIGHT_FLOAT, row=5),
)
STARTS = (date(2026, 10, 12), date(2026, 7, 6), date(2027, 2, 22))
"""Mondays some days before the clocks change, and one far from it."""


def random_program(dice: random.Random, *packs: str, **changes: Any) -> Program:
    """Blocks of one to five weeks, with sessions, calls, leave and history at random."""
    start = dice.choice(STARTS) + timedelta(dice.randrange(7))
    zone = dice.choice(("America/Chicago", "Europe/London", "UTC"))
    program = small_program(
        time_zone=zone,
        year_start_date=start,
        blocks=tuple(dice.choice((7, 14, 14, 28, 31)) for _ in range(dice.choice((1, 2, 3)))),
        people=(A,),
        rotations=ROTATIONS,
        requirements=(),
        templates=tuple(_templates(dice)),
        calls=tuple(_calls(dice)),
        rule_packs=packs,
        **changes,
    )
    history = tuple(_history(dice, start, ZoneInfo(zone))) if dice.random() < 0.5 else ()
    return replace(program, absences=tuple(_absences(dice, program)), history=history)


def _templates(dice: random.Random) -> Iterator[Template]:
    for rotation in ROTATIONS:
        shared: dict[str, Any] = {
            "rotation": rotation.id,
            "weekdays": tuple(day for day in range(7) if dice.random() < 0.8) or (0,),
            "may_be_off": dice.random() < 0.9,
        }
        if rotation.id == "NF" or dice.random() < 0.15:
            begin, hours = time(dice.choice((18, 19, 20, 21, 22))), dice.choice((8, 9, 10, 12, 13))
            yield Template(session=NIGHT, start=begin, minutes=hours * 60, duty_type=NIGHT_FLOAT, **shared)
            continue
        begins, hours = dice.choice((6, 7, 8, 9)), dice.choice((3, 4, 5))
        yield Template(session=AM, start=time(begins), minutes=hours * 60, duty_type=CLINICAL, **shared)
        if dice.random() < 0.8:
            noon = time(begins + hours + dice.choice((0, 0, 1)))
            minutes = dice.choice((240, 300, 330, 420, 600))
            yield Template(session=PM, start=noon, minutes=minutes, duty_type=CLINICAL, **shared)


def _calls(dice: random.Random) -> Iterator[Call]:
    kinds: tuple[dict[str, Any], ...] = (
        {"start": time(18), "minutes": 13 * 60, "handover_minutes": dice.choice((0, 60, 120))},
        {"start": time(7), "minutes": 24 * 60, "handover_minutes": dice.choice((0, 60, 120, 180))},
        {"start": time(17), "minutes": dice.choice((6, 14, 16)) * 60},
        {"start": time(2), "minutes": 5 * 60},
        {"duty_type": HOME, "start": time(18), "minutes": 14 * 60},
        {"duty_type": HOME, "start": time(8), "minutes": dice.choice((12, 24, 25)) * 60},
    )
    for number, kind in enumerate(dice.sample(kinds, dice.choice((0, 1, 2, 3)))):
        weekdays = dice.choice(((), (5,), (5, 6), (4, 5, 6), (1, 3, 5)))
        post = dice.choice((PostCall.NONE, PostCall.OFF_AFTER, PostCall.DAY_OFF))
        yield call(f"C{number}", weekdays=weekdays, post_call=post, row=number + 2, **kind)


def _absences(dice: random.Random, program: Program) -> Iterator[Absence]:
    if dice.random() < 0.4:
        days = sum(program.blocks)
        first = dice.randrange(days)
        last = min(days - 1, first + dice.choice((0, 3, 6, 8)))
        dates = (program.year_start_date + timedelta(day) for day in (first, last))
        yield Absence("A", "loa", *dates, AbsenceStatus.APPROVED)


def _history(dice: random.Random, start: date, zone: ZoneInfo) -> Iterator[HistoryInterval]:
    for back in range(1, dice.choice((3, 9, 12))):
        if dice.random() < 0.75:
            clock = time(dice.choice((7, 8, 12)))
            begins = datetime.combine(start - timedelta(back), clock, zone).astimezone(UTC)
            ends = begins + timedelta(hours=dice.choice((6, 9, 11)))
            yield HistoryInterval("A", begins.astimezone(zone), ends.astimezone(zone), CLINICAL)


def random_plan(dice: random.Random, program: Program) -> YearPlan:
    return plan_of(A=tuple(dice.choice(("WARD", "WARD", "ED", "MICU", "NF")) for _ in program.blocks))


Life = Mapping[int, int]
"""The value of each decision of the model."""


class Compared:
    """One program's model beside the judge."""

    def __init__(self, program: Program, plan: YearPlan) -> None:
        self.program = program
        self.plan = plan
        self._free = assemble(Problem(program, NO_LIMITS), plan, (), ())
        self._limited = assemble(Problem(program, limits_of(program)), plan, (), ())
        self._untold = {one.rule for one in unplanned(program)}

    @property
    def is_possible(self) -> bool:
        """Whether there is any life at all, as far as no pack forbids it."""
        return not self._free.model.broken

    def life(self, dice: random.Random) -> Life:
        """Days off and calls as the dice have it, as far as no two exclude each other."""
        model = self._free.model
        off = {expr.terms[0][0] for draft in self._free.drafts for expr in draft.off.values()}
        rest, duty = dice.choice((0.02, 0.15, 0.3, 0.5, 0.8)), dice.choice((0.05, 0.2, 0.5, 0.8))
        part = Part(State(model), _open(State(model)))
        part.maximise(
            {each: 1 if dice.random() < (rest if each in off else duty) else -1 for each in _decisions(model)}
        )
        found = part.solve(Effort(10.0, 1, 1), Stop(10.0))
        assert found.found is Found.BEST
        return {each: found.values.get(each, 0) for each in _decisions(model)}

    def is_allowed(self, life: Life) -> bool:
        """Whether the model under the packs has a solution with these decisions."""
        model = self._limited.model
        state = State(model)
        state.take(dict(zip(_decisions(model), life.values(), strict=True)))
        if model.broken or state.breaks(range(model.size)):
            return False
        return Part(state, _open(state)).solve(Effort(10.0, 1, 1), Stop(10.0)).found is not Found.NONE_EXISTS

    def hard_rules(self, life: Life) -> list[str]:
        """The hard findings of rules that are planned by, on the rows the decisions imply."""
        state = State(self._free.model)
        state.take(life)
        rows = rows_of(self._free, state)
        report = check(self.program, Schedule(self.plan.year_rows(), self.plan.vacation_rows(), rows))
        return [
            f"{one.rule}: {one.message}"
            for one in report.findings
            if one.severity is Severity.HARD and one.rule not in self._untold
        ]


def _decisions(model: LinearModel) -> list[int]:
    return [each for each, decided in enumerate(model.is_decision) if decided]


def _open(state: State) -> list[int]:
    return [each for each in range(state.model.size) if state.is_open(each)]
