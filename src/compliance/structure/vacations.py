"""Item 2: every trainee has the vacation weeks due, in allowed blocks, within caps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from src.compliance.structure.broken import VACATIONS_FILE, Broken, Item
from src.compliance.structure.clock import each_week_date
from src.compliance.structure.ground import Ground
from src.interchange.model import RequestKind
from src.interchange.schedule import VacationRow
from src.quantities import count

MONDAY = 0


def broken_vacations(ground: Ground) -> Iterator[Broken]:
    """Rows that name no week, weeks where they may not be, too many at once, too many or too few."""
    yield from _unsound_rows(ground)
    for row in _judged_rows(ground):
        yield from _in_allowed_blocks(ground, row)
        yield from _rank_is_right(ground, row)
    yield from _too_many_in_one_block(ground)
    yield from _too_many_away(ground)
    yield from _exactly_as_many_as_due(ground)


def _row(
    row: VacationRow, message: str, *, blocks: tuple[int, ...] = (), others: tuple[date, ...] = ()
) -> Broken:
    where = f"{row.person} week of {row.week_start_date}"
    return Broken(
        Item.VACATIONS,
        VACATIONS_FILE,
        row.row,
        f"{where}: {message}",
        person=row.person,
        blocks=blocks,
        weeks=(row.week_start_date, *others),
    )


def _judged_rows(ground: Ground) -> Iterator[VacationRow]:
    for row in ground.sound_vacations:
        if ground.block_of[row.week_start_date] in ground.judged.blocks:
            yield row


def _unsound_rows(ground: Ground) -> Iterator[Broken]:
    kept = {(row.person, row.week_start_date): row for row in ground.sound_vacations}
    weeks = frozenset(ground.program.weeks)
    for row in ground.schedule.vacations:
        first = kept.get((row.person, row.week_start_date))
        if row.person not in ground.program.person_by_id:
            yield _row(row, "no such person in people.csv")
        elif row.person not in ground.residents:
            yield _row(row, "faculty have no vacation weeks")
        elif row.week_start_date.weekday() != MONDAY:
            yield _row(row, "a vacation week starts on a Monday")
        elif row.week_start_date not in weeks:
            yield _row(row, "the week does not lie wholly in the year")
        elif first is not row and first is not None:
            yield _row(row, f"the same week as in row {first.row}")
            yield _row(first, f"the same week as in row {row.row}")


def _in_allowed_blocks(ground: Ground, row: VacationRow) -> Iterator[Broken]:
    """The block that holds the Monday and every block the week runs into allow vacation."""
    touched = dict.fromkeys(ground.block_of[day] for day in each_week_date(row.week_start_date))
    for block in touched:
        rotation = ground.rotation_in(row.person, block)
        if rotation is None:
            yield _row(row, f"block {block} has no rotation that allows it", blocks=(block,))
        elif rotation.vacation_weeks_max <= 0:
            yield _row(row, f"{rotation.id} in block {block} allows no vacation", blocks=(block,))


def _rank_is_right(ground: Ground, row: VacationRow) -> Iterator[Broken]:
    """`request_rank` is that of a request of theirs for the week, and empty where none asked for it."""
    ranks = {
        request.rank
        for request in ground.program.requests
        if request.kind is RequestKind.VACATION
        and request.person == row.person
        and request.start_date is not None
        and request.start_date in each_week_date(row.week_start_date)
    }
    if row.request_rank not in (ranks or {None}):
        asked = " or ".join(sorted(str(rank) for rank in ranks if rank is not None))
        says = "none" if row.request_rank is None else row.request_rank
        yield _row(row, f"request_rank is {says}, requests.csv gives {asked or 'none'}")


def _too_many_in_one_block(ground: Ground) -> Iterator[Broken]:
    weeks_in: dict[tuple[str, int], list[VacationRow]] = defaultdict(list)
    for row in _judged_rows(ground):
        weeks_in[row.person, ground.block_of[row.week_start_date]].append(row)
    for (person, block), rows in weeks_in.items():
        rotation = ground.rotation_in(person, block)
        if rotation is not None and 0 < rotation.vacation_weeks_max < len(rows):
            last = max(rows, key=lambda row: row.row)
            yield _row(
                last,
                f"{count(len(rows), 'week')} in block {block}, "
                f"{rotation.id} allows {rotation.vacation_weeks_max}",
                blocks=(block,),
                others=tuple(row.week_start_date for row in rows if row is not last),
            )


def _too_many_away(ground: Ground) -> Iterator[Broken]:
    limit = ground.program.max_on_vacation
    if limit is None:
        return
    away: dict[date, list[VacationRow]] = defaultdict(list)
    for row in _judged_rows(ground):
        away[row.week_start_date].append(row)
    for rows in away.values():
        if len(rows) > limit:
            last = max(rows, key=lambda row: row.row)
            yield _row(last, f"{len(rows)} are on vacation in that week, at most {limit} may be")


def _exactly_as_many_as_due(ground: Ground) -> Iterator[Broken]:
    """No more and no fewer; of a part of the year only "no more" can be judged."""
    every_week = tuple(ground.program.weeks)
    whole_year = ground.judged.blocks == frozenset(ground.block_by_number)
    rows_of: dict[str, list[VacationRow]] = defaultdict(list)
    for row in _judged_rows(ground):
        rows_of[row.person].append(row)
    for person in ground.program.residents:
        due = 0 if person.pgy is None else ground.program.vacation_weeks.get(person.pgy, 0)
        rows = rows_of[person.id]
        if len(rows) > due:
            last = max(rows, key=lambda row: row.row)
            words = f"{count(len(rows), 'vacation week')}, PGY-{person.pgy} is due {due}"
            yield _row(last, words, others=every_week)
        elif whole_year and len(rows) < due:
            message = f"{person.id}: {count(len(rows), 'vacation week')}, PGY-{person.pgy} is due {due}"
            yield Broken(Item.VACATIONS, VACATIONS_FILE, None, message, person=person.id, weeks=every_week)
