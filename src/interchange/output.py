"""Puts files on disk and into archives: the same bytes for the same content, never over anything else."""

from __future__ import annotations

import csv
import io
import os
import shutil
import tempfile
import zipfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


class FolderInUseError(Exception):
    """A folder to write to holds something that is not ours to replace; nothing was written."""


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV file: UTF-8, comma, header, quotes only where needed, lines ended by a line feed."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return buffer.getvalue().encode()


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    """A zip archive whose bytes depend on the files alone."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return buffer.getvalue()


def check_folder(path: Path, ours: Collection[str]) -> None:
    """Raise `FolderInUseError` unless the path is absent, empty, or a folder of nothing but our files."""
    if not path.exists() and not path.is_symlink():
        parent = next(folder for folder in path.absolute().parents if folder.exists())
        if not parent.is_dir() or not os.access(parent, os.W_OK):
            raise FolderInUseError(f"{path} cannot be made in {parent}; nothing was written")
        return
    if not path.is_dir():
        raise FolderInUseError(f"{path} is no folder; nothing was written")
    foreign = sorted(entry.name for entry in path.iterdir() if entry.name not in ours or not entry.is_file())
    if foreign:
        named = ", ".join(foreign[:3]) + (" and more" if len(foreign) > 3 else "")
        raise FolderInUseError(f"{path} holds something else ({named}); nothing was written")


def write_folder(path: Path, files: Mapping[str, bytes], ours: Collection[str]) -> None:
    """Write files into a folder that holds nothing else; what it held of ours before is replaced.

    Everything is written beside the folder first, so that a full disk leaves the old files as they were.
    Raises `FolderInUseError` where the folder holds anything else, OSError where it cannot be written.
    """
    path = path.resolve()
    check_folder(path, ours)
    path.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    try:
        for name, data in files.items():
            (staging / name).write_bytes(data)
        path.mkdir(exist_ok=True)
        for name in files:
            (staging / name).replace(path / name)
        for entry in path.iterdir():
            if entry.name not in files:
                entry.unlink()
    finally:
        shutil.rmtree(staging, ignore_errors=True)
