"""Random small programs against every schedule there is, both layers at once, by counts made here."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from src.cli import app
from src.compliance.check import CheckReport, check
from src.interchange.model import Coverage, Program, RotationPin
from src.interchange.reader import read_program_files
from src.interchange.schedule import ResultFile, Scope, SolveStatus
from src.interchange.schedule_files import write_schedule_folder
from src.interchange.writer import program_files, write_program_folder
from src.planning.generation.solve_program import SolveOptions, solve_program
from src.planning.limits import limits_of
from src.solver.engine import solve
from src.solver.precheck import find_shortages
from src.solver.problem import Problem, Progress
from src.solver.result import Result
from src.solver.stop import Stop
from tests.solver.honest.every import Every
from tests.solver.honest.programs import random_program
from tests.solver.honest.recount import Recount
from tests.solver.world import assert_keeps_to, silent

SEEDS = (
    *(1, 2, 12, 14, 16, 17, 21, 27, 31, 35, 36, 42, 49, 50, 55, 63, 76, 79, 80, 83, 86, 87, 91, 99, 105),
    *(4, 22, 32, 67, 72, 84, 97),  # those there are schedules of, and those there are none of
)
KNOWN = (43, 1069, 1087, 1135, 1155, 1163, 2134)
"""Programs whose answer was wrong once, or none."""


def made(seed: int) -> Program:
    """The program of a seed, as it is read from its folder."""
    dice = random.Random(seed)  # noqa: S311 - a test's programs, no secret
    program = read_program_files(program_files(random_program(dice))).program
    assert program is not None, "reading refuses what was drawn"
    return program


def solved(program: Program, **options: object) -> Result:
    given = {"workers": 1, "deterministic_limit": 3.0, **options}
    problem = Problem(program, limits=limits_of(program), **given)  # type: ignore[arg-type]
    return solve(problem, Stop(60.0), silent)


def judged(program: Program, result: Result) -> CheckReport:
    assert result.schedule is not None
    blocks = tuple(block.number for block in program.academic_blocks)
    file = ResultFile(result.status, Scope.BOTH, blocks, result.tiers, score_terms=dict(result.score_terms))
    return check(program, replace(result.schedule, result=file))


@pytest.mark.parametrize("seed", [*SEEDS, *KNOWN])
def test_what_is_answered_is_what_trying_everything_says(seed: int) -> None:
    """Every fourth seed may leave demand open."""
    program, allow_unmet = made(seed), seed % 4 == 3
    scores = Every(program, allow_unmet).scores
    result = solved(program, allow_unmet=allow_unmet)
    if not scores:
        assert result.status is SolveStatus.INFEASIBLE
        assert result.schedule is None
        assert result.conflicts
        return
    assert allow_unmet or find_shortages(program) == (), "counting proves what is not so"
    assert result.status in (SolveStatus.OPTIMAL, SolveStatus.FEASIBLE), result.conflicts
    assert_counts(program, result)
    assert_no_better_than(scores, result)
    if may_be_proved(program, allow_unmet=allow_unmet):
        assert result.status is SolveStatus.OPTIMAL


def may_be_proved(program: Program, *, allow_unmet: bool) -> bool:
    """Not where open demand costs nothing, nor where findings are wished for."""
    terms = [pair for tier in program.objective for pair in tier.weights]
    wishes_for_findings = any(term == "advisories" and weight < 0 for term, weight in terms)
    return not wishes_for_findings and (not allow_unmet or any(term == "unmet_staffing" for term, _ in terms))


def assert_counts(program: Program, result: Result) -> None:
    """The judge finds nothing, and every term and tier is what is counted here."""
    report = judged(program, result)
    assert not report.broken, "\n".join(one.message for one in report.broken)
    assert result.schedule is not None
    told = Recount(program, result.schedule, report.soft)
    assert told.tiers() == tuple(tier.objective for tier in result.tiers)
    counted = {term: told.count(term) for term in result.score_terms if term != "vacation_rank"}
    assert counted == {term: result.score_terms[term] for term in counted}


def assert_no_better_than(scores: Iterable[tuple[Decimal, ...]], result: Result) -> None:
    """Never better than the best, called optimal only at it, and no schedule beyond its bounds."""
    every = list(scores)
    reached = tuple(tier.objective for tier in result.tiers)
    assert reached in every
    assert result.status is SolveStatus.FEASIBLE or reached == max(every)
    for score in every:
        assert_keeps_to(score, result.tiers)


@pytest.mark.parametrize("seed", [42, 94, 105])
def test_equal_seeds_give_equal_answers(seed: int) -> None:
    program = made(seed)
    one, other = solved(program), solved(program)
    assert (one.schedule, one.tiers, one.status) == (other.schedule, other.tiers, other.status)
    assert dict(one.score_terms) == dict(other.score_terms)


@pytest.mark.parametrize("seed", [42, 94, 105])
@pytest.mark.parametrize("steps", [0, 2, 4])
def test_a_cancel_at_any_step_leaves_what_is_checked_or_nothing(seed: int, steps: int) -> None:
    """All these programs have a schedule: a run that was ended may not say that there is none."""
    program, stop, seen = made(seed), Stop(60.0), [0]

    def count(_: Progress) -> None:
        seen[0] += 1
        if seen[0] > steps:
            stop.cancel()

    problem = Problem(program, limits=limits_of(program), workers=1, deterministic_limit=3.0)
    result = solve(problem, stop, count)
    if result.schedule is None:
        assert result.status is SolveStatus.UNKNOWN
        return
    assert_counts(program, result)
    assert all(tier.bound is None or tier.bound >= tier.objective for tier in result.tiers)


@pytest.mark.parametrize("seed", [21, 42, 105])
def test_what_is_written_is_what_rounds_check_finds_right(seed: int, tmp_path: Path) -> None:
    """Both folders are written, and judged by the command, figures and findings included."""
    program = made(seed)
    found = solve_program(program, SolveOptions(workers=1, deterministic_limit=3.0), Stop(60.0), silent)
    assert found.schedule is not None
    write_program_folder(program, tmp_path / "program")
    write_schedule_folder(found.schedule, tmp_path / "schedule", program.zone)
    asked = ["check", str(tmp_path / "program"), str(tmp_path / "schedule")]
    told = CliRunner().invoke(app, asked)
    assert told.exit_code == 0, told.output


@pytest.mark.parametrize("seed", [2, 42, 105])
def test_one_more_rule_never_improves(seed: int) -> None:
    """Whatever rotation or call is pinned, or closed to everyone: never beyond the bounds without it."""
    program = made(seed)
    free = solved(program)
    possible = 0
    for stricter in with_one_more_rule(program):
        found = solved(stricter)
        if found.schedule is None:
            assert found.status is SolveStatus.INFEASIBLE
            continue
        possible += 1
        reached = tuple(tier.objective for tier in found.tiers)
        assert_keeps_to(reached, free.tiers)
        assert free.status is not SolveStatus.OPTIMAL or reached <= tuple(t.objective for t in free.tiers)
    assert possible


def with_one_more_rule(program: Program) -> Iterator[Program]:
    for person in program.residents[:1]:
        for rotation in program.rotations:
            pin = RotationPin(person.id, 1, rotation.id, row=20)
            if all((each.person, each.block) != (person.id, 1) for each in program.rotation_pins):
                yield replace(program, rotation_pins=(*program.rotation_pins, pin))
    first = program.rotations[0].id
    yield replace(program, coverage=(*program.coverage, Coverage(first, (), (), 0, 0, row=20)))
    yield replace(program, calls=tuple(replace(call, max=max(1, call.min)) for call in program.calls))
