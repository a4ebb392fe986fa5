"""Many dates or academic blocks in few words: those that follow one another as a range."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

MOST_RANGES_NAMED = 5


def on_dates(texts: Iterable[str]) -> str:
    """ISO dates, or numbers of blocks, in order: "2026-09-08 to 2026-09-12, 2026-09-20 and 3 more"."""
    numbers = {_number(text): text for text in texts}
    ranges: list[list[str]] = []
    before: int | None = None
    for number, text in sorted(numbers.items()):
        if before is not None and number == before + 1:
            ranges[-1].append(text)
        else:
            ranges.append([text])
        before = number
    named = [_range(each) for each in ranges[:MOST_RANGES_NAMED]]
    more = sum(map(len, ranges[MOST_RANGES_NAMED:]))
    return ", ".join(named) + (f" and {more} more" if more else "")


def grouped[Key](said: Iterable[tuple[Key, str]]) -> dict[Key, str]:
    """What is said of the same thing on several dates, once, with them; in the order of first mention."""
    dates: defaultdict[Key, list[str]] = defaultdict(list)
    for key, when in said:
        dates[key].append(when)
    return {key: on_dates(found) for key, found in dates.items()}


def _range(texts: Sequence[str]) -> str:
    return texts[0] if len(texts) == 1 else f"{texts[0]} to {texts[-1]}"


def _number(text: str) -> int:
    return int(text) if text.isdigit() else date.fromisoformat(text).toordinal()
