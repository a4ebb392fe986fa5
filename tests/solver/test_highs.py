"""HiGHS behind one door."""

from __future__ import annotations

import highspy
import numpy as np
import pytest

from src.solver import highs


def program(*, most: float = 7.0) -> highspy.HighsLp:
    """Two columns of at most 5 that come to at most `most` together; the first one counts twice."""
    made = highspy.HighsLp()
    made.num_col_, made.num_row_ = 2, 1
    made.col_cost_ = np.array([-2.0, -1.0])
    made.col_lower_, made.col_upper_ = np.zeros(2), np.full(2, 5.0)
    made.row_lower_, made.row_upper_ = np.array([-highspy.kHighsInf]), np.array([most])
    made.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    made.a_matrix_.start_ = np.array([0, 2], np.int32)
    made.a_matrix_.index_ = np.array([0, 1], np.int32)
    made.a_matrix_.value_ = np.ones(2)
    return made


def test_a_program_is_solved() -> None:
    made = highs.solver(program())
    assert highs.run(made) == highspy.HighsModelStatus.kOptimal
    assert made.getInfo().objective_function_value == -12


def test_a_program_that_allows_nothing_is_no_error() -> None:
    assert highs.run(highs.solver(program(most=-1.0))) == highspy.HighsModelStatus.kInfeasible


def test_whoever_used_other_threads_before_is_in_nobodys_way() -> None:
    other = highspy.Highs()
    other.setOptionValue("output_flag", False)
    other.setOptionValue("threads", 2)
    other.passModel(program())
    highspy.Highs.resetGlobalScheduler(True)
    other.run()
    refused = highs.solver(program())
    assert refused.run() == highspy.HighsStatus.kError, "what this test is about does not happen any more"
    assert highs.run(highs.solver(program())) == highspy.HighsModelStatus.kOptimal


def test_an_option_that_is_not_known_is_told() -> None:
    with pytest.raises(ValueError, match="its option crossover_of_roads"):
        highs.solver(program(), ("crossover_of_roads", 1))


def test_a_program_that_does_not_fit_together_is_told() -> None:
    made = program()
    made.a_matrix_.index_ = np.array([0, 9], np.int32)
    with pytest.raises(ValueError, match="does not take the program"):
        highs.solver(made)


def test_a_run_that_cannot_be_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    made = highs.solver(program())
    monkeypatch.setattr(highs, "ERROR", highspy.HighsStatus.kOk)
    with pytest.raises(ArithmeticError, match="could not run"):
        highs.run(made)
