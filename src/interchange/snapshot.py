"""A program frozen as text: the canonical files of its folder, and one hash that stands for all of them.

Equal programs give equal files and so equal hashes, wherever they come from. A run keeps the files, and a
version is judged against them, whatever becomes of the program's inputs later.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from src.interchange.issues import ProgramRejectedError
from src.interchange.model import Program
from src.interchange.reader import read_program_files
from src.interchange.writer import program_files


def program_snapshot(program: Program) -> tuple[dict[str, str], str]:
    """The program's files by name, and the SHA-256 of them all in hex."""
    files = {name: data.decode() for name, data in program_files(program).items()}
    return files, files_hash(files)


def files_hash(files: Mapping[str, str]) -> str:
    """The SHA-256, in hex, of a snapshot's files: of their JSON with sorted names and no blanks."""
    text = json.dumps(dict(files), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def program_of_snapshot(files: Mapping[str, str]) -> Program:
    """The program that a snapshot holds, rows numbered as in its files.

    Raises `ProgramRejectedError` where the files are no program of this format.
    """
    reading = read_program_files({name: text.encode() for name, text in files.items()})
    if reading.program is None:
        raise ProgramRejectedError(reading.issues)
    return reading.program
