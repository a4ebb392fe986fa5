"""The embedded servers are real, private, and never outlive the process that wanted them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis

from src.embedded import Embedded, EmbeddedError, start_embedded
from src.embedded.identity import Identity
from src.embedded.launch import bound_command

ROOT = Path(__file__).resolve().parents[2]
HOLDER = [sys.executable, str(Path(__file__).with_name("holder.py"))]
AS_ROOT = os.geteuid() == 0


@dataclass
class Holder:
    """A process that holds embedded servers, and what it said about them."""

    process: subprocess.Popen[str]
    facts: dict[str, Any]

    @property
    def pids(self) -> list[int]:
        return list(self.facts["pids"])


Start = Callable[..., Holder]


@contextmanager
def folder_in_memory() -> Iterator[Path]:
    """Where there is such a thing: the tests wait for no disk."""
    memory = Path("/dev/shm")  # noqa: S108  # a folder with an unguessable name is made in it
    place = memory if os.access(memory, os.W_OK) else None
    with tempfile.TemporaryDirectory(
        prefix="rounds-embedded-", dir=place, ignore_cleanup_errors=True
    ) as made:
        Path(made).chmod(0o755)
        yield Path(made)


@pytest.fixture
def folder() -> Iterator[Path]:
    with folder_in_memory() as made:
        yield made


@pytest.fixture(scope="module")
def stopped() -> Iterator[Path]:
    """The data of servers that were started once and stopped: a copy starts quicker than new data."""
    with folder_in_memory() as made:
        start_embedded(made / "data", throwaway=False).stop()
        yield made / "data"


@pytest.fixture
def data(folder: Path, stopped: Path) -> Path:
    """Servers' data of the test's own, not running."""
    return shutil.copytree(stopped, folder / "data")


@pytest.fixture
def start(folder: Path) -> Iterator[Start]:
    """Starts holders; whatever they leave is killed at the end, before their folder goes."""
    held: list[Holder] = []

    def run(data: Path, *words: str, command: Sequence[str] = HOLDER, **environment: str) -> Holder:
        process = subprocess.Popen(  # noqa: S603  # this interpreter and the program beside this file
            [*command, str(data), *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        )
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, "the holder ended without a word"
        held.append(Holder(process, json.loads(line)))
        return held[-1]

    yield run
    for holder in held:
        holder.process.kill()
        holder.process.communicate()
        for pid in holder.facts.get("pids", []):
            if not gone_within(30, [pid]):
                os.kill(pid, signal.SIGKILL)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def gone_within(seconds: float, pids: Sequence[int]) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not any(alive(pid) for pid in pids):
            return True
        time.sleep(0.02)
    return False


def connect(url: str) -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(url.replace("+asyncpg", ""), autocommit=True)


def eventually(action: Callable[[], Any], *errors: type[Exception], seconds: float = 20) -> Any:
    deadline = time.monotonic() + seconds
    while True:
        try:
            return action()
        except errors:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def ask_redis(url: str, *command: str) -> Any:
    with redis.Redis.from_url(url) as client:
        return client.execute_command(*command)


def test_the_servers_are_real_and_their_role_is_no_superuser(servers: Embedded) -> None:
    with connect(servers.database_url) as connection:
        row = connection.execute(
            "SELECT current_setting('server_version_num')::int >= 180000, rolsuper, rolbypassrls"
            " FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    assert row == (True, False, False)
    assert ask_redis(servers.redis_url, "PING")


@pytest.mark.parametrize("password", ["wrong", ""])
def test_nobody_signs_in_without_the_password(servers: Embedded, password: str) -> None:
    head, _, tail = servers.database_url.rpartition("@")
    url = head.rpartition(":")[0] + f":{password}@{tail}"
    with pytest.raises(psycopg.OperationalError, match="password"):
        connect(url)
    with pytest.raises((redis.AuthenticationError, redis.ResponseError)):
        ask_redis(f"redis://:{password}@{servers.redis_url.rpartition('@')[2]}", "PING")


def test_the_superuser_has_a_password_too(servers: Embedded) -> None:
    _, _, tail = servers.database_url.rpartition("@")
    with pytest.raises(psycopg.OperationalError, match="password"):
        connect(f"postgresql://postgres:postgres@{tail}")


def test_data_and_passwords_are_the_owners_alone_and_outlast_a_stop(folder: Path) -> None:
    folder = folder / "with space, comma" / "data"
    with start_embedded(folder, throwaway=False) as first:
        with connect(first.database_url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
        pids = [first.guard_pid, first.postgres_pid, first.redis_pid]
    assert not any(alive(pid) for pid in pids)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "secrets.json").stat().st_mode) == 0o600
    with start_embedded(folder, throwaway=False) as second, connect(second.database_url) as connection:
        assert connection.execute("SELECT one FROM kept").fetchall() == [(1,)]
    (folder / "note.txt").write_text("not ours", encoding="utf-8")
    with (
        start_embedded(folder, throwaway=False, fresh=True) as third,
        connect(third.database_url) as connection,
    ):
        assert connection.execute("SELECT to_regclass('kept')").fetchone() == (None,)
    assert (folder / "note.txt").exists()


def test_a_throwaway_leaves_nothing(folder: Path) -> None:
    with start_embedded(folder / "data", throwaway=True):
        assert (folder / "data" / "postgres").is_dir()
    assert list(folder.iterdir()) == []


def test_a_folder_in_use_is_refused_and_the_user_named(start: Start, data: Path) -> None:
    holder = start(data)
    with pytest.raises(EmbeddedError, match=f"in use by process {holder.process.pid}"):
        start_embedded(data, throwaway=False)
    assert all(alive(pid) for pid in holder.pids)


def test_two_folders_run_side_by_side(start: Start, data: Path, servers: Embedded) -> None:
    holder = start(data)
    assert holder.facts["database_url"] != servers.database_url
    assert ask_redis(holder.facts["redis_url"], "PING")


@pytest.mark.parametrize("words", [(), ("thread",), ("fork",)], ids=["plain", "from a thread", "forked"])
def test_a_killed_holder_takes_the_servers_along(start: Start, data: Path, words: tuple[str, ...]) -> None:
    """Whoever started them, and whoever else still holds the pipe; and the next start need not wait long."""
    holder = start(data, *words)
    time.sleep(0.3)  # a thread that ended must not have counted as the parent's death
    assert all(alive(pid) for pid in holder.pids)
    holder.process.kill()
    again = start(data)
    assert gone_within(1, holder.pids)
    if holder.facts["child"]:
        os.kill(holder.facts["child"], signal.SIGKILL)
    with connect(again.facts["database_url"]) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_killed_holder_of_a_throwaway_leaves_no_data(start: Start, folder: Path) -> None:
    holder = start(folder / "data", "throwaway")
    holder.process.kill()
    assert gone_within(30, holder.pids)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_ends_the_holder_ends_the_servers(
    start: Start, data: Path, number: signal.Signals
) -> None:
    holder = start(data)
    holder.process.send_signal(number)
    assert gone_within(30, [holder.process.pid, *holder.pids])


@pytest.mark.skipif(sys.platform != "linux", reason="the parent-death signal is Linux's")
@pytest.mark.parametrize("whole", [False, True], ids=["guard alone", "guard and holder"])
def test_a_killed_guard_takes_the_servers_along(start: Start, data: Path, *, whole: bool) -> None:
    holder = start(data)
    if whole:
        holder.process.kill()
    os.kill(holder.pids[0], signal.SIGKILL)
    assert gone_within(30, holder.pids[1:])


def test_a_killed_server_is_back_on_its_port_with_all_that_was_committed(start: Start, data: Path) -> None:
    holder = start(data)
    url = holder.facts["database_url"]
    with connect(url) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        for number in range(200):
            connection.execute("INSERT INTO kept VALUES (%s)", (number,))
        os.kill(holder.pids[1], signal.SIGKILL)
    os.kill(holder.pids[2], signal.SIGKILL)

    def count() -> Any:
        with connect(url) as connection:
            return connection.execute("SELECT count(*) FROM kept").fetchone()

    assert eventually(count, psycopg.OperationalError) == (200,)
    assert eventually(lambda: ask_redis(holder.facts["redis_url"], "PING"), redis.ConnectionError)


def test_settings_for_other_databases_do_not_reach_the_servers(start: Start, data: Path) -> None:
    holder = start(
        data,
        PGDATA="/nonexistent",
        PGPORT="1",
        PGUSER="x",
        PGOPTIONS="-c fsync=nonsense",
    )
    with psycopg.connect(holder.facts["database_url"].replace("+asyncpg", ""), options="") as connection:
        assert connection.execute("SHOW TimeZone").fetchone() == ("UTC",)


def test_a_folder_that_cannot_be_made_is_a_sentence(folder: Path) -> None:
    (folder / "file").write_text("", encoding="utf-8")
    with pytest.raises(EmbeddedError, match=r"data folder .* cannot be used: Not a directory"):
        start_embedded(folder / "file" / "data", throwaway=False)


@pytest.mark.parametrize("content", ["", "[]", '{"postgres": "x"}'])
def test_damaged_passwords_are_a_sentence(folder: Path, content: str) -> None:
    (folder / "secrets.json").write_text(content, encoding="utf-8")
    with pytest.raises(EmbeddedError, match="is damaged"):
        start_embedded(folder, throwaway=False)


def test_a_database_without_its_passwords_is_a_sentence(folder: Path) -> None:
    (folder / "postgres").mkdir()
    with pytest.raises(EmbeddedError, match=r"secrets\.json is missing"):
        start_embedded(folder, throwaway=False)


def test_a_damaged_database_is_a_sentence(folder: Path) -> None:
    (folder / "secrets.json").write_text(
        json.dumps(dict.fromkeys(("postgres", "postgres_superuser", "redis"), "secret")), encoding="utf-8"
    )
    (folder / "postgres").mkdir()
    with pytest.raises(EmbeddedError, match="PostgreSQL did not start"):
        start_embedded(folder, throwaway=False)


@pytest.mark.skipif(not AS_ROOT, reason="an ordinary user is what this runs as anyway")
def test_an_ordinary_user_runs_the_servers_as_itself(start: Start, folder: Path) -> None:
    home = folder / "home"
    home.mkdir()
    os.chown(home, 65534, 65534)
    command = bound_command(Identity.NOBODY, signal.SIGKILL, *HOLDER)
    holder = start(home / "data", command=command)
    assert holder.facts["identity"] == Identity.OWN
    assert (home / "data").stat().st_uid == 65534
    assert Path(f"/proc/{holder.pids[1]}").stat().st_uid == 65534
    holder.process.kill()
    assert gone_within(30, holder.pids)


@pytest.mark.skipif(not AS_ROOT, reason="needs the superuser")
def test_nobody_may_pass_the_folders_of_the_superuser(folder: Path) -> None:
    """A checkout in a closed home: access(2), by which PostgreSQL looks for its programs, agrees."""
    closed = folder / "closed"
    closed.mkdir(0o700)
    (closed / "program").touch(0o755)
    look = "import os, sys; sys.exit(not (os.geteuid() and os.access(sys.argv[1], os.R_OK | os.X_OK)))"
    command = (sys.executable, "-c", look, str(closed / "program"))
    subprocess.run(bound_command(Identity.NOBODY, signal.SIGKILL, *command), check=True)  # noqa: S603  # as above


@pytest.mark.skipif(not AS_ROOT, reason="needs the superuser")
def test_the_superuser_without_namespaces_runs_the_servers_as_nobody(start: Start, data: Path) -> None:
    """Proved in a namespace that allows no further one; data from a start with one is made over, and back."""
    without = [sys.executable, str(Path(__file__).with_name("without_namespaces.py")), *HOLDER]
    holder = start(data, command=without)
    assert holder.facts["identity"] == Identity.NOBODY
    assert Path(f"/proc/{holder.pids[1]}").stat().st_uid == 65534
    with connect(holder.facts["database_url"]) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    holder.process.communicate("")
    assert gone_within(30, holder.pids)
    assert start(data).facts["identity"] == Identity.NAMESPACE
