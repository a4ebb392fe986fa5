"""Digests of the rows of files, so that one that was changed, added or taken away can be named.

A file's rows are grouped by their first cell (mostly the person) and each leaves a short digest, in the order
of the canonical file; a digest of the whole file stands beside them, too long for two files to share it.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

ROW_DIGITS = 8
"""Hexadecimal digits of a row's digest."""


@dataclass(frozen=True, slots=True)
class RowDifference:
    """A row that is there now and was not, or was (`text` None: only its group is known) and is not."""

    group: str
    text: str | None
    number: int | None

    def __str__(self) -> str:
        if self.text is None:
            return f"a row of {self.group!r} that was certified is missing or was changed"
        return f"row {self.number} of the canonical file ({self.text}) was not certified so"


def file_digest(data: bytes) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def row_digests(name: str, data: bytes) -> dict[str, str]:
    """The digests of a file's rows, one after another, by the first cell of each."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for group, text in _rows(name, data):
        found[group].append(_digest(text))
    return {group: "".join(digests) for group, digests in sorted(found.items())}


def row_differences(name: str, data: bytes, certified: Mapping[str, str]) -> Iterator[RowDifference]:
    """What differs from the digests certified: rows there now, by number, then rows gone, by group."""
    left = Counter(
        (group, digests[start : start + ROW_DIGITS])
        for group, digests in certified.items()
        for start in range(0, len(digests), ROW_DIGITS)
    )
    for number, (group, text) in enumerate(_rows(name, data), start=2):
        key = (group, _digest(text))
        if left[key] > 0:
            left[key] -= 1
        else:
            yield RowDifference(group, text, number)
    for (group, _), count in sorted(left.items()):
        for _ in range(count):
            yield RowDifference(group, None, None)


def _rows(name: str, data: bytes) -> Iterator[tuple[str, str]]:
    """Group and text of each row: of a table without its header, of another file every line."""
    text = data.decode()
    if PurePosixPath(name).suffix != ".csv":
        yield from (("", line) for line in text.splitlines())
        return
    rows = csv.reader(io.StringIO(text, newline=""))
    next(rows, None)
    yield from ((row[0] if row else "", ",".join(row)) for row in rows)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:ROW_DIGITS]
