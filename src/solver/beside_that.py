"""What else is impossible beside a clash that is told row by row, in a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from src.interchange.schedule import Conflict

MOST_TOLD = 3


def told_beside(conflicts: Sequence[Conflict], others: Iterable[Conflict]) -> str | None:
    """What is impossible on its own, whatever is done about the conflicts; None where nothing is known."""
    named = {(conflict.file, conflict.row) for conflict in conflicts}
    first: dict[tuple[str, int | None], Conflict] = {}
    for other in others:
        if (other.file, other.row) not in named:
            first.setdefault((other.file, other.row), other)
    if not first:
        return None
    told = list(first.values())
    more = len(told) - MOST_TOLD
    rest = f" And {more} more." if more > 0 else ""
    places = (f"{_place(each)}: {each.message}" for each in told[:MOST_TOLD])
    return f"Impossible on its own, beside this: {' '.join(places)}{rest}"


def _place(conflict: Conflict) -> str:
    return conflict.file if conflict.row is None else f"{conflict.file}:{conflict.row}"
