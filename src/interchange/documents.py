"""A TOML file, or the sheet of keys and values that stands for it in a workbook.

Both become the same flat entries under dotted keys (`vacation_weeks.1`, `tier.2.fair_weekends`), each with
the line or row it came from. In a sheet every value is text; lists in it are separated by spaces.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from src.interchange import limits, values
from src.interchange.issues import IssueCode, IssueLog
from src.interchange.tables import Table, is_forbidden

_KEY = re.compile(r'\s*"?([A-Za-z0-9_-]+)"?\s*=')
_HEADER = re.compile(r"\s*(\[{1,2})\s*([A-Za-z0-9_.\"-]+)\s*\]{1,2}")
_MAX_EXPONENT = 30
_MAX_INTEGER = 10**9
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")

type _Converter[T] = Callable[[Any, bool], T | None]
"""Turns a raw value into a typed one, or None; told whether the value is the text of a sheet."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A value and where it stands. `value` is text where the document is a sheet, else TOML's own."""

    value: Any
    row: int | None


@dataclass(slots=True)
class Document:
    """The entries of one TOML file or its sheet, in the order written, and the reading of single ones."""

    file: str
    log: IssueLog
    entries: dict[str, Entry] = field(default_factory=dict)
    is_sheet: bool = False
    is_whole: bool = True

    def children(self, prefix: str) -> Iterator[tuple[str, str]]:
        """The full key and the rest after the prefix, of every entry below that prefix."""
        for key in self.entries:
            if key.startswith(f"{prefix}."):
                yield key, key.removeprefix(f"{prefix}.")

    def has(self, key: str) -> bool:
        """Whether the key is there with a value."""
        return key in self.entries and self.entries[key].value != ""

    def reject(self, code: IssueCode, key: str, message: str) -> None:
        """Name a fault at a key."""
        self.log.reject(code, message, file=self.file, row=self._row(key), column=key)

    def remark(self, code: IssueCode, key: str, message: str) -> None:
        """Name something at a key that may not be meant."""
        self.log.remark(code, message, file=self.file, row=self._row(key), column=key)

    def text(self, key: str) -> str | None:
        """A text that is not empty; None = not set or not valid."""
        return self._convert(key, self._value(key), _as_text, "a text")

    def integer(self, key: str, least: int, most: int) -> int | None:
        """A whole number between two limits, both allowed."""
        return self._within(
            key, self._convert(key, self._value(key), _as_integer, "a whole number"), least, most
        )

    def number(self, key: str) -> Decimal | None:
        """A decimal number."""
        return self._convert(key, self._value(key), _as_number, "a number")

    def day(self, key: str) -> date | None:
        """A local date."""
        return self._plausible(key, self._convert(key, self._value(key), _as_date, "a date YYYY-MM-DD"))

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty where not set."""
        found = (self._convert(key, item, _as_text, "a text") for item in self._items(key) or ())
        return tuple(item for item in found if item is not None)

    def integers(self, key: str, least: int, most: int) -> tuple[int, ...] | None:
        """A list of whole numbers between two limits; None where one of them is not."""
        items = self._items(key)
        if items is None:
            return None
        numbers = (self._convert(key, item, _as_integer, "a whole number") for item in items)
        found = [self._within(key, number, least, most) for number in numbers]
        whole = tuple(number for number in found if number is not None)
        return whole if len(whole) == len(items) else None

    def numbers(self, key: str) -> tuple[Decimal, ...]:
        """A list of decimal numbers."""
        found = (self._convert(key, item, _as_number, "a number") for item in self._items(key) or ())
        return tuple(item for item in found if item is not None)

    def days(self, key: str) -> tuple[date, ...]:
        """A list of local dates."""
        items = (self._convert(key, item, _as_date, "a date YYYY-MM-DD") for item in self._items(key) or ())
        found = [self._plausible(key, item) for item in items]
        return tuple(item for item in found if item is not None)

    def _row(self, key: str) -> int | None:
        while key not in self.entries and "." in key:
            key = key.rpartition(".")[0]
        return self.entries[key].row if key in self.entries else None

    def _value(self, key: str) -> Any:
        return self.entries[key].value if self.has(key) else None

    def _items(self, key: str) -> list[Any] | None:
        """The items of a list, none where it is not set; None after the fault of not being a list."""
        value = self._value(key)
        if value is None:
            return []
        if self.is_sheet:
            return [item.strip("\"'") for item in str(value).strip("[]").replace(",", " ").split()]
        if not isinstance(value, list):
            self.reject(IssueCode.BAD_VALUE, key, "must be a list in [ ]")
            return None
        return value

    def _convert[T](self, key: str, value: Any, convert: _Converter[T], what: str) -> T | None:
        if value is None:
            return None
        found = convert(value, self.is_sheet)
        if found is None:
            self.reject(IssueCode.BAD_VALUE, key, f"{_shown(value)} is not {what}")
        return found

    def _within(self, key: str, number: int | None, least: int, most: int) -> int | None:
        if number is not None and not least <= number <= most:
            self.reject(IssueCode.OUT_OF_RANGE, key, f"{number} is not between {least} and {most}")
            return None
        return number

    def _plausible(self, key: str, day: date | None) -> date | None:
        if day is not None and not values.is_plausible(day):
            first, last = limits.FIRST_DATE.year, limits.LAST_DATE.year
            self.reject(IssueCode.OUT_OF_RANGE, key, f"{day} is not between {first} and {last}")
            return None
        return day


def toml_document(file: str, data: bytes, log: IssueLog) -> Document:
    """Read a TOML file. What is no TOML is named with its line, and the document is not whole."""
    document = Document(file, log)
    try:
        text = data.decode("utf-8-sig")
        found = tomllib.loads(text.replace("\r\n", "\n"), parse_float=_finite)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        log.reject(IssueCode.NOT_UTF8, "is not UTF-8", file=file, row=line)
    except RecursionError:
        log.reject(IssueCode.BAD_SYNTAX, "is nested too deeply", file=file)
    except ValueError as error:
        place = _AT_LINE.search(str(error))
        message = f"is no TOML: {_AT_LINE.sub('', str(error)).strip()}"
        log.reject(IssueCode.BAD_SYNTAX, message, file=file, row=int(place[1]) if place else None)
    else:
        rows = _line_by_key(text)
        for key, value in _flat(found):
            document.entries[key] = Entry(value, rows.get(key) or rows.get(key.rpartition(".")[0]))
        return document
    document.is_whole = False
    return document


def sheet_document(table: Table, log: IssueLog) -> Document:
    """Read a sheet with the columns `key` and `value`."""
    document = Document(table.file, log, is_sheet=True, is_whole=table.is_whole)
    for line in table.lines:
        key, value = line.cells["key"], line.cells["value"]
        if key is None or value is None:
            document.is_whole = False
        elif not key:
            log.reject(
                IssueCode.MISSING_VALUE, "must not be empty", file=table.file, row=line.row, column="key"
            )
        elif key in document.entries:
            message = f"the key {key} is there twice"
            log.reject(IssueCode.DUPLICATE, message, file=table.file, row=line.row, column="key")
        else:
            document.entries[key] = Entry(value, line.row)
    return document


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Entries under dotted keys; the tables of an array count from 1, and an empty table stays an entry."""
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{key}.")
        elif isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            for number, item in enumerate(value, start=1):
                yield from _flat({str(number): item}, f"{key}.")
        else:
            yield key, value


def _line_by_key(text: str) -> dict[str, int]:
    """The line of each `key = ` by dotted key, as far as a look at each line tells."""
    found: dict[str, int] = {}
    arrays: Counter[str] = Counter()
    prefix = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            name = header[2].replace('"', "")
            if header[1] == "[[":
                arrays[name] += 1
                name = f"{name}.{arrays[name]}"
            prefix = f"{name}."
            found.setdefault(name, number)
        elif key := _KEY.match(line):
            found.setdefault(f"{prefix}{key[1]}", number)
    return found


def _finite(text: str) -> Decimal:
    number = Decimal(text)
    # An exponent of millions is a few bytes here and gigabytes once written out.
    if not number.is_finite() or abs(number.adjusted()) > _MAX_EXPONENT:
        raise ValueError(f"{text} is no number")
    return number


def _as_text(value: Any, is_sheet: bool) -> str | None:  # noqa: ARG001 - one signature for all converters
    if not isinstance(value, str) or len(value) > limits.MAX_CELL_LENGTH:
        return None
    text = value.replace("\r\n", "\n").strip()
    return text if text and not any(is_forbidden(character) for character in text) else None


def _as_integer(value: Any, is_sheet: bool) -> int | None:
    if is_sheet:
        return values.parse_integer(str(value))
    is_integer = isinstance(value, int) and not isinstance(value, bool)
    return value if is_integer and abs(value) < _MAX_INTEGER else None


def _as_number(value: Any, is_sheet: bool) -> Decimal | None:
    if is_sheet or isinstance(value, Decimal):
        return values.parse_decimal(str(value) if is_sheet else f"{value:f}")
    number = _as_integer(value, is_sheet)
    return None if number is None else values.parse_decimal(str(number))


def _as_date(value: Any, is_sheet: bool) -> date | None:  # noqa: ARG001 - one signature for all converters
    if isinstance(value, str):
        return values.parse_date(value)
    return value if isinstance(value, date) and not isinstance(value, datetime) else None


def _shown(value: Any) -> str:
    if isinstance(value, int) and abs(value) >= _MAX_INTEGER:
        return "a number beyond all measure"
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    text = str(value)
    return f"'{text if len(text) <= 60 else text[:57] + '…'}'"
