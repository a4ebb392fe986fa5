"""Where a number of a rule begins to bind: the model and the judge agree on both sides, to the minute.

A life of one resident is drawn, and the number of one rule, the others being off, is moved until the judge's
word on it changes. A limit a minute too strict would call legal programs impossible, and no judge would see.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, time
from functools import cached_property

import pytest

from src.compliance.packs.chosen import load_named
from src.interchange.model import DutyType, PostCall, Program, RuleOverride, Session, Staffing, Template
from src.planning.limits import limits_of
from src.solver.daily.assemble import assemble
from src.solver.daily.subsolve import Effort, Found, Part, State
from src.solver.problem import Problem
from src.solver.stop import Stop
from tests.compliance.structure.world import NF, WARD, A, call, small_program
from tests.solver.daily.limit_programs import Compared, Life, random_plan, random_program
from tests.solver.world import plan_of

ALWAYS = (date(2020, 1, 1), date(2030, 12, 31))
MOST = 2**14

EDGES = (
    ("uk-2016", "UK-48", "weekly_minutes", "2 0", 1499),
    ("acgme-cpr-2023", "US-CALL3", "*call_every_days", "2 2", 9),
    ("acgme-im", "IM-NOAVG", "least_days", "2 0", 1),
    ("uk-2019", "UK-OCC", "least_days", "2 0", 2),
    ("ca-sk", "CA-SK", "every", "1 0", 4),
    ("ca-bc", "CA-BC-IH", "days_11_to_14", "2 3", 4),
    ("ca-bc", "CA-BC-IH", "days_30_to_34", "1 1", 7),
    ("ca-qc", "CA-QC-CALLS", "most", "2 0", 3),
    ("ca-bc", "CA-BC-ROW", "most", "1 0", 3),
    ("ca-on-paro", "CA-ON-BL", "home_call_weight", "2 0", 1),
    ("acgme-cpr-2023", "US-CONT24", "*continuous_minutes", "2 0", 329),
    ("nz-rmo", "NZ-ED-10", "minutes", "2 0", 629),
    ("uk-2016", "UK-7", "most", "2 0", 10),
    ("acgme-em", "EM-EQ", "percent_of_shift", "1 0", 83),
    ("acgme-em", "EM-12", "most_minutes", "2 1", 599),
    ("acgme-em", "EM-60", "weekly_minutes", "1 0", 539),
    ("acgme-em", "EM-72", "weekly_minutes", "1 4", 4199),
    ("acgme-cpr-2023", "US-FREE7", "*free_period_every_days", "1 0", 2),
    ("acgme-cpr-2023", "US-FREE7", "*free_period_minutes", "2 1", 2160),
    ("us-ny-405", "NY-FREE", "week_start", "1 4", 8),
    ("ca-qc", "CA-QC-WE", "friday_from_minute", "2 6", 1379),
    ("nz-rmo", "NZ-72", "days", "1 0", 9),
    ("ca-mar", "CA-MAR", "minutes", "1 0", 10499),
    ("uk-2019", "UK-72", "period_minutes", "2 0", 11940),
    ("uk-2019", "UK-LATE", "long_minutes", "1 0", 599),
    ("uk-2019", "UK-LATE", "most", "1 1", 4),
    ("ca-bc", "CA-BC-OUT", "handover_minutes", "2 4", 299),
    ("uk-2019", "UK-LONG", "most", "2 1", 5),
    ("nz-rmo", "NZ-4N", "most", "1 0", 13),
    ("uk-2019", "UK-OC24", "minutes", "2 4", 1439),
    ("uk-2019", "UK-46", "least_nights", "1 0", 3),
    ("au-nsw", "AU-NSW-10", "minutes", "2 0", 840),
    ("eu-wtd", "EU-11", "minutes", "1 0", 240),
    ("eu-wtd", "EU-35", "days", "2 0", 7),
    ("eu-wtd", "EU-35", "first_weekday", "2 1", 8),
    ("eu-wtd", "EU-35", "rest_minutes", "2 0", 2160),
    ("ca-bc", "CA-BC-FREE", "rests", "1 0", 7),
    ("ca-qc", "CA-QC-DAY", "minutes", "1 0", 599),
    ("uk-2019", "UK-WE", "one_in", "1 0", 1),
    ("ca-mar", "CA-MAR-WE2", "most", "1 0", 1),
    ("acgme-cpr-2023", "US-80", "*weekly_minutes", "2 0", 4319),
    ("ca-sk", "CA-SK-24", "handover_minutes", "2 0", 59),
    ("ca-on-paro", "CA-ON-24", "minutes", "2 0", 1739),
    ("ca-mar", "CA-MAR-WE", "most", "1 0", 1),
    ("us-ny-405", "NY-80", "*weekly_minutes", "2 0", 3119),
    ("us-ny-405", "NY-8", "*min_rest_minutes", "2 0", 60),
    ("us-ny-405", "NY-FREE", "*free_period_minutes", "1 0", 2220),
)
"""Pack, rule, its number (`*`: of the pack), what is drawn, and the value from which on the word changes."""


class Edge:
    """One life, and the judge's word on it by the value of one number."""

    def __init__(self, pack: str, rule: str, number: str, drawn: str) -> None:
        self._pack, self._rule, self._number = pack, rule, number
        dice = random.Random(f"{rule} {number} {drawn}")  # noqa: S311 - chance, not secrecy
        self._plain = random_program(dice, pack)
        self._plan = random_plan(dice, self._plain)
        self._dice = dice
        self._compared: dict[int, Compared] = {}
        self._broken: dict[int, bool] = {}

    @cached_property
    def life(self) -> Life:
        return Compared(self._plain, self._plan).life(self._dice)

    def program(self, value: int) -> Program:
        """The rule alone, with the number."""
        others = (
            (rule.id, "enabled", False)
            for rule in load_named(self._pack).rules
            if rule.enabled and rule.id != self._rule
        )
        number = (None if self._number.startswith("*") else self._rule, self._number.lstrip("*"), value)
        changes = (*others, number, (self._rule, "enabled", True))
        overrides = tuple(
            RuleOverride(self._pack, rule, name, to, "tried out", "DIO", *ALWAYS, row=row)
            for row, (rule, name, to) in enumerate(changes, start=2)
        )
        return replace(self._plain, rule_overrides=overrides)

    def compared(self, value: int) -> Compared:
        if value not in self._compared:
            self._compared[value] = Compared(self.program(value), self._plan)
        return self._compared[value]

    def is_broken(self, value: int) -> bool:
        if value not in self._broken:
            self._broken[value] = bool(self.compared(value).hard_rules(self.life))
        return self._broken[value]

    def found_near(self, value: int) -> int:
        """The last value before the judge's word changes; looked for anew where it is not where it was."""
        if self.is_broken(value) is not self.is_broken(value + 1):
            return value
        low, high = 1, MOST
        first = self.is_broken(low)
        assert first is not self.is_broken(high), "the number never binds"
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.is_broken(middle) is first else (low, middle)
        return low


@pytest.mark.parametrize(("pack", "rule", "number", "drawn", "last"), EDGES)
def test_model_and_judge_agree_on_both_sides_of_the_edge(
    pack: str, rule: str, number: str, drawn: str, last: int
) -> None:
    edge = Edge(pack, rule, number, drawn)
    found = edge.found_near(last)
    for value in (found, found + 1):
        compared = edge.compared(value)
        assert compared.is_allowed(edge.life) is not edge.is_broken(value)


def test_a_shift_is_long_only_with_all_that_makes_it_long() -> None:
    """Five mornings of eight hours that somebody must work, each of which an evening call may lengthen."""
    mornings = Template("WARD", (0, 1, 2, 3, 4), Session.AM, time(8), 480, DutyType.CLINICAL, may_be_off=True)
    program = small_program(
        people=(A,),
        rotations=(WARD, NF),
        rule_packs=("uk-2019",),
        templates=(mornings,),
        staffing=(Staffing("WARD", (0, 1, 2, 3, 4), Session.AM, (), 1, None),),
        calls=(call(start=time(16), minutes=300, weekdays=(), min=0, max=1, post_call=PostCall.NONE),),
    )
    assert has_days(program)


def test_jeopardy_on_every_date_takes_no_free_day() -> None:
    """NY-FREE: it is no duty until activated."""
    daily = call(duty_type=DutyType.JEOPARDY, weekdays=(), start=time(7), minutes=1440, min=1, max=1)
    program = small_program(people=(A,), rotations=(WARD, NF), rule_packs=("us-ny-405",), calls=(daily,))
    assert has_days(program)
    at_home = replace(daily, duty_type=DutyType.HOME_CALL_AVAILABILITY)
    assert not has_days(replace(program, calls=(at_home,)))


def has_days(program: Program) -> bool:
    """Whether the days of A on the ward all year have a roster."""
    daily = assemble(Problem(program, limits_of(program)), plan_of(A=("WARD", "WARD")), (), ())
    state = State(daily.model)
    part = Part(state, [each for each in range(daily.model.size) if state.is_open(each)])
    found = part.solve(Effort(10.0, 1, 1), Stop(10.0)).found
    assert found is not Found.NOTHING, "the search ended without an answer"
    return not daily.model.broken and found is not Found.NONE_EXISTS
