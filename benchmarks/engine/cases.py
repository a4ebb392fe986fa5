"""What is measured: the shared programs, and larger ones made out of one of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchmarks.larger_program import larger
from src.interchange.canonical import canonical
from src.interchange.model import Program
from src.interchange.reader import load_program

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "programs"


@dataclass(frozen=True, slots=True)
class Case:
    """A program to solve, `seconds` long: its folder, and how many residents to make it (None = as it is)."""

    name: str
    folder: Path
    seconds: float
    residents: int | None = None

    def program(self) -> Program:
        """The program, rows in canonical order. Raises FolderRejectedError, OSError where there is none."""
        read = load_program(self.folder)
        return canonical(read if self.residents is None else larger(read, self.residents))


CASES = (
    Case("tiny", SHARED / "tiny", 10),
    Case("fm-24", SHARED / "fm-24", 58),
    Case("gs-35", SHARED / "gs-35", 59),
    Case("im-60", SHARED / "im-60", 162),
    Case("infeasible-icu", SHARED / "infeasible-icu", 30),
    Case("im-60-by-90", SHARED / "im-60", 300, residents=90),
    Case("im-60-by-160", SHARED / "im-60", 900, residents=160),
)
"""The seconds of the shared ones are those that the stated figures of another plain solver were made in."""


class UnknownCaseError(Exception):
    """{name} is neither one of {known} nor a folder."""

    def __init__(self, name: str) -> None:
        known = ", ".join(case.name for case in CASES)
        super().__init__(f"{name} is neither one of {known} nor a program's folder")


def case_of(argument: str) -> Case:
    """`NAME[:SECONDS]` or `FOLDER[:SECONDS]` as a case. Raises UnknownCaseError, or ValueError (seconds)."""
    name, _, seconds = argument.partition(":")
    known = next((case for case in CASES if case.name == name), None)
    if known is None and not Path(name).is_dir():
        raise UnknownCaseError(name)
    found = known or Case(Path(name).resolve().name, Path(name), 60)
    if not seconds:
        return found
    if not float(seconds) > 0:
        raise ValueError(f"{argument}: the seconds must be above 0")
    return Case(found.name, found.folder, float(seconds), found.residents)
