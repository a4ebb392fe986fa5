"""History that reaches into the year and breaks a rule there is told before any search, with its rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from src.compliance.check import check
from src.interchange.model import DutyType, HistoryInterval, Program, RuleOverride
from src.interchange.schedule import ResultFile, Schedule, Scope, SolveStatus
from src.planning.limits import limits_of
from src.solver.before_the_year import broken_before
from src.solver.engine import solve
from src.solver.impossible import Impossible, impossible_demands
from src.solver.problem import Problem
from src.solver.stop import Stop
from tests.compliance.structure.world import MONDAY
from tests.solver.test_impossible import LONG_CALL, hospital
from tests.solver.world import silent

EVE = datetime(MONDAY.year, MONDAY.month, MONDAY.day, 12, tzinfo=UTC) - timedelta(days=1)
"""07:00 in Chicago on the day before the year."""


def worked(begin: float, end: float, duty: DutyType, row: int, person: str = "A") -> HistoryInterval:
    """Hours counted from 07:00 on the day before the year."""
    return HistoryInterval(person, EVE + timedelta(hours=begin), EVE + timedelta(hours=end), duty, row=row)


CALL = worked(0, 24, DutyType.IN_HOUSE_CALL, 8)
THREE_HOURS = worked(24, 27, DutyType.TRANSITION, 9)
FOUR_HOURS = worked(24, 28, DutyType.TRANSITION, 9)
EARLIER = worked(-48, -40, DutyType.CLINICAL, 7)


def after(*history: HistoryInterval, packs: tuple[str, ...] = ("us-ny-405",), **changes: object) -> Program:
    return hospital(*packs, history=history, **changes)


def told(program: Program, **options: object) -> Impossible | None:
    return impossible_demands(Problem(program, limits_of(program), **options), Stop(30.0))  # type: ignore[arg-type]


def rules_broken(program: Program) -> list[str]:
    """What the judge finds in an empty schedule."""
    blocks = tuple(block.number for block in program.academic_blocks)
    empty = Schedule(result=ResultFile(SolveStatus.FEASIBLE, Scope.BOTH, blocks))
    return sorted({finding.rule for finding in check(program, empty).findings})


def test_a_stay_that_history_makes_too_long_is_told_with_its_rows_and_the_rule_of_the_pack() -> None:
    impossible = told(after(EARLIER, CALL, FOUR_HOURS))
    assert impossible is not None
    assert [(one.file, one.row) for one in impossible.conflicts] == [
        ("history.csv", 8),
        ("history.csv", 9),
        ("program.toml", None),
    ]
    assert impossible.conflicts[0].message == (
        "A has in house call from 2026-07-05 07:00 to 2026-07-06 07:00: NY-24 is broken by it."
    )
    assert impossible.conflicts[2].message == (
        "rule_packs: NY-24 (us-ny-405): Work lasts at most 24 consecutive hours; up to three more may serve"
        " the transition of care."
    )
    assert impossible.way_out == (
        "Correct history.csv row 9, if it was otherwise.",
        "Set NY-24 otherwise from the weeks before the year on, with a reason (rule_overrides.csv).",
    )


@pytest.mark.parametrize(
    ("history", "packs"),
    [
        ((CALL, THREE_HOURS), ("us-ny-405",)),
        ((CALL, FOUR_HOURS), ("acgme-cpr-2023",)),
        ((CALL,), ("us-ny-405",)),
        ((FOUR_HOURS,), ("us-ny-405",)),
        ((worked(-20, -4, DutyType.CLINICAL, 2), worked(-4, 16, DutyType.IN_HOUSE_CALL, 3)), ("us-ny-405",)),
        ((), ("us-ny-405",)),
        ((CALL, FOUR_HOURS), ()),
    ],
)
def test_what_history_keeps_or_broke_before_the_year_is_nothing(
    history: tuple[HistoryInterval, ...], packs: tuple[str, ...]
) -> None:
    program = after(*history, packs=packs)
    assert list(broken_before(Problem(program, limits_of(program)))) == []
    assert rules_broken(program) == []


@pytest.mark.parametrize(
    "pack", ["us-ny-405", "uk-2019", "nz-rmo", "au-nsw", "ca-mar", "ca-on-paro", "ca-qc"]
)
def test_the_judge_finds_as_much_in_an_empty_schedule(pack: str) -> None:
    program = after(CALL, FOUR_HOURS, packs=(pack,))
    (broken,) = broken_before(Problem(program, limits_of(program)))
    assert [row.row for row in broken.rows] == [8, 9]
    assert broken.rule.rule in rules_broken(program)


NIGHTS = tuple(
    worked(begin, begin + 8, DutyType.NIGHT_FLOAT, 2 + n) for n, begin in enumerate((-81, -57, -33))
)
EARLY = worked(-11, -9, DutyType.CLINICAL, 8)
ON_MONDAY = worked(20, 22, DutyType.CLINICAL, 9)
"""45 hours after the nights; 46 are to be rest."""


def test_rest_that_was_broken_before_the_year_is_not_broken_again_in_it() -> None:
    """After nights the next duty counts: where that was too early last year, what follows breaks nothing."""
    for history, expected in (((*NIGHTS, ON_MONDAY), True), ((*NIGHTS, EARLY, ON_MONDAY), False)):
        program = after(*history, packs=("uk-2016",))
        named = [one.rule.rule for one in broken_before(Problem(program, limits_of(program)))]
        assert ("UK-46" in named, "UK-46" in rules_broken(program)) == (expected, expected)


def test_each_resident_is_told_the_second_in_the_notice() -> None:
    hers = tuple(replace(row, person="B", row=row.row + 10) for row in (CALL, FOUR_HOURS))
    impossible = told(after(CALL, FOUR_HOURS, *hers))
    assert impossible is not None
    assert {one.row for one in impossible.conflicts} == {8, 9, None}
    assert impossible.notice is not None
    assert "history.csv:18: B has in house call" in impossible.notice


def test_what_the_year_asks_for_is_told_before_what_is_past() -> None:
    """A call that nobody can take goes first; history stands in the notice."""
    impossible = told(after(CALL, FOUR_HOURS, calls=(replace(LONG_CALL, minutes=28 * 60),)))
    assert impossible is not None
    assert [(one.file, one.row) for one in impossible.conflicts] == [
        ("calls.csv", 5),
        ("program.toml", None),
    ]
    assert impossible.notice is not None
    assert "history.csv:8" in impossible.notice


def test_a_hand_over_that_is_too_long_may_be_shortened_instead_of_the_call() -> None:
    """Of 24 hours and four more, New York lets three be hand-over; so it says, and so it is."""
    long = replace(LONG_CALL, minutes=24 * 60, handover_minutes=240)
    impossible = told(hospital("us-ny-405", calls=(long,)))
    assert impossible is not None
    assert impossible.conflicts[0].message.endswith("nobody can keep NY-24 doing it.")
    assert "Hand LONG over in 3 h instead of 4 h (calls.csv row 5)." in impossible.way_out
    assert told(hospital("us-ny-405", calls=(replace(long, handover_minutes=180),))) is None


def test_no_hand_over_is_named_where_none_would_help() -> None:
    long = replace(LONG_CALL, minutes=25 * 60, handover_minutes=60)
    impossible = told(hospital("us-ny-405", calls=(long,)))
    assert impossible is not None
    assert not any(way.startswith("Hand ") for way in impossible.way_out)


def test_an_agreement_for_the_year_and_the_weeks_before_lifts_it() -> None:
    longer = RuleOverride(
        "us-ny-405",
        None,
        "transition_minutes",
        240,
        "agreed",
        "DIO",
        MONDAY - timedelta(days=60),
        MONDAY + timedelta(days=60),
        row=2,
    )
    program = after(CALL, FOUR_HOURS, rule_overrides=(longer,))
    assert told(program) is None
    assert rules_broken(program) == []


def test_history_of_who_begins_later_is_nothing() -> None:
    program = after(CALL, FOUR_HOURS)
    later = tuple(
        replace(person, start_date=MONDAY + timedelta(days=1)) if person.id == "A" else person
        for person in program.people
    )
    assert told(program) is not None
    assert told(replace(program, people=later)) is None


@pytest.mark.parametrize("options", [{"blocks": (2,)}, {"scope": Scope.YEAR}])
def test_other_runs_than_those_of_a_whole_year_are_not_judged_by_history(options: dict[str, object]) -> None:
    assert told(after(CALL, FOUR_HOURS), **options) is None


def test_a_run_ends_with_it_even_where_demand_may_stay_open() -> None:
    program = after(CALL, FOUR_HOURS)
    problem = Problem(program, limits_of(program), allow_unmet=True, time_limit_seconds=20.0)
    result = solve(problem, Stop(20.0), silent)
    assert result.status is SolveStatus.INFEASIBLE
    assert [one.row for one in result.conflicts] == [8, 9, None]
