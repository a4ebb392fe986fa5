"""One row while it is read: each getter gives a typed value or takes down what is wrong with the cell.

After a fault a getter returns a stand-in and `is_good` turns False: the row builds to the end, so that all
its faults are named, and is then left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum

from src.interchange import limits, values
from src.interchange.frame import Frame
from src.interchange.issues import IssueCode, IssueLog
from src.interchange.tables import Line, Table

_STAND_IN_INSTANT = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


class RowCells:
    """The cells of one row, by column."""

    def __init__(self, table: Table, line: Line, frame: Frame, log: IssueLog) -> None:
        self.row = line.row
        self.frame = frame
        self.is_good = True
        self._file = table.file
        self._cells = line.cells
        self._log = log

    def error(self, code: IssueCode, column: str | None, message: str) -> None:
        """Name a fault of this row."""
        self.is_good = False
        self._log.reject(code, message, file=self._file, row=self.row, column=column)

    def warn(self, column: str | None, message: str) -> None:
        """Name something in this row that has no effect."""
        self._log.remark(IssueCode.NO_EFFECT, message, file=self._file, row=self.row, column=column)

    def is_set(self, column: str) -> bool:
        """Whether the cell holds text, right or wrong."""
        return bool(self._cells[column])

    def is_empty(self, column: str) -> bool:
        """Whether the cell holds nothing; a cell whose fault is named already is neither set nor empty."""
        return self._cells[column] == ""

    def says(self, column: str, word: str) -> bool:
        """Whether the cell holds exactly that word."""
        return self._cells[column] == word

    # Text

    def optional_text(self, column: str) -> str | None:
        """The text of the cell; None = not set."""
        text = self._cells[column]
        if text is None:
            self.is_good = False
        return text or None

    def text(self, column: str) -> str:
        """The text of a cell that must be set."""
        text = self.optional_text(column)
        if text is None and self._cells[column] is not None:
            self.error(IssueCode.MISSING_VALUE, column, "must not be empty")
        return text or ""

    def id(self, column: str) -> str:
        """An id that this row gives itself."""
        return self._id(column, self.text(column))

    def optional_id(self, column: str) -> str | None:
        """A name of this row that others refer to, such as a rotation's group; None = not set."""
        text = self.optional_text(column)
        return None if text is None else self._id(column, text)

    def choice[E: StrEnum](self, column: str, kind: type[E], allowed: Iterable[E] | None = None) -> E:
        """One of the words of a list."""
        members = tuple(kind if allowed is None else allowed)
        text = self.text(column)
        for member in members:
            if member.value == text:
                return member
        if text:
            words = ", ".join(member.value for member in members)
            self.error(IssueCode.BAD_VALUE, column, f"{_quote(text)} is none of {words}")
        return members[0]

    def optional_choice[E: StrEnum](self, column: str, kind: type[E]) -> E | None:
        """One of the words of a list, or None = not set."""
        return None if self.is_empty(column) else self.choice(column, kind)

    # Numbers

    def optional_integer(self, column: str, least: int = 0, most: int = limits.MAX_COUNT) -> int | None:
        """A whole number between two limits, both allowed; None = not set."""
        text = self.optional_text(column)
        if text is None:
            return None
        number = values.parse_integer(text)
        if number is None:
            self.error(IssueCode.BAD_VALUE, column, f"{_quote(text)} is not a whole number")
            return None
        if not least <= number <= most:
            self.error(IssueCode.OUT_OF_RANGE, column, f"{number} is not between {least} and {most}")
            return None
        return number

    def integer(self, column: str, least: int = 0, most: int = limits.MAX_COUNT) -> int:
        """A whole number that must be set."""
        self.text(column)
        number = self.optional_integer(column, least, most) if self.is_set(column) else None
        return least if number is None else number

    def flag(self, column: str, empty: bool) -> bool:
        """`0` or `1`; `empty` is what an empty cell means."""
        text = self.optional_text(column)
        if text is None:
            return empty
        if text not in {"0", "1"}:
            self.error(IssueCode.BAD_VALUE, column, f"{_quote(text)} is neither 0 nor 1")
        return text == "1"

    def decimal(self, column: str) -> Decimal:
        """A decimal number of zero or more; an empty cell is 0."""
        text = self.optional_text(column)
        if text is None:
            return Decimal(0)
        number = values.parse_decimal(text)
        if number is None:
            self.error(IssueCode.BAD_VALUE, column, f"{_quote(text)} is not a decimal number")
            return Decimal(0)
        if number < 0:
            self.error(IssueCode.OUT_OF_RANGE, column, f"{text} is below 0")
        return number

    def optional_minutes(self, column: str, least: int = 0) -> int:
        """Minutes from decimal hours; an empty cell is 0."""
        text = self.optional_text(column)
        if text is None:
            return 0
        hours = values.parse_decimal(text)
        if hours is None:
            self.error(IssueCode.BAD_VALUE, column, f"{_quote(text)} is not a decimal number of hours")
            return 0
        if not least <= hours * 60 <= limits.MAX_MINUTES:
            lowest = "more than 0" if least else "0 or more"
            message = f"{text} hours is not {lowest} and at most {limits.MAX_MINUTES // 60}"
            self.error(IssueCode.OUT_OF_RANGE, column, message)
            return 0
        minutes = values.minutes_of(hours)
        if minutes is None:
            self.error(IssueCode.BAD_VALUE, column, f"{text} hours are no whole number of minutes")
        return minutes or 0

    def minutes(self, column: str) -> int:
        """Minutes, at least one, from decimal hours that must be set."""
        self.text(column)
        return self.optional_minutes(column, least=1) if self.is_set(column) else 0

    def check_order(self, column: str, least: int, most: int | None, most_column: str) -> None:
        """A minimum must not lie above its maximum."""
        if most is not None and least > most:
            message = f"{column} {least} lies above {most_column} {most}"
            self.error(IssueCode.CONTRADICTION, column, message)

    def setting(self, column: str) -> int | bool:
        """What a parameter of a rule is set to, which must be set: a whole number, or `true` or `false`."""
        text = self.text(column)
        if text.lower() in {"true", "false"}:
            return text.lower() == "true"
        if text and values.parse_integer(text) is None:
            message = f"{_quote(text)} is neither a whole number nor true or false"
            self.error(IssueCode.BAD_VALUE, column, message)
            return 0
        return self.integer(column) if text else 0

    # Time

    def optional_day(self, column: str) -> date | None:
        """A local date; None = not set."""
        text = self.optional_text(column)
        if text is None:
            return None
        day = values.parse_date(text)
        if day is None:
            self.error(IssueCode.BAD_VALUE, column, f"{_quote(text)} is no date YYYY-MM-DD")
        elif not values.is_plausible(day):
            first, last = limits.FIRST_DATE.year, limits.LAST_DATE.year
            self.error(IssueCode.OUT_OF_RANGE, column, f"{text} is not between {first} and {last}")
            return None
        return day

    def day(self, column: str) -> date:
        """A local date that must be set."""
        self.text(column)
        return (self.optional_day(column) if self.is_set(column) else None) or limits.FIRST_DATE

    def check_dates(self, first_column: str, last_column: str) -> None:
        """An end must not lie before its start."""
        first = values.parse_date(self._cells[first_column] or "")
        last = values.parse_date(self._cells[last_column] or "")
        if first is not None and last is not None and last < first:
            self.error(IssueCode.CONTRADICTION, last_column, f"{last} lies before {first}")

    def check_instants(self, start_column: str, end_column: str) -> None:
        """An interval must not end before or when it starts."""
        start = values.parse_instant(self._cells[start_column] or "")
        end = values.parse_instant(self._cells[end_column] or "")
        if start is not None and end is not None and end <= start:
            self.error(IssueCode.CONTRADICTION, end_column, f"must lie after {start_column}")

    def check_in_year(self, column: str, day: date | None) -> None:
        """A date must lie in the program's year, where that is known."""
        first, last = self.frame.first_date, self.frame.last_date
        if day is not None and first is not None and last is not None and not first <= day <= last:
            self.error(IssueCode.OUT_OF_RANGE, column, f"{day} lies outside the year, {first} to {last}")

    def clock_time(self, column: str) -> time:
        """A local time that must be set."""
        text = self.text(column)
        found = values.parse_time(text)
        if text and found is None:
            self.error(IssueCode.BAD_VALUE, column, f"{_quote(text)} is no time HH:MM")
        return found or time()

    def instant(self, column: str) -> datetime:
        """An aware instant that must be set."""
        text = self.text(column)
        found = values.parse_instant(text)
        if text and found is None:
            message = f"{_quote(text)} is no instant YYYY-MM-DDTHH:MM:SS with an offset such as -05:00"
            self.error(IssueCode.BAD_VALUE, column, message)
        elif found is not None and not values.is_plausible(found.date()):
            first, last = limits.FIRST_DATE.year, limits.LAST_DATE.year
            self.error(IssueCode.OUT_OF_RANGE, column, f"{text} is not between {first} and {last}")
            return _STAND_IN_INSTANT
        return found or _STAND_IN_INSTANT

    # Lists

    def weekdays(self, column: str) -> tuple[int, ...]:
        """Weekdays, Monday = 0; an empty list means all seven and stays empty."""
        return values.weekday_order(set(self._integers(column, 0, 6)))

    def pgys(self, column: str) -> tuple[int, ...]:
        """PGYs; an empty list means all and stays empty."""
        return tuple(sorted(set(self._integers(column, 1, limits.MAX_PGY))))

    def blocks(self, column: str) -> tuple[int, ...]:
        """Academic blocks as numbers and spans; an empty list means all and stays empty."""
        found: list[int] = []
        for token in self._tokens(column):
            span = values.parse_blocks(token)
            if span is None:
                message = f"{_quote(token)} is neither a block such as 5 nor a span such as 1-13"
                self.error(IssueCode.BAD_VALUE, column, message)
            elif self._is_block(column, span[0]) and self._is_block(column, span[-1]):
                found.extend(span)
        self._warn_of_repeats(column, found)
        return tuple(sorted(set(found)))

    def optional_block(self, column: str) -> int | None:
        """The number of an academic block; None = not set."""
        number = self.optional_integer(column, -limits.MAX_COUNT)
        return number if number is not None and self._is_block(column, number) else None

    def rotations(self, column: str) -> tuple[str, ...]:
        """Rotation ids and `@group`s in the order written; an empty list means all and stays empty."""
        tokens = self._tokens(column)
        self._warn_of_repeats(column, tokens)
        for token in tokens:
            self._check_rotation(column, token)
        return tuple(dict.fromkeys(tokens))

    # References

    def person(self, column: str) -> str:
        """The id of somebody in people.csv."""
        return self._known(column, self.text(column), self.frame.people, "nobody in people has the id")

    def pack(self, column: str) -> str:
        """The id of a rule pack that the program goes by."""
        complaint = "the program goes by no rule pack"
        return self._known(column, self.text(column), self.frame.packs, complaint)

    def call(self, column: str) -> str:
        """The id of a call in calls.csv."""
        return self._known(column, self.text(column), self.frame.calls, "no call has the id")

    def rotation(self, column: str) -> str:
        """A rotation id or `@group` that rotations.csv knows."""
        text = self.text(column)
        if text:
            self._check_rotation(column, text)
        return text

    def optional_rotation(self, column: str) -> str | None:
        """A rotation id or `@group`; None = not set."""
        return None if self.is_empty(column) else self.rotation(column)

    def _check_rotation(self, column: str, text: str) -> None:
        if text.startswith("@"):
            name = text.removeprefix("@")
            self._known(column, name, self.frame.groups, "no rotation carries the group", shown=text)
        else:
            self._known(column, text, self.frame.rotations, "no rotation has the id")

    def _known(
        self, column: str, text: str, known: frozenset[str] | None, complaint: str, shown: str | None = None
    ) -> str:
        if text and known is not None and text not in known:
            self.error(IssueCode.UNKNOWN_ID, column, f"{complaint} {_quote(shown or text)}")
        return text

    def _id(self, column: str, text: str) -> str:
        if text and not values.is_id(text):
            message = f"{_quote(text)} is no id: at most {limits.MAX_ID_LENGTH} letters, digits, _ and -"
            self.error(IssueCode.BAD_VALUE, column, message)
        return text

    def _is_block(self, column: str, number: int) -> bool:
        count = self.frame.block_count
        if number < 1 or number > (count or limits.MAX_BLOCKS):
            there = f"the year has blocks 1 to {count}" if count else "blocks count from 1"
            self.error(IssueCode.OUT_OF_RANGE, column, f"there is no block {number}: {there}")
            return False
        return True

    def _tokens(self, column: str) -> list[str]:
        return (self.optional_text(column) or "").split()

    def _integers(self, column: str, least: int, most: int) -> list[int]:
        found: list[int] = []
        for token in self._tokens(column):
            number = values.parse_integer(token)
            if number is None:
                message = f"{_quote(token)} is not a whole number; separate several by spaces"
                self.error(IssueCode.BAD_VALUE, column, message)
            elif not least <= number <= most:
                self.error(IssueCode.OUT_OF_RANGE, column, f"{number} is not between {least} and {most}")
            else:
                found.append(number)
        self._warn_of_repeats(column, found)
        return found

    def _warn_of_repeats[T: (int, str)](self, column: str, found: list[T]) -> None:
        if len(set(found)) < len(found):
            self.warn(column, "names something twice; it counts once")


def read_rows[T](
    table: Table | None, build: Callable[[RowCells], T], frame: Frame, log: IssueLog
) -> tuple[T, ...]:
    """Build every row of a table; rows with a fault are left out, their faults are in the log."""
    if table is None:
        return ()
    found: list[T] = []
    for line in table.lines:
        cells = RowCells(table, line, frame, log)
        value = build(cells)
        if cells.is_good:
            found.append(value)
    return tuple(found)


def _quote(text: str) -> str:
    shown = text if len(text) <= 60 else f"{text[:57]}…"
    return f"'{shown}'"
