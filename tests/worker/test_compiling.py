"""Compiling beside the work: only where it is needed and can be kept, and never longer than the worker."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from src.solver.roster import ready
from worker.compiling import Compiling


def process_of(compiling: Compiling) -> int:
    assert compiling._process is not None
    return compiling._process.pid


def test_what_was_never_compiled_is_compiled_in_a_low_process_that_ends_with_the_worker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ready, "is_kept", lambda: False)
    compiling = Compiling()
    compiling.start()
    pid = process_of(compiling)
    assert os.getpriority(os.PRIO_PROCESS, pid) >= 15
    compiling.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_what_is_compiled_already_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ready, "is_kept", lambda: True)
    compiling = Compiling()
    compiling.start()
    assert compiling._process is None
    compiling.stop()


def test_nothing_is_compiled_where_it_cannot_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ready, "is_kept", lambda: False)
    monkeypatch.setattr(os, "access", lambda *_: False)
    compiling = Compiling()
    compiling.start()
    assert compiling._process is None


def test_compiled_code_is_kept_only_while_it_is_younger_than_its_source(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(ready, "__file__", str(tmp_path / "ready.py"))
    kept = tmp_path / "__pycache__"
    kept.mkdir()
    for module in ready.COMPILED:
        (tmp_path / f"{module}.py").touch()
    assert not ready.is_kept()
    for module in ready.COMPILED:
        (kept / f"{module}.run-1.py312.nbi").touch()
    assert ready.is_kept()
    source = tmp_path / f"{ready.COMPILED[0]}.py"
    os.utime(source, (source.stat().st_atime, source.stat().st_mtime + 60))
    assert not ready.is_kept()
