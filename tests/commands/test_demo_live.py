"""The demo as it is run: a taken port, a kill in the middle of serving, and the year still there after it."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from src.interchange.snapshot import program_snapshot
from tests.factories.schedules_db import ward_program

pytestmark = [pytest.mark.live, pytest.mark.timeout(240)]


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program folder that is solved in a moment."""
    folder = tmp_path / "ward"
    folder.mkdir()
    for name, content in program_snapshot(ward_program())[0].items():
        (folder / name).write_text(content, encoding="utf-8")
    return folder


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield int(taken.getsockname()[1])


def command(folder: Path, program: Path, *words: str) -> list[str]:
    data = ["--data", str(folder / "data"), "--program", str(program), "--time-limit", "5"]
    return [sys.executable, "-P", "-m", "src.cli", "demo", *data, *words]


def mentioning(folder: Path) -> list[int]:
    """Every living process that was started with the demo's data or has its environment."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and int(entry.name) != os.getpid():
            try:
                told = (entry / "cmdline").read_bytes() + os.fsencode((entry / "cwd").readlink())
            except OSError:
                continue  # it has ended meanwhile
            if os.fsencode(folder) in told:
                found.append(int(entry.name))
    return found


def test_the_demo_serves_dies_whole_and_finds_its_year_again(
    tmp_path: Path, program: Path, taken_port: int
) -> None:
    said = tmp_path / "said"
    with said.open("wb") as output:
        demo = subprocess.Popen(  # noqa: S603  # this interpreter and the program under test
            command(tmp_path, program, "--port", str(taken_port)), stdout=output, stderr=subprocess.STDOUT
        )
    try:
        deadline = time.monotonic() + 150
        while "until Ctrl-C" not in said.read_text(encoding="utf-8") and demo.poll() is None:
            assert time.monotonic() < deadline, said.read_text(encoding="utf-8")
            time.sleep(0.1)
        text = said.read_text(encoding="utf-8")
        assert f"Port {taken_port} is taken" in text
        assert "legal; findings: 0 hard" in text
        url = re.findall(r"The API: +(http://[^/]+)/docs", text)[0]
        email, password = re.findall(r"Coordinator: +(\S+) +password (\S+)", text)[0]
        token = httpx.post(f"{url}/api/v1/auth/login", data={"username": email, "password": password}).json()
        header = {"Authorization": f"Bearer {token['access_token']}"}
        assert httpx.get(f"{url}/api/v1/programs", headers=header).json()["total"] == 1
    finally:
        demo.kill()
        demo.wait()
    deadline = time.monotonic() + 20
    while mentioning(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert mentioning(tmp_path) == []

    again = subprocess.run(  # noqa: S603  # this interpreter and the program under test
        command(tmp_path, program, "--once", "--port", "0"),
        capture_output=True,
        text=True,
        check=False,
        timeout=150,
    )
    assert again.returncode == 0, again.stdout + again.stderr
    assert "from an earlier demo" in again.stdout
    assert password in again.stdout
    assert mentioning(tmp_path) == []
