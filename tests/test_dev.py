"""`./dev` brings its own uv where there is none, spares the system's Python, and hands on exit statuses.

Stand-ins for uv and Python write down how they were called, so that nothing is downloaded here.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

NEW_UV = """#!/bin/sh
seen="NO_BYTECODE=${PYTHONDONTWRITEBYTECODE-} VIRTUAL_ENV=${VIRTUAL_ENV-} PYTHONPATH=${PYTHONPATH-}"
echo "uv $* $seen CACHE=${UV_CACHE_DIR-} $PWD" >> "$CALLS"
[ "$1" = --version ] && echo "uv 0.13.8 (x86_64)" && exit 0
exit "${SYNC_STATUS:-0}"
"""
OLD_UV = '#!/bin/sh\necho "uv 0.9.30"\n'
DEAD_SHIM = '#!/bin/sh\necho "pyenv: uv: command not found" >&2\nexit 127\n'
PROJECT_PYTHON = '#!/bin/sh\necho "project $* in $PWD" >> "$CALLS"\nexit "${PROGRAM_STATUS:-0}"\n'
# A system's Python: makes environments whose pip brings uv; what it lacks is named in $LACKS.
SYSTEM_PYTHON = """#!/bin/sh
echo "python $*" >> "$CALLS"
install() { mkdir -p "$1/bin"; cp "$NEW_UV" "$1/bin/uv"; }
case "$*" in
    *"-c import sys; sys.exit"*) exit 0 ;;
    "-m venv --without-pip "*) exit 1 ;;
    "-m venv "*)
        case "$LACKS" in *ensurepip*) exit 1 ;; esac
        mkdir -p "$3/bin"; cp "$0" "$3/bin/python" ;;
    "-m pip install --quiet --target "*)
        case "$LACKS" in *everything*) exit 1 ;; esac
        install "$6" ;;
    "-m pip install --quiet uv") install "$(dirname "$(dirname "$0")")" ;;
esac
"""

Dev = Callable[..., subprocess.CompletedProcess[str]]


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A checkout in a folder with a space, its environment, and a PATH with a system's Python."""
    root = tmp_path / "a b" / "rounds"
    root.mkdir(parents=True)
    shutil.copy(ROOT / "dev", root / "dev")
    program(root / ".venv/bin/python", PROJECT_PYTHON)
    program(tmp_path / "bin/python3", SYSTEM_PYTHON)
    program(tmp_path / "new-uv", NEW_UV)
    (tmp_path / "home").mkdir()
    (tmp_path / "calls").touch()
    return root


@pytest.fixture
def dev(home: Path, tmp_path: Path) -> Dev:
    """Runs ./dev from another folder, with nothing in the environment but what is given."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        given = {
            "PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin",
            "HOME": str(tmp_path / "home"),
            "CALLS": str(tmp_path / "calls"),
            "NEW_UV": str(tmp_path / "new-uv"),
            **environment,
        }
        return subprocess.run(  # noqa: S603  # the script under test
            [str(home / "dev"), *arguments],
            cwd=tmp_path,
            env=given,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def calls(tmp_path: Path) -> list[str]:
    return (tmp_path / "calls").read_text(encoding="utf-8").splitlines()


@pytest.fixture
def with_uv(tmp_path: Path) -> None:
    program(tmp_path / "bin/uv", NEW_UV)


@pytest.mark.parametrize("status", [0, 1, 5, 130])
def test_the_tests_exit_status_is_handed_on(dev: Dev, tmp_path: Path, with_uv: None, status: int) -> None:
    assert dev("test", "-k", "two words", PROGRAM_STATUS=str(status)).returncode == status
    assert calls(tmp_path)[-1].startswith("project -m pytest -k two words in ")
    assert calls(tmp_path)[-1].endswith("a b/rounds")


def test_the_demo_runs_after_a_sync_that_changes_no_versions(dev: Dev, tmp_path: Path, with_uv: None) -> None:
    assert dev("demo", "--once").returncode == 0
    asked, synced, ran = calls(tmp_path)
    assert asked.startswith("uv --version ")
    assert synced.startswith("uv sync --locked ")
    assert ran.startswith("project -P -m src.cli demo --once in ")


def test_a_path_of_the_callers_own_stays_what_it_means(dev: Dev, tmp_path: Path, with_uv: None) -> None:
    dev("rounds", "check", "program", "schedule")
    assert calls(tmp_path)[-1] == f"project -P -m src.cli check program schedule in {tmp_path}"


def test_other_environments_take_no_part(dev: Dev, tmp_path: Path, with_uv: None) -> None:
    dev("sync", VIRTUAL_ENV="/other", PYTHONPATH="/other", PYTHONDONTWRITEBYTECODE="1")
    assert "NO_BYTECODE= VIRTUAL_ENV= PYTHONPATH= CACHE= " in calls(tmp_path)[-1]


def test_without_a_home_to_write_to_the_checkout_keeps_the_cache(
    dev: Dev, tmp_path: Path, home: Path, with_uv: None
) -> None:
    dev("sync", HOME="/nonexistent")
    assert f"CACHE={home}/.rounds/cache" in calls(tmp_path)[-1]


@pytest.mark.parametrize("found", [None, DEAD_SHIM, OLD_UV], ids=["none", "a pyenv shim", "too old"])
def test_a_uv_that_cannot_be_used_is_replaced_by_a_private_one(
    dev: Dev, tmp_path: Path, home: Path, found: str | None
) -> None:
    if found:
        program(tmp_path / "bin/uv", found)
    assert dev("test").returncode == 0
    assert (home / ".rounds/uv/bin/uv").exists()
    installed = [call for call in calls(tmp_path) if "pip install" in call]
    assert installed == ["python -m pip install --quiet uv"]
    assert f"python -m venv {home}/.rounds/uv" in calls(tmp_path)
    before = len(installed)
    assert dev("test").returncode == 0
    assert len([call for call in calls(tmp_path) if "pip install" in call]) == before


def test_without_ensurepip_the_systems_pip_installs_into_the_checkout_only(
    dev: Dev, tmp_path: Path, home: Path
) -> None:
    assert dev("test", LACKS="ensurepip").returncode == 0
    installed = [call for call in calls(tmp_path) if "pip install" in call]
    assert installed == [f"python -m pip install --quiet --target {home}/.rounds/uv uv"]


def test_when_nothing_brings_uv_that_is_said_and_nothing_runs(dev: Dev, tmp_path: Path) -> None:
    done = dev("test", LACKS="ensurepip everything")
    assert done.returncode == 1
    assert "uv could not be installed" in done.stderr
    assert not any(call.startswith("project") for call in calls(tmp_path))


def test_when_the_sync_fails_nothing_runs(dev: Dev, tmp_path: Path, with_uv: None) -> None:
    done = dev("test", SYNC_STATUS="2")
    assert done.returncode == 1
    assert "could not be brought up to date" in done.stderr
    assert not any(call.startswith("project") for call in calls(tmp_path))


@pytest.mark.parametrize("command", ["nonsense", "--once", "demo;ls"])
def test_an_unknown_command_is_answered_with_the_known_ones(dev: Dev, tmp_path: Path, command: str) -> None:
    done = dev(command)
    assert done.returncode == 2
    assert "usage: ./dev COMMAND" in done.stderr
    assert calls(tmp_path) == []


@pytest.mark.parametrize("name", ["dev", ".ci/run"])
def test_the_scripts_can_be_run(name: str) -> None:
    assert os.access(ROOT / name, os.X_OK)
