"""Errors that only two rows together show: an id given twice, one thing told twice in two ways."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping

from src.interchange.columns import (
    CALLS,
    CLINICS,
    HISTORY_COUNTS,
    PEOPLE,
    ROTATIONS,
    RULE_OVERRIDES,
    TEMPLATES,
)
from src.interchange.issues import IssueCode, IssueLog
from src.interchange.model import Clinic, HistoryCount, RuleOverride, Session, Template
from src.interchange.tables import Table


def check_duplicate_ids(tables: Mapping[str, Table], log: IssueLog) -> None:
    """An id of a person, rotation or call is given once; compared as written, whatever else a row lacks."""
    for form in (PEOPLE, ROTATIONS, CALLS):
        table = tables.get(form.name)
        if table is None:
            continue
        named = [(line.row, line.cells["id"]) for line in table.lines if line.cells["id"]]
        for row, first_row, identifier in _repeats(named, lambda item: item[1], lambda item: item[0]):
            message = f"the id '{str(identifier)[:60]}' is already that of row {first_row}"
            log.reject(IssueCode.DUPLICATE, message, file=table.file, row=row, column="id")


def check_clinics(clinics: Iterable[Clinic], tables: Mapping[str, Table], log: IssueLog) -> None:
    """A half-day of a week can be a person's clinic once."""
    repeats = _repeats(clinics, lambda c: (c.person, c.weekday, c.session), lambda c: c.row)
    for row, first_row, (person, weekday, session) in repeats:
        message = f"{person} already has a clinic on weekday {weekday} {session} in row {first_row}"
        log.reject(IssueCode.DUPLICATE, message, file=tables[CLINICS.name].file, row=row, column="session")


def check_templates(templates: Iterable[Template], tables: Mapping[str, Table], log: IssueLog) -> None:
    """On a weekday a session of a rotation is held once, at one time: neither row could be told to be it."""
    first_rows: dict[tuple[str, Session, int], int] = {}
    named: set[tuple[int, int]] = set()
    for template in sorted(templates, key=lambda one: one.row):
        for weekday in template.weekdays or range(7):
            first = first_rows.setdefault((template.rotation, template.session, weekday), template.row)
            if first != template.row and (first, template.row) not in named:
                named.add((first, template.row))
                session = f"{template.session} session of {template.rotation} on weekday {weekday}"
                message = f"row {first} already says what the {session} is"
                file = tables[TEMPLATES.name].file
                log.reject(IssueCode.DUPLICATE, message, file=file, row=template.row, column="session")


def check_history_counts(counts: Iterable[HistoryCount], tables: Mapping[str, Table], log: IssueLog) -> None:
    """A person has one count of a kind."""
    for row, first_row, (person, kind) in _repeats(counts, lambda c: (c.person, c.kind), lambda c: c.row):
        message = f"the count of {kind} of {person} is already in row {first_row}"
        log.reject(
            IssueCode.DUPLICATE, message, file=tables[HISTORY_COUNTS.name].file, row=row, column="kind"
        )


def check_rule_overrides(
    overrides: Iterable[RuleOverride], tables: Mapping[str, Table], log: IssueLog
) -> None:
    """On any date a parameter is overridden once."""
    latest: dict[tuple[str, str | None, str], RuleOverride] = {}
    for override in sorted(overrides, key=lambda row: (row.start_date, row.row)):
        key = (override.pack, override.rule, override.parameter)
        before = latest.get(key)
        if before is not None and override.start_date <= before.end_date:
            message = (
                f"{override.parameter} is overridden until {before.end_date} in row {before.row} already"
            )
            file = tables[RULE_OVERRIDES.name].file
            log.reject(IssueCode.DUPLICATE, message, file=file, row=override.row, column="start_date")
        if before is None or override.end_date > before.end_date:
            latest[key] = override


def _repeats[T, K: Hashable](
    items: Iterable[T], key: Callable[[T], K], row: Callable[[T], int]
) -> list[tuple[int, int, K]]:
    """The row of every item whose key was there before, with the row it was first in, and the key."""
    first_rows: dict[K, int] = {}
    found: list[tuple[int, int, K]] = []
    for item in items:
        this = key(item)
        if this in first_rows:
            found.append((row(item), first_rows[this], this))
        else:
            first_rows[this] = row(item)
    return found
