"""Item 3 and "nobody works on vacation": the rows of `assignments.csv` against what is to be worked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from src.compliance.structure.broken import ASSIGNMENTS_FILE, YEAR_FILE, Broken, Item
from src.compliance.structure.ground import Entry, Ground
from src.compliance.structure.sessions import Piece, RowKey
from src.compliance.structure.work import OWN_WORK, PersonWork
from src.interchange.schedule import AssignmentKind, AssignmentRow
from src.quantities import count


def key_of(entry: Entry) -> RowKey:
    """What a row says beside its person and date, in the terms of a `Piece`."""
    row, start, end = entry
    return (row.session, row.kind, row.id, start, end, row.duty_type)


NONE_KNOWN: Mapping[str, tuple[Broken, ...]] = {}


def broken_intervals(
    ground: Ground,
    work: Mapping[str, PersonWork],
    known: Mapping[str, tuple[Broken, ...]] = NONE_KNOWN,
) -> Mapping[str, tuple[Broken, ...]]:
    """By resident: rows that nothing asks for, work that has no row, and too many days off.

    `known` holds them already for some, whose rows are the same.
    """
    return {
        person: known[person] if person in known else tuple(_broken_of(ground, work[person]))
        for person in ground.residents
    }


def _broken_of(ground: Ground, work: PersonWork) -> Iterator[Broken]:
    yield from _PersonRows(ground, work).compare()
    yield from _year_rows_not_worked(ground, work)
    yield from _too_many_days_off(ground, work)


def _row(item: int, row: AssignmentRow, message: str, *others: date) -> Broken:
    """Something wrong with a row; `others` are the dates of what stands against it."""
    words = f"{row.person} {row.date} {row.session} {row.id}: {message}"
    return Broken(item, ASSIGNMENTS_FILE, row.row, words, person=row.person, dates=(row.date, *others))


def _same_work(one: AssignmentRow, other: AssignmentRow) -> Iterator[Broken]:
    """Which of two equal rows is one too many cannot be told: both are named."""
    yield _row(Item.WORK, one, f"the same work as in row {other.row}")
    yield _row(Item.WORK, other, f"the same work as in row {one.row}")


def rows_of_nobody(ground: Ground) -> Iterator[Broken]:
    """Rows of people who are not scheduled."""
    for row in ground.schedule.assignments:
        if row.person not in ground.program.person_by_id:
            yield _row(Item.WORK, row, "no such person in people.csv")
        elif row.person not in ground.residents:
            yield _row(Item.WORK, row, "faculty are not scheduled by template, clinic or call")


class _PersonRows:
    """One resident's rows, matched one to one with the work due."""

    def __init__(self, ground: Ground, work: PersonWork) -> None:
        self._ground = ground
        self._work = work
        self._could_be_off = frozenset(work.could_be_off)
        self._entries: dict[date, list[Entry]] = defaultdict(list)
        for entry in ground.entries_of[work.person]:
            self._entries[entry.row.date].append(entry)

    def compare(self) -> Iterator[Broken]:
        for day in sorted({*self._entries, *self._work.due}):
            yield from self._compare_date(self._entries.get(day, []), list(self._work.due.get(day, ())))

    def _compare_date(self, entries: list[Entry], due: list[Piece]) -> Iterator[Broken]:
        matched: dict[RowKey, AssignmentRow] = {}
        strangers: list[Entry] = []
        for entry in entries:
            key = key_of(entry)
            piece = next((piece for piece in due if piece.key == key), None)
            if piece is not None:
                due.remove(piece)
                matched[key] = entry.row
            elif key in matched:
                yield from _same_work(matched[key], entry.row)
            else:
                strangers.append(entry)
        for entry in strangers:
            if self._is_judged(entry.row):
                yield self._stranger(entry, due)
        missing = [piece for piece in due if piece.demanded]
        for piece in missing:
            yield self._missing(piece)
        if any(piece.day in self._could_be_off for piece in missing):
            for row in matched.values():
                if row.kind in OWN_WORK:
                    yield _row(Item.WORK, row, "worked alone: all sessions of a date are off together")

    def _is_judged(self, row: AssignmentRow) -> bool:
        """Rows outside the year are always judged: nothing was solved there that could excuse them."""
        if not self._ground.judged.days:
            return False
        return row.date in self._ground.judged_date_set or row.date not in self._ground.block_of

    def _stranger(self, entry: Entry, due: list[Piece]) -> Broken:
        """Say what is wrong with a row that is not due as it stands, taking what it stands for from `due`."""
        meant = next((piece for piece in due if _stands_for(entry, piece)), None)
        if meant is not None:
            due.remove(meant)
            return _row(Item.WORK, entry.row, f"{self._difference(entry, meant)} ({meant.source})")
        item, why, others = self._why_not_due(entry.row)
        return _row(item, entry.row, why, *others)

    def _difference(self, entry: Entry, piece: Piece) -> str:
        row, start, end = entry
        wall = self._ground.clock.wall
        pairs = (
            ("session", row.session, piece.session),
            ("kind", row.kind, piece.kind),
            ("id", row.id, piece.id),
            ("start_at", wall(start), wall(piece.start)),
            ("end_at", wall(end), wall(piece.end)),
            ("duty_type", row.duty_type, piece.duty_type),
        )
        differing = [f"{column} is {is_}, not {due}" for column, is_, due in pairs if is_ != due]
        return "; ".join(differing) or "start_at or end_at differs by less than a minute"

    def _why_not_due(self, row: AssignmentRow) -> tuple[int, str, tuple[date, ...]]:
        """The item that a row breaks, in words, and the dates of what stands against it."""
        if row.date not in self._ground.block_of:
            return Item.WORK, "the date is not in the year", ()
        for piece, refusal in self._work.refused:
            if piece.day == row.date and piece.session is row.session and piece.kind is row.kind:
                return refusal.item, f"not to be worked: {refusal.why}", refusal.dates
        away = self._ground.away[row.person].get(row.date)
        if away is not None and row.kind is not AssignmentKind.JEOPARDY:
            return Item.VACATIONS, f"the person is {away} on that date", ()
        return Item.WORK, self._why_never_due(row), ()

    def _why_never_due(self, row: AssignmentRow) -> str:
        if row.kind is AssignmentKind.ROTATION:
            rotation = self._ground.rotation_on(row.person, row.date)
            if rotation is None:
                return "year.csv gives the person no rotation on that date"
            if rotation.id != row.id:
                return f"the person is on {rotation.id} on that date"
            return "the rotation's template has no such session on that date"
        if row.kind is AssignmentKind.CLINIC:
            return "the person has no such clinic on that date"
        call = self._ground.program.call_by_id.get(row.id)
        if call is None:
            return "no such call in calls.csv"
        return "not the duty or handover of a call that the person takes"

    def _missing(self, piece: Piece) -> Broken:
        where = f"{self._work.person} {piece.day} {piece.session} {piece.id}"
        message = f"{where}: {piece.duty_type} is to be worked and has no row ({piece.source})"
        return Broken(
            Item.WORK, ASSIGNMENTS_FILE, piece.call_row, message, person=self._work.person, dates=(piece.day,)
        )


def _stands_for(entry: Entry, piece: Piece) -> bool:
    """Whether a row that differs from a piece of work is still recognisably its row."""
    row = entry.row
    if row.kind is not piece.kind and not (row.kind in OWN_WORK and piece.kind in OWN_WORK):
        return False
    if row.session is not piece.session and entry.start != piece.start:
        return False
    if piece.kind in OWN_WORK:
        return True
    return row.id == piece.id and (row.duty_type is piece.duty_type or row.session is piece.session)


def _year_rows_not_worked(ground: Ground, work: PersonWork) -> Iterator[Broken]:
    """Name the row of `year.csv` itself where nothing of an academic block is worked as it says."""
    worked: dict[int | None, set[str]] = defaultdict(set)
    for row, _, _ in ground.entries_of[work.person]:
        if row.kind is AssignmentKind.ROTATION and row.date in ground.judged_date_set:
            worked[ground.block_of.get(row.date)].add(row.id)
    due = {
        ground.block_of.get(day)
        for day, pieces in work.due.items()
        if any(piece.kind is AssignmentKind.ROTATION for piece in pieces)
    }
    for block in ground.judged.blocks:
        year_row = ground.year_rows.get((work.person, block))
        if year_row is None or year_row.rotation in worked[block]:
            continue
        if worked[block] or block in due:
            has = ", ".join(sorted(worked[block])) or "no rotation"
            message = f"{work.person} block {block}: {year_row.rotation}, but assignments.csv has {has}"
            yield Broken(Item.WORK, YEAR_FILE, year_row.row, message, person=work.person, blocks=(block,))


def _too_many_days_off(ground: Ground, work: PersonWork) -> Iterator[Broken]:
    in_block: dict[int, list[date]] = defaultdict(list)
    for day in work.days_off:
        in_block[ground.block_of[day]].append(day)
    for block, days in in_block.items():
        rotation = ground.rotation_in(work.person, block)
        if rotation is not None and rotation.max_days_off is not None and len(days) > rotation.max_days_off:
            yield Broken(
                Item.WORK,
                "rotations.csv",
                rotation.row,
                f"{work.person} block {block}: {count(len(days), 'day')} off on {rotation.id}, at most "
                f"{rotation.max_days_off} may be given ({', '.join(map(str, days))})",
                person=work.person,
                blocks=(block,),
                dates=tuple(days),
            )


def broken_overlaps(ground: Ground) -> Iterator[Broken]:
    """Intervals of one person that overlap, or that end no later than they start.

    Jeopardies are apart: they may overlap work, and are one to a person and date (see `collisions`). The same
    row twice is named where rows are matched.
    """
    if not ground.judged.days:
        return
    for entries in ground.entries_of.values():
        for entry in entries:
            if entry.end <= entry.start:
                yield _row(Item.WORK, entry.row, "ends no later than it starts")
        yield from _overlapping(ground, entries)


def _overlapping(ground: Ground, entries: Iterable[Entry]) -> Iterator[Broken]:
    in_order = sorted(
        (
            entry
            for entry in entries
            if entry.start < entry.end and entry.row.kind is not AssignmentKind.JEOPARDY
        ),
        key=lambda entry: (entry.start, entry.row.row),
    )
    longest: Entry | None = None
    for entry in in_order:
        if longest is not None and entry.start < longest.end:
            dates = {entry.row.date, longest.row.date}
            same = len(dates) == 1 and key_of(entry) == key_of(longest)
            if not same and dates & ground.judged_date_set:
                words = f"overlaps row {longest.row.row} ({longest.row.id})"
                yield _row(Item.WORK, entry.row, words, longest.row.date)
        if longest is None or entry.end > longest.end:
            longest = entry
