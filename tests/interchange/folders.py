"""The small program as files to spoil, and short words for what a reading says about them."""

from __future__ import annotations

from src.interchange.issues import ImportIssue, IssueSeverity
from src.interchange.output import zip_bytes
from src.interchange.reader import ProgramReading, read_program_bytes
from src.interchange.writer import program_files
from tests.factories.programs import small_program


def small_files() -> dict[str, bytes]:
    """The files of the small program."""
    return program_files(small_program())


def reading_of(files: dict[str, bytes]) -> ProgramReading:
    """What the reader says about those files."""
    return read_program_bytes("small.zip", zip_bytes(files))


def reading_with(file: str, old: str, new: str) -> ProgramReading:
    """The reading after one text in one file is replaced; the text must be there."""
    files = small_files()
    text = files[file].decode()
    assert old in text, f"{file} holds no {old!r}"
    files[file] = text.replace(old, new, 1).encode()
    return reading_of(files)


def reading_with_row(file: str, row: str) -> ProgramReading:
    """The reading after one row is put at the end of a file."""
    files = small_files()
    files[file] += f"{row}\n".encode()
    return reading_of(files)


def places(reading: ProgramReading, severity: IssueSeverity = IssueSeverity.ERROR) -> list[str]:
    """Each issue of that severity as `file:row:column:code`."""
    return [place(issue) for issue in reading.issues if issue.severity is severity]


def place(issue: ImportIssue) -> str:
    """An issue as `file:row:column:code`, a dash for what it does not name."""
    return f"{issue.file}:{issue.row or '-'}:{issue.column or '-'}:{issue.code}"
