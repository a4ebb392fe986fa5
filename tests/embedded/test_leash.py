"""A leashed process ends with its children when its starter is gone, and otherwise behaves as itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from src.embedded.leash import start_leashed

ROOT = Path(__file__).resolve().parents[2]
FAMILY = (
    "import os, sys, time\n"
    "child = os.fork()\n"
    "if child:\n"
    "    open(sys.argv[1], 'w').write(f'{os.getpid()} {child}\\n')\n"
    "time.sleep(60)\n"
)
STARTER = (
    "import sys, time; from src.embedded.leash import start_leashed;"
    "start_leashed([sys.executable, '-c', sys.argv[1], sys.argv[2]]); time.sleep(60)"
)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def eventually(holds: Callable[[], bool], seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)
    return holds()


def family(note: Path) -> list[int]:
    assert eventually(lambda: note.exists() and note.read_text(encoding="utf-8").endswith("\n"))
    return [int(pid) for pid in note.read_text(encoding="utf-8").split()]


@pytest.mark.parametrize("code", [0, 3])
def test_the_exit_status_is_handed_on(code: int) -> None:
    assert start_leashed([sys.executable, "-c", f"raise SystemExit({code})"]).wait(20) == code


def test_a_command_that_does_not_exist_fails(tmp_path: Path) -> None:
    with (tmp_path / "said").open("wb") as said:
        assert start_leashed(["/nonexistent/program"], output=said).wait(20) == 126
    assert b"No such file" in (tmp_path / "said").read_bytes()


def test_a_signal_to_end_is_passed_on_and_children_go_too(tmp_path: Path) -> None:
    note = tmp_path / "note"
    leash = start_leashed([sys.executable, "-c", FAMILY, str(note)])
    pids = family(note)
    leash.terminate()
    assert leash.wait(20) == 128 + signal.SIGTERM
    assert eventually(lambda: not any(alive(pid) for pid in pids))


@pytest.mark.parametrize("stubborn", [False, True], ids=["obedient", "deaf to signals"])
def test_a_killed_starter_takes_the_family_along(tmp_path: Path, *, stubborn: bool) -> None:
    note = tmp_path / "note"
    code = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + FAMILY if stubborn else FAMILY
    starter = subprocess.Popen(  # noqa: S603  # this interpreter and code from above
        [sys.executable, "-c", STARTER, code, str(note)], env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    pids = family(note)
    starter.kill()
    starter.wait()
    assert eventually(lambda: not any(alive(pid) for pid in pids))


def test_a_killed_leash_takes_the_process_along(tmp_path: Path) -> None:
    note = tmp_path / "note"
    leash = start_leashed([sys.executable, "-c", FAMILY, str(note)])
    pid, child = family(note)
    leash.kill()
    leash.wait()
    assert eventually(lambda: not alive(pid))
    os.kill(child, signal.SIGKILL)
