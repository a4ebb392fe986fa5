"""What the heartbeat hands on, and what the database's troubles mean to a run."""

from __future__ import annotations

import json
import time

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from src.planning.runs.heartbeat import Latest
from src.planning.runs.patience import passes, patiently
from src.solver.problem import Progress


class RefusedError(Exception):
    """What a driver raises."""

    def __init__(self, sqlstate: str | None) -> None:
        self.sqlstate = sqlstate


def refused(sqlstate: str | None) -> DBAPIError:
    return DBAPIError("SELECT 1", None, RefusedError(sqlstate))


def test_only_the_newest_step_is_handed_on_and_only_once() -> None:
    latest = Latest()
    assert latest.take() is None
    latest.put(Progress(1, "year plan", 0.1, "year", 1, 3.0, 4.0, 0.3))
    latest.put(Progress(2, "days and calls", 0.6, "daily", 2, 1.0))
    taken = latest.take()
    assert taken is not None
    assert (taken["phase"], taken["bound"]) == ("days and calls", None)
    assert taken["layers"]["year"] == {"tier": 1, "score": 3.0, "bound": 4.0, "gap": 0.3}
    assert latest.take() is None


def test_a_bound_that_nobody_knows_is_none_in_json() -> None:
    latest = Latest()
    latest.put(Progress(1, "year plan", 0.1, "year", 1, float("nan"), float("inf"), float("inf")))
    told = json.dumps(latest.take(), allow_nan=False)
    assert json.loads(told)["bound"] is None


@pytest.mark.parametrize("sqlstate", ["08006", "40001", "40P01", "53300", "55P03", "57014", "57P01", None])
def test_what_the_server_may_grant_later_passes(sqlstate: str | None) -> None:
    assert passes(refused(sqlstate))


@pytest.mark.parametrize("sqlstate", ["22003", "23505", "42P01"])
def test_what_is_refused_for_its_content_does_not(sqlstate: str) -> None:
    assert not passes(refused(sqlstate))
    assert not passes(IntegrityError("INSERT", None, RefusedError(sqlstate)))


def test_connections_that_are_not_to_be_had_pass_and_defects_do_not() -> None:
    assert passes(ConnectionRefusedError())
    assert passes(PoolTimeoutError())
    assert not passes(KeyError("R1"))


async def test_patience_ends() -> None:
    async def never() -> None:
        raise ConnectionRefusedError

    asked = time.monotonic()
    with pytest.raises(ConnectionRefusedError):
        await patiently(never, seconds=0.5)
    assert 0.1 < time.monotonic() - asked < 3


async def test_patience_is_not_for_what_will_not_change() -> None:
    attempts = []

    async def refuse() -> None:
        attempts.append(1)
        raise refused("22003")

    with pytest.raises(DBAPIError):
        await patiently(refuse, seconds=5)
    assert len(attempts) == 1


async def test_the_first_success_is_the_answer() -> None:
    answers = iter([ConnectionRefusedError(), refused("40P01"), 42])

    async def attempt() -> int:
        answer = next(answers)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    assert await patiently(attempt, seconds=5) == 42
