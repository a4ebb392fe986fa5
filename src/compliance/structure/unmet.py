"""Item 4: `unmet.csv` lists every shortage there is, once, and nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain

from src.compliance.structure.broken import UNMET_FILE, Broken, Item
from src.compliance.structure.ground import Ground
from src.compliance.structure.shortage import Shortage
from src.interchange.model import PersonKind
from src.interchange.schedule import UnmetKind, UnmetRow


def broken_unmet(ground: Ground, shortages: Iterable[Shortage]) -> Iterator[Broken]:
    """Shortages that no row lists, and rows that are not true."""
    unlisted: dict[tuple[UnmetKind, str, str], list[Shortage]] = defaultdict(list)
    for shortage in shortages:
        unlisted[shortage.what, shortage.id, shortage.date_or_block].append(shortage)
    for row in ground.schedule.unmet:
        if not _is_judged(ground, row):
            continue
        there = unlisted.get((row.what, row.id, row.date_or_block), [])
        fitting = [shortage for shortage in there if _speaks_of(ground, row, shortage)]
        exact = [one for one in fitting if (one.needed, one.got) == (row.needed, row.got)]
        if exact:
            there.remove(exact[0])
        elif fitting:
            there.remove(fitting[0])
            truth = f"needed {fitting[0].needed}, got {fitting[0].got}"
            yield _row(row, f"says needed {row.needed}, got {row.got}; in truth {truth}")
        else:
            yield _row(row, "there is no such shortage, or a row before lists it")
    for shortage in chain.from_iterable(unlisted.values()):
        message = f"{shortage.words}, and unmet.csv does not list it"
        blocks, dates = _place(shortage.what, shortage.date_or_block)
        yield Broken(shortage.item, shortage.file, shortage.row, message, blocks=blocks, dates=dates)


def _row(row: UnmetRow, message: str) -> Broken:
    session = "" if row.session is None else f" {row.session}"
    where = f"{row.what} {row.id} {row.date_or_block}{session}"
    blocks, dates = _place(row.what, row.date_or_block)
    return Broken(Item.STAFFING, UNMET_FILE, row.row, f"{where}: {message}", blocks=blocks, dates=dates)


def _place(what: UnmetKind, date_or_block: str) -> tuple[tuple[int, ...], tuple[date, ...]]:
    """The academic block, or the date, that a row speaks of; nothing where it names none."""
    if what is UnmetKind.COVERAGE:
        return ((int(date_or_block),) if date_or_block.isdecimal() else ()), ()
    day = _date(date_or_block)
    return (), (() if day is None else (day,))


def _is_judged(ground: Ground, row: UnmetRow) -> bool:
    """Whether a row speaks of the judged part; one that speaks of nothing in the year is judged too."""
    if row.what is UnmetKind.COVERAGE:
        number = int(row.date_or_block) if row.date_or_block.isdecimal() else 0
        return number in ground.judged.blocks or number not in ground.block_by_number
    if not ground.judged.days:
        return False
    day = _date(row.date_or_block)
    return day is None or day in ground.judged_date_set or day not in ground.block_of


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _speaks_of(ground: Ground, row: UnmetRow, shortage: Shortage) -> bool:
    return row.session in shortage.sessions and _same_pgys(ground, row, shortage)


def _same_pgys(ground: Ground, row: UnmetRow, shortage: Shortage) -> bool:
    """An empty list means all: it says the same as a list of every PGY there is."""
    every = {person.pgy for person in ground.program.people if person.kind is PersonKind.RESIDENT}
    named = set(row.pgys)
    return named == shortage.pgys or (named or every) == (shortage.pgys or every)
