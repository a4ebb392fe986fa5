"""What a caller uploads as a program: a zip archive, a workbook, or the files of a folder one by one."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import PurePosixPath

from fastapi import UploadFile

from src.exceptions import InvalidError, TooLargeError
from src.interchange import limits
from src.interchange.reader import ProgramReading, read_program_bytes, read_program_files

MAX_FILES = 40
_FOLDER_SUFFIXES = frozenset({".csv", ".toml"})
_PACKED_SUFFIXES = frozenset({".zip", ".xlsx"})

_readers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="program-reader")
"""Reading leaves the event loop free, and the largest uploads, some 700 MB in memory, come two at a time."""


class BadUploadError(InvalidError):
    """What was sent is neither one archive or workbook, nor the files of one folder."""

    code = "BAD_UPLOAD"
    message = "Send one .zip or .xlsx file, or the .csv and .toml files of one folder."


async def read_upload(files: list[UploadFile]) -> tuple[ProgramReading, str]:
    """What was read, and the SHA-256 of what was sent.

    Raises BadUploadError, TooLargeError.
    """
    if len(files) > MAX_FILES:
        raise BadUploadError(f"More than {MAX_FILES} files were sent.")
    named: dict[str, bytes] = {}
    for file in files:
        name = _name_of(file)
        if name in named:
            raise BadUploadError(f"Two of the files are called {name}.")
        named[name] = await _content(file)
    digest = hashlib.sha256()
    for name, data in sorted(named.items()):
        digest.update(f"{name}\0{len(data)}\0".encode())
        digest.update(data)
    reading = await asyncio.get_running_loop().run_in_executor(_readers, _reader_of(named))
    return reading, digest.hexdigest()


def _reader_of(named: dict[str, bytes]) -> Callable[[], ProgramReading]:
    """How to read what was sent; a folder may have other files beside its own. Raises BadUploadError."""
    suffixes = {name: PurePosixPath(name).suffix.lower() for name in named}
    if any(suffix in _FOLDER_SUFFIXES for suffix in suffixes.values()):
        if any(suffix in _PACKED_SUFFIXES for suffix in suffixes.values()):
            raise BadUploadError
        return lambda: read_program_files(named)
    if len(named) != 1:
        raise BadUploadError
    ((name, data),) = named.items()
    return lambda: read_program_bytes(name, data)


async def _content(file: UploadFile) -> bytes:
    data = await file.read(limits.MAX_ARCHIVE_BYTES + 1)
    if len(data) > limits.MAX_ARCHIVE_BYTES:
        raise TooLargeError
    return data


def _name_of(file: UploadFile) -> str:
    """The name without its folder; printable and short, since messages show it."""
    name = (file.filename or "upload").replace("\\", "/").rpartition("/")[2]
    shown = "".join(character if character.isprintable() else "?" for character in name)
    return shown[:100] or "upload"
