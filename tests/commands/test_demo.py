"""The demo copes with what it finds on the machine, and says what it cannot cope with."""

from __future__ import annotations

import socket
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from src.cli import app
from src.commands.demo import _data_folder
from src.commands.demo_keys import DemoError, DemoKeys
from src.commands.demo_processes import _free_port

ROOT = Path(__file__).resolve().parents[2]
TINY = ROOT.parent / "shared" / "data" / "programs" / "tiny"


def test_sign_in_data_is_kept_for_the_owner_alone_and_renewed_by_a_reset(tmp_path: Path) -> None:
    first = DemoKeys.load(tmp_path, fresh=False)
    (path,) = tmp_path.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert DemoKeys.load(tmp_path, fresh=False) == first
    renewed = DemoKeys.load(tmp_path, fresh=True)
    secrets = {keys.admin.password for keys in (first, renewed)} | {
        first.coordinator.password,
        first.secret_key,
    }
    assert len(secrets) == 4


@pytest.mark.parametrize("content", ["", "{}", '{"admin": 1}'])
def test_damaged_sign_in_data_is_a_sentence(tmp_path: Path, content: str) -> None:
    (tmp_path / "sign-in.json").write_text(content, encoding="utf-8")
    with pytest.raises(DemoError, match="--reset starts afresh"):
        DemoKeys.load(tmp_path, fresh=False)


def test_a_taken_port_gives_way_to_a_free_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert _free_port(port) not in (port, 0)
    assert _free_port(port) == port


def test_the_data_goes_to_the_platforms_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert _data_folder() == tmp_path / "data" / "rounds" / "demo"
    assert stat.S_IMODE((tmp_path / "data" / "rounds" / "demo").stat().st_mode) == 0o700


def test_without_a_home_to_write_to_the_data_goes_elsewhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file" / "data"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folder = _data_folder()
    assert folder.parent == tmp_path
    assert str(folder) in capsys.readouterr().err


def run_demo(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["demo", *arguments])


def test_a_program_that_cannot_be_read_is_told_before_anything_is_started(tmp_path: Path) -> None:
    done = run_demo("--data", str(tmp_path / "data"), "--program", str(tmp_path / "nowhere"))
    assert (done.exit_code, done.stdout) == (2, "")
    assert "nowhere: does not exist" in done.stderr
    assert not (tmp_path / "data").exists()


def test_a_data_folder_that_cannot_be_had_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run_demo("--data", str(tmp_path / "file"))
    assert done.exit_code == 2
    assert "cannot be used" in done.stderr
    assert isinstance(done.exception, SystemExit)
