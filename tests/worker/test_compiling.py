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
    monkeypatch.setattr(ready, "can_be_kept", lambda: False)
    compiling = Compiling()
    compiling.start()
    assert compiling._process is None


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder of compiled code beside sources that were compiled on this machine."""
    monkeypatch.setattr(ready, "__file__", str(tmp_path / "ready.py"))
    monkeypatch.setattr(ready, "prepare", lambda: None)
    folder = tmp_path / "__pycache__"
    folder.mkdir()
    for module in ready.COMPILED:
        (tmp_path / f"{module}.py").write_text(module)
    assert not ready.is_kept()
    for module in ready.COMPILED:
        (folder / f"{module}.run-1.py312.nbi").touch()
    assert not ready.is_kept(), "nobody has said for what they were made"
    ready.keep()
    assert ready.is_kept()
    return folder


def test_compiled_code_serves_its_own_source_whenever_that_was_written(kept: Path) -> None:
    """An image tells other times of its files than the machine that made them."""
    source = kept.parent / f"{ready.COMPILED[0]}.py"
    os.utime(source, (source.stat().st_atime, source.stat().st_mtime + 60))
    assert ready.is_kept()
    source.write_text("changed")
    assert not ready.is_kept()


def test_compiled_code_serves_the_kind_of_processor_it_was_made_on(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = kept.parent / "cpuinfo"
    other.write_text("processor\t: 0\nmodel\t\t: 1\nflags\t\t: fpu sse2\n\nprocessor\t: 1\n")
    monkeypatch.setattr(ready, "_CPUINFO", other)
    assert not ready.is_kept()
    ready.keep()
    other.write_text("processor\t: 7\nmodel\t\t: 1\nflags\t\t: fpu sse2\n\n")
    assert ready.is_kept(), "only the number of the processor differs"
    other.write_text("processor\t: 0\nmodel\t\t: 1\nflags\t\t: fpu sse2 avx\n\n")
    assert not ready.is_kept()


def test_compiled_code_that_was_removed_is_not_kept(kept: Path) -> None:
    next(iter(kept.glob(f"{ready.COMPILED[1]}.*"))).unlink()
    assert not ready.is_kept()


def test_where_there_is_no_folder_yet_its_place_must_be_writable(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(ready, "__file__", str(tmp_path / "ready.py"))
    assert ready.can_be_kept()
    monkeypatch.setattr(os, "access", lambda path, _: path != tmp_path)
    assert not ready.can_be_kept()
    (tmp_path / "__pycache__").mkdir()
    assert ready.can_be_kept(), "the folder alone is the user's, as in an image"
