"""The demo's processes: what is said of one that does not come up."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from src.commands import demo_processes
from src.commands.demo_keys import DemoError
from src.commands.demo_processes import DemoProcesses


def broken(_: list[str], *, output: Any, **rest: Any) -> subprocess.Popen[bytes]:
    """A process that ends by itself, after a moment and with a word."""
    words = "import time; time.sleep(0.1); print('it broke')"
    command = [sys.executable, "-I", "-S", "-c", words]
    return subprocess.Popen(command, stdout=output)  # noqa: S603  # words of our own


def test_the_log_of_an_api_that_does_not_start_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another try would begin the log anew."""
    monkeypatch.setattr(demo_processes, "start_leashed", broken)
    servers: Any = SimpleNamespace(database_url="postgresql://nowhere", redis_url="redis://nowhere")
    keys: Any = SimpleNamespace(secret_key="k" * 40)
    with DemoProcesses(tmp_path / "log", servers, keys) as processes:
        processes.start(0)
        with pytest.raises(DemoError, match=r"The API did not start; .*api\.log says why"):
            processes.wait_until_ready()
    assert processes.log_of("api").read_text() == "it broke\n"
