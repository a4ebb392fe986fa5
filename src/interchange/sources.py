"""Finds the files of a program or schedule, in a folder, an archive or in memory, as bytes by name."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path, PurePosixPath

from src.interchange import limits
from src.interchange.issues import IssueCode, IssueLog

_TABLE_SUFFIXES = frozenset({".csv", ".toml"})


def folder_files(folder: Path, known: Collection[str], log: IssueLog) -> dict[str, bytes]:
    """The known files of a folder. Files below it and files of other kinds are not looked at.

    An unknown `.csv` or `.toml` file, a file that cannot be read and one that is too large are errors.
    """
    found: dict[str, bytes] = {}
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        log.reject(IssueCode.UNREADABLE, f"cannot be read: {error.strerror}", file=str(folder))
        return found
    for path in entries:
        if path.name not in known:
            _judge_unknown(path.name, known, log)
            continue
        data = read_bounded(path, limits.MAX_FILE_BYTES, path.name, log)
        if data is not None:
            found[path.name] = data
    return found


def pick_known(entries: dict[str, bytes], known: Collection[str], log: IssueLog) -> dict[str, bytes]:
    """The known files of an archive; an unknown `.csv` or `.toml` file is an error."""
    for name in entries:
        if name not in known:
            _judge_unknown(name, known, log)
    return {name: data for name, data in entries.items() if name in known}


def read_bounded(path: Path, limit: int, shown: str, log: IssueLog) -> bytes | None:
    """The bytes of a plain file, or None with the reason in the log."""
    try:
        if not path.is_file():
            log.reject(IssueCode.UNREADABLE, "is no file", file=shown)
            return None
        with path.open("rb") as handle:
            data = handle.read(limit + 1)
    except OSError as error:
        log.reject(IssueCode.UNREADABLE, f"cannot be read: {error.strerror}", file=shown)
        return None
    if len(data) > limit:
        log.reject(IssueCode.TOO_LARGE, f"is larger than {limit:,} bytes", file=shown)
        return None
    return data


def _judge_unknown(name: str, known: Collection[str], log: IssueLog) -> None:
    path = PurePosixPath(name)
    if path.suffix.lower() not in _TABLE_SUFFIXES or path.name.startswith("."):
        return
    if len(path.parts) > 1:
        message = "lies in a folder below the one that is read"
    elif name.lower() in known:
        message = f"is unknown to the format; it is called {name.lower()}"
    else:
        message = "is unknown to the format"
    log.reject(IssueCode.UNKNOWN_FILE, message, file=name)
