"""How much a run may hold: the least of what was asked for and what container, machine and shell allow."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from src.planning.memory import memory_limit, resident_megabytes

MEGABYTE = 2**20
PAGES_OF_100_MB = 100 * MEGABYTE // resource.getpagesize()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A machine with 8,000 MB left, on which this process holds 100."""
    write(tmp_path / "proc/self/statm", f"{4 * PAGES_OF_100_MB} {PAGES_OF_100_MB} 0 0 0 0 0")
    write(
        tmp_path / "proc/meminfo",
        f"MemTotal: {16000 * 1024} kB\nMemAvailable: {8000 * 1024} kB\nHugePages_Total: 0\n",
    )
    return tmp_path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def group(folder: Path, limit: str, used: int, files: int = 0, *, second: bool = True) -> None:
    """A control group of the second or first version, in megabytes."""
    most, held = (
        ("memory.max", "memory.current") if second else ("memory.limit_in_bytes", "memory.usage_in_bytes")
    )
    write(folder / most, f"{int(limit) * MEGABYTE}\n" if limit.isdecimal() else f"{limit}\n")
    write(folder / held, f"{used * MEGABYTE}\n")
    name = "inactive_file" if second else "total_inactive_file"
    write(folder / "memory.stat", f"anon 1\n{name} {files * MEGABYTE}\n")


def test_where_there_is_room_a_run_gets_what_it_asks_for(root: Path) -> None:
    assert memory_limit(3000, root) == 3000


def test_a_machine_gives_no_more_than_it_has_left(root: Path) -> None:
    assert memory_limit(9000, root) == 8100


def test_a_container_of_the_second_kind(root: Path) -> None:
    write(root / "proc/self/cgroup", "0::/app/worker\n")
    group(root / "sys/fs/cgroup/app/worker", "1000", 400)
    assert memory_limit(3000, root) == 700


def test_a_container_of_the_first_kind(root: Path) -> None:
    write(root / "proc/self/cgroup", "5:cpu:/\n4:memory:/app\n0::/\n")
    group(root / "sys/fs/cgroup/memory/app", "1000", 400, second=False)
    assert memory_limit(3000, root) == 700


def test_a_container_that_sees_its_own_group_as_the_top(root: Path) -> None:
    write(root / "proc/self/cgroup", "0::/\n")
    group(root / "sys/fs/cgroup", "1000", 400)
    assert memory_limit(3000, root) == 700


def test_what_the_system_would_drop_counts_as_room(root: Path) -> None:
    write(root / "proc/self/cgroup", "0::/app\n")
    group(root / "sys/fs/cgroup/app", "1000", 900, files=500)
    assert memory_limit(3000, root) == 700


def test_the_group_around_ones_own_may_be_the_tighter(root: Path) -> None:
    write(root / "proc/self/cgroup", "0::/app/worker\n")
    group(root / "sys/fs/cgroup/app/worker", "2000", 100)
    group(root / "sys/fs/cgroup/app", "1000", 600)
    assert memory_limit(3000, root) == 500


def test_a_group_without_a_limit_limits_nothing(root: Path) -> None:
    write(root / "proc/self/cgroup", "0::/app\n")
    group(root / "sys/fs/cgroup/app", "max", 400)
    assert memory_limit(3000, root) == 3000


def test_a_group_that_is_over_its_limit_leaves_what_is_held(root: Path) -> None:
    write(root / "proc/self/cgroup", "0::/app\n")
    group(root / "sys/fs/cgroup/app", "1000", 1200)
    assert memory_limit(3000, root) == 100


def test_a_shell_that_limits_the_address_space(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = {resource.RLIMIT_AS: (600 * MEGABYTE, resource.RLIM_INFINITY)}
    monkeypatch.setattr(resource, "getrlimit", limits.__getitem__)
    assert memory_limit(3000, root) == 300, "100 MB are held, and 200 may be added to the 400 of addresses"


@pytest.mark.parametrize("text", ["", "0", "0::", "garbage\n", "0::/../..\n"])
def test_a_list_of_groups_that_says_nothing_limits_nothing(root: Path, text: str) -> None:
    write(root / "proc/self/cgroup", text)
    assert memory_limit(3000, root) == 3000


def test_a_system_that_tells_nothing_is_not_asked(tmp_path: Path) -> None:
    assert memory_limit(3000, tmp_path) == 3000


def test_this_process_may_hold_what_it_holds() -> None:
    assert memory_limit(10**9) >= int(resident_megabytes()) - 1
