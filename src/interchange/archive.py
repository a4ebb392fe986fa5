"""Opens zip archives without trusting them: nothing is unpacked to disk, and sizes are bounded first."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import PurePosixPath

from src.interchange import limits
from src.interchange.issues import IssueCode, IssueLog

WORKBOOK_PART = "xl/workbook.xml"
"""What makes an archive a workbook."""

_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, RuntimeError)
"""Everything the zip module raises on archives that are broken or were made to break it."""

_IGNORED_FOLDERS = frozenset({"__MACOSX"})


def open_archive(name: str, data: bytes, total_limit: int, log: IssueLog) -> zipfile.ZipFile | None:
    """The archive, once its directory is found harmless; None after a fault, which is in the log.

    Refuses path tricks, links, encrypted and doubled entries, and more than `total_limit` bytes unpacked.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
    except _FAULTS as error:
        log.reject(IssueCode.UNREADABLE, f"is neither a zip archive nor a workbook: {error}", file=name)
        return None
    if len(entries) > limits.MAX_ARCHIVE_ENTRIES:
        message = f"holds {len(entries):,} entries; at most {limits.MAX_ARCHIVE_ENTRIES} are allowed"
        log.reject(IssueCode.UNSAFE_ARCHIVE, message, file=name)
        return None
    complaints = [complaint for entry in entries if (complaint := _complaint(entry))]
    complaints += _doubled(entries)
    total = sum(entry.file_size for entry in entries)
    if total > total_limit:
        complaints.append(f"unpacks to {total:,} bytes; at most {total_limit:,} are allowed")
    for complaint in complaints:
        log.reject(IssueCode.UNSAFE_ARCHIVE, complaint, file=name)
    return None if complaints else archive


def read_entries(name: str, archive: zipfile.ZipFile, log: IssueLog) -> dict[str, bytes] | None:
    """The files of the archive by name, out of the one folder that may hold them all."""
    entries = {entry.filename: entry for entry in archive.infolist() if _is_content(entry)}
    prefix = _common_folder(entries)
    found: dict[str, bytes] = {}
    for path, entry in entries.items():
        try:
            # The zip module hands out no more than the size that was judged, whatever the stream holds.
            found[path.removeprefix(prefix)] = archive.read(entry)
        except _FAULTS as error:
            log.reject(IssueCode.UNREADABLE, f"the entry {_shown(path)} is broken: {error}", file=name)
            return None
    return found


def _complaint(entry: zipfile.ZipInfo) -> str | None:
    """What makes an entry unsafe, or None."""
    shown = _shown(entry.filename)
    # ZipInfo turns the machine's separator into "/" and cuts names at a NUL; `orig_filename` is as stored.
    path = entry.orig_filename
    parts = PurePosixPath(path).parts
    if "\\" in path or "\0" in path or ":" in path:
        return f"the entry {shown} has a name that is no plain path"
    if path.startswith("/") or ".." in parts:
        return f"the entry {shown} points outside the archive"
    mode = entry.external_attr >> 16
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG, stat.S_IFDIR}:
        return f"the entry {shown} is a link or a device, not a file"
    if entry.flag_bits & 1:
        return f"the entry {shown} is encrypted"
    if entry.file_size > limits.MAX_FILE_BYTES:
        return f"the entry {shown} unpacks to {entry.file_size:,} bytes"
    ratio = entry.file_size / max(entry.compress_size, 1)
    if entry.file_size > limits.RATIO_FREE_BYTES and ratio > limits.MAX_COMPRESSION_RATIO:
        return f"the entry {shown} is packed {ratio:,.0f} to 1, as bombs are"
    return None


def _doubled(entries: list[zipfile.ZipInfo]) -> list[str]:
    names: set[str] = set()
    found: list[str] = []
    for entry in entries:
        if entry.filename.casefold() in names:
            found.append(f"the entry {_shown(entry.filename)} is there twice")
        names.add(entry.filename.casefold())
    return found


def _is_content(entry: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(entry.filename).parts
    return not entry.is_dir() and not any(part in _IGNORED_FOLDERS or part.startswith(".") for part in parts)


def _common_folder(entries: Mapping[str, zipfile.ZipInfo]) -> str:
    """The one folder that holds every file, with its slash; empty where there is none."""
    tops = {path.partition("/")[0] for path in entries}
    is_nested = len(tops) == 1 and all("/" in path for path in entries)
    return f"{tops.pop()}/" if is_nested else ""


def _shown(path: str) -> str:
    text = path.encode("ascii", "backslashreplace").decode()
    return f"'{text if len(text) <= 80 else text[:77] + '...'}'"
