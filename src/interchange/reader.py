"""Reads a program folder into a `Program`."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

from src.interchange.issues import ImportIssue, ProgramRejectedError
from src.interchange.model import (
    Absence,
    AbsenceStatus,
    Call,
    CallPin,
    Clinic,
    Coverage,
    DutyType,
    HistoryCount,
    HistoryCountKind,
    HistoryInterval,
    HolidayRule,
    Person,
    PersonKind,
    PostCall,
    Program,
    Request,
    RequestKind,
    Requirement,
    Rotation,
    RotationPin,
    Session,
    Setting,
    Staffing,
    Succession,
    Template,
    Tier,
)

type Cells = dict[str, str]


@dataclass(frozen=True, slots=True)
class ProgramReading:
    """What a reading found: the program, or None where an error keeps it out, and every issue."""

    program: Program | None
    issues: tuple[ImportIssue, ...]


def load_program(path: Path) -> Program:
    """The program at that path. Raises `ProgramRejectedError` with every issue."""
    reading = read_program(path)
    if reading.program is None:
        raise ProgramRejectedError(reading.issues)
    return reading.program


def read_program(path: Path) -> ProgramReading:
    """Read a program folder."""
    toml: dict[str, Any] = tomllib.loads((path / "program.toml").read_text("utf-8"))
    objective: dict[str, Any] = {}
    if (path / "objective.toml").exists():
        objective = tomllib.loads((path / "objective.toml").read_text("utf-8"), parse_float=Decimal)
    pins = _read(path, "pins", lambda c, r: (c, r))
    program = Program(
        id=toml["id"],
        name=toml["name"],
        time_zone=toml["time_zone"],
        year_start_date=toml["year_start_date"],
        blocks=tuple(toml["blocks"]),
        specialty=toml.get("specialty"),
        rule_packs=tuple(toml.get("rule_packs", ())),
        holidays=tuple(sorted(toml.get("holidays", ()))),
        vacation_weeks=MappingProxyType({int(k): v for k, v in toml.get("vacation_weeks", {}).items()}),
        max_on_vacation=toml.get("max_on_vacation"),
        people=_read(path, "people", _person),
        rotations=_read(path, "rotations", _rotation),
        templates=_read(path, "templates", _template),
        staffing=_read(path, "staffing", _staffing),
        coverage=_read(path, "coverage", _coverage),
        requirements=_read(path, "requirements", _requirement),
        successions=_read(path, "successions", _succession),
        calls=_read(path, "calls", _call),
        clinics=_read(path, "clinics", _clinic),
        requests=_read(path, "requests", _request),
        absences=_read(path, "absences", _absence),
        rotation_pins=tuple(
            RotationPin(c["person"], int(c["block"]), c["rotation"], r) for c, r in pins if c["block"]
        ),
        call_pins=tuple(CallPin(c["person"], _date(c["date"]), c["call"], r) for c, r in pins if c["date"]),
        history=_read(path, "history", _history),
        history_counts=_read(path, "history_counts", _history_count),
        objective=tuple(_tier(tier) for tier in objective.get("tier", ())),
    )
    return ProgramReading(program, ())


def _read[T](folder: Path, name: str, build: Callable[[Cells, int], T]) -> tuple[T, ...]:
    path = folder / f"{name}.csv"
    if not path.exists():
        return ()
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return tuple(build(cells, row) for row, cells in enumerate(csv.DictReader(handle), start=2))


def _date(text: str) -> date:
    return date.fromisoformat(text)


def _minutes(hours: str) -> int:
    return int(Decimal(hours or "0") * 60)


def _ints(text: str) -> tuple[int, ...]:
    return tuple(sorted({int(part) for part in text.split()}))


def _blocks(text: str) -> tuple[int, ...]:
    found: set[int] = set()
    for part in text.split():
        first, _, last = part.partition("-")
        found.update(range(int(first), int(last or first) + 1))
    return tuple(sorted(found))


def _int(text: str) -> int | None:
    return int(text) if text else None


def _person(c: Cells, row: int) -> Person:
    return Person(
        c["id"],
        c["name"],
        PersonKind(c["kind"]),
        _int(c["pgy"]),
        c["track"] or None,
        c["email"] or None,
        _date(c["start_date"]) if c["start_date"] else None,
        _date(c["end_date"]) if c["end_date"] else None,
        row,
    )


def _rotation(c: Cells, row: int) -> Rotation:
    return Rotation(
        c["id"],
        c["name"],
        Setting(c["setting"]),
        c["site"] or None,
        int(c["vacation_weeks_max"] or 0),
        c["clinic"] == "1",
        _int(c["max_consecutive"]),
        c["group"] or None,
        _int(c["max_days_off"]),
        row,
    )


def _template(c: Cells, row: int) -> Template:
    return Template(
        c["rotation"],
        _ints(c["weekdays"]),
        Session(c["session"]),
        time.fromisoformat(c["start"]),
        _minutes(c["hours"]),
        DutyType(c["duty_type"]),
        c["may_be_off"] == "1",
        c["holidays"] != "0",
        row,
    )


def _staffing(c: Cells, row: int) -> Staffing:
    return Staffing(
        c["rotation"],
        _ints(c["weekdays"]),
        Session(c["session"]),
        _ints(c["pgys"]),
        int(c["min"] or 0),
        _int(c["max"]),
        row,
    )


def _coverage(c: Cells, row: int) -> Coverage:
    return Coverage(
        c["rotation"], _ints(c["pgys"]), _blocks(c["blocks"]), int(c["min"] or 0), _int(c["max"]), row
    )


def _requirement(c: Cells, row: int) -> Requirement:
    return Requirement(
        _ints(c["pgys"]),
        c["track"] or None,
        c["rotation"],
        int(c["min_blocks"] or 0),
        _int(c["max_blocks"]),
        _int(c["first_block"]),
        _int(c["last_block"]),
        row,
    )


def _succession(c: Cells, row: int) -> Succession:
    return Succession(c["from"], c["to"], _ints(c["pgys"]), row)


def _call(c: Cells, row: int) -> Call:
    return Call(
        c["id"],
        c["name"],
        DutyType(c["duty_type"]),
        _ints(c["weekdays"]),
        HolidayRule(c["holidays"]),
        time.fromisoformat(c["start"]),
        _minutes(c["hours"]),
        _minutes(c["handover_hours"]),
        int(c["min"] or 0),
        _int(c["max"]),
        _ints(c["pgys"]),
        tuple(c["rotations"].split()),
        Decimal(c["points"] or "0"),
        PostCall(c["post_call"] or "none"),
        row,
    )


def _clinic(c: Cells, row: int) -> Clinic:
    return Clinic(
        c["person"],
        int(c["weekday"]),
        Session(c["session"]),
        time.fromisoformat(c["start"]),
        _minutes(c["hours"]),
        int(c["max_at_once"] or 0),
        row,
    )


def _request(c: Cells, row: int) -> Request:
    kind = RequestKind(c["kind"])
    weight = _int(c["weight"])
    return Request(
        c["person"],
        kind,
        _int(c["rank"]),
        _date(c["start_date"]) if c["start_date"] else None,
        _date(c["end_date"]) if c["end_date"] else None,
        c["rotation"] or None,
        _int(c["block"]),
        1 if kind is RequestKind.ROTATION and weight is None else weight,
        row,
    )


def _absence(c: Cells, row: int) -> Absence:
    return Absence(
        c["person"], c["kind"], _date(c["start_date"]), _date(c["end_date"]), AbsenceStatus(c["status"]), row
    )


def _history(c: Cells, row: int) -> HistoryInterval:
    return HistoryInterval(
        c["person"],
        datetime.fromisoformat(c["start_at"]),
        datetime.fromisoformat(c["end_at"]),
        DutyType(c["duty_type"]),
        row,
    )


def _history_count(c: Cells, row: int) -> HistoryCount:
    return HistoryCount(c["person"], HistoryCountKind(c["kind"]), Decimal(c["count"]), row)


def _tier(table: dict[str, Any]) -> Tier:
    points = table.get("vacation_rank")
    return Tier(
        tuple((term, Decimal(value)) for term, value in table.items() if term != "vacation_rank"),
        None if points is None else tuple(Decimal(value) for value in points),
    )
