"""Reads and writes a schedule folder."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from src.interchange.issues import ImportIssue, ScheduleRejectedError
from src.interchange.model import DutyType, RequestKind, Session
from src.interchange.schedule import (
    AssignmentKind,
    AssignmentRow,
    Conflict,
    DeniedRow,
    FindingRow,
    ResultFile,
    Schedule,
    Scope,
    Severity,
    SolveStatus,
    TierScore,
    UnmetKind,
    UnmetRow,
    VacationRow,
    YearRow,
)

ASSIGNMENT_COLUMNS = ("person", "date", "session", "kind", "id", "start_at", "end_at", "duty_type")
FILE_NAMES = frozenset(
    {
        "year.csv",
        "vacations.csv",
        "assignments.csv",
        "unmet.csv",
        "denied.csv",
        "findings.csv",
        "result.json",
    }
)


class FolderInUseError(Exception):
    """A folder to write to holds something that is not a schedule's; nothing was written."""


@dataclass(frozen=True, slots=True)
class ScheduleReading:
    """What a reading found: the schedule, or None where an error keeps it out, and every issue."""

    schedule: Schedule | None
    issues: tuple[ImportIssue, ...]


def load_schedule(path: Path) -> Schedule:
    """The schedule at that path. Raises `ScheduleRejectedError` with every issue."""
    reading = read_schedule(path)
    if reading.schedule is None:
        raise ScheduleRejectedError(reading.issues)
    return reading.schedule


def read_schedule(path: Path) -> ScheduleReading:
    """Read a schedule folder."""
    result = path / "result.json"
    schedule = Schedule(
        year=tuple(
            YearRow(c["person"], int(c["block"]), c["rotation"], row) for row, c in _rows(path / "year.csv")
        ),
        vacations=tuple(
            VacationRow(
                c["person"],
                date.fromisoformat(c["week_start_date"]),
                int(c["request_rank"]) if c["request_rank"] else None,
                row,
            )
            for row, c in _rows(path / "vacations.csv")
        ),
        assignments=tuple(
            AssignmentRow(
                c["person"],
                date.fromisoformat(c["date"]),
                Session(c["session"]),
                AssignmentKind(c["kind"]),
                c["id"],
                datetime.fromisoformat(c["start_at"]),
                datetime.fromisoformat(c["end_at"]),
                DutyType(c["duty_type"]),
                row,
            )
            for row, c in _rows(path / "assignments.csv")
        ),
        unmet=tuple(
            UnmetRow(
                UnmetKind(c["what"]),
                c["id"],
                c["date_or_block"],
                Session(c["session"]) if c["session"] else None,
                tuple(int(pgy) for pgy in c["pgys"].split()),
                int(c["needed"]),
                int(c["got"]),
                row,
            )
            for row, c in _rows(path / "unmet.csv")
        ),
        denied=tuple(
            DeniedRow(
                c["person"],
                RequestKind(c["kind"]),
                int(c["rank"]) if c["rank"] else None,
                date.fromisoformat(c["start_date"]) if c["start_date"] else None,
                c["reason"],
                c["blocking"],
                row,
            )
            for row, c in _rows(path / "denied.csv")
        )
        if (path / "denied.csv").exists()
        else None,
        findings=tuple(
            FindingRow(
                c["rule"],
                Severity(c["severity"]),
                c["person"],
                datetime.fromisoformat(c["window_start_at"]),
                datetime.fromisoformat(c["window_end_at"]),
                c["value"],
                c["limit"],
                c["clause"],
                c["entries"],
                row,
            )
            for row, c in _rows(path / "findings.csv")
        )
        if (path / "findings.csv").exists()
        else None,
        result=_result(json.loads(result.read_text("utf-8"), parse_float=Decimal))
        if result.exists()
        else None,
    )
    return ScheduleReading(schedule, ())


def write_schedule_folder(schedule: Schedule, path: Path) -> None:
    """Write a schedule folder. Raises `FolderInUseError` where the folder holds anything but a schedule."""
    if path.exists():
        foreign = sorted(entry.name for entry in path.iterdir() if entry.name not in FILE_NAMES)
        if foreign:
            message = f"{path} holds something else ({', '.join(foreign[:3])}); nothing was written"
            raise FolderInUseError(message)
        for entry in path.iterdir():
            entry.unlink()
    path.mkdir(parents=True, exist_ok=True)
    for name, data in schedule_files(schedule).items():
        (path / name).write_bytes(data)


def schedule_files(schedule: Schedule) -> dict[str, bytes]:
    """The files of a schedule folder by name; an infeasible one is `result.json` alone."""
    files: dict[str, bytes] = {}
    result = schedule.result
    if result is not None:
        files["result.json"] = (json.dumps(_result_json(result), indent=2) + "\n").encode()
        if result.status is SolveStatus.INFEASIBLE:
            return files
    files["year.csv"] = _csv(
        ("person", "block", "rotation"),
        ((row.person, str(row.block), row.rotation) for row in sorted(schedule.year)),
    )
    files["vacations.csv"] = _csv(
        ("person", "week_start_date", "request_rank"),
        (
            (row.person, row.week_start_date.isoformat(), _text(row.request_rank))
            for row in sorted(schedule.vacations, key=lambda row: (row.person, row.week_start_date))
        ),
    )
    ordered = sorted(schedule.assignments, key=lambda row: (row.person, row.start_at, row.end_at, row.id))
    files["assignments.csv"] = "".join(assignment_csv_lines(ordered)).encode()
    files["unmet.csv"] = _csv(
        ("what", "id", "date_or_block", "session", "pgys", "needed", "got"),
        (
            (
                r.what,
                r.id,
                r.date_or_block,
                _text(r.session),
                " ".join(map(str, r.pgys)),
                str(r.needed),
                str(r.got),
            )
            for r in schedule.unmet
        ),
    )
    if schedule.denied is not None:
        files["denied.csv"] = _csv(
            ("person", "kind", "rank", "start_date", "reason", "blocking"),
            (
                (r.person, r.kind, _text(r.rank), _text(r.start_date), r.reason, r.blocking)
                for r in schedule.denied
            ),
        )
    if schedule.findings is not None:
        files["findings.csv"] = _csv(
            (
                "rule",
                "severity",
                "person",
                "window_start_at",
                "window_end_at",
                "value",
                "limit",
                "clause",
                "entries",
            ),
            (
                (
                    r.rule,
                    r.severity,
                    r.person,
                    _instant(r.window_start_at),
                    _instant(r.window_end_at),
                    r.value,
                    r.limit,
                    r.clause,
                    r.entries,
                )
                for r in schedule.findings
            ),
        )
    return files


def assignment_csv_lines(rows: Iterable[AssignmentRow]) -> Iterator[str]:
    """The lines of `assignments.csv`, header first, one at a time."""
    yield ",".join(ASSIGNMENT_COLUMNS) + "\n"
    for row in rows:
        start, end = _instant(row.start_at), _instant(row.end_at)
        yield (
            f"{row.person},{row.date.isoformat()},{row.session},{row.kind},{row.id},{start},{end},{row.duty_type}\n"
        )


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    if not path.exists():
        return
    with path.open(encoding="utf-8-sig", newline="") as handle:
        yield from enumerate(csv.DictReader(handle), start=2)


def _csv(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return buffer.getvalue().encode()


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _instant(value: datetime) -> str:
    return value.isoformat(timespec="seconds")


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _result_json(result: ResultFile) -> dict[str, Any]:
    found: dict[str, Any] = {
        "status": result.status,
        "scope": result.scope,
        "blocks": list(result.blocks),
        "tiers": [
            {"tier": t.tier, "objective": _number(t.objective), "bound": _number(t.bound)}
            for t in result.tiers
        ],
        "gap": _number(result.gap),
        "seed": result.seed,
        "engine_version": result.engine_version,
        "seconds": result.seconds,
        "peak_memory_mb": result.peak_memory_mb,
        "model_size": result.model_size,
        "score_terms": {term: _number(count) for term, count in result.score_terms.items()},
        **result.extra,
    }
    if result.conflicts or result.status is SolveStatus.INFEASIBLE:
        found["conflicts"] = [{"file": c.file, "row": c.row, "message": c.message} for c in result.conflicts]
    return found


def _result(found: dict[str, Any]) -> ResultFile:
    return ResultFile(
        status=SolveStatus(found.pop("status")),
        scope=Scope(found.pop("scope", "both")),
        blocks=tuple(found.pop("blocks", ())),
        tiers=tuple(
            TierScore(t["tier"], Decimal(t["objective"]), None if t["bound"] is None else Decimal(t["bound"]))
            for t in found.pop("tiers", ())
        ),
        gap=None if (gap := found.pop("gap", None)) is None else Decimal(gap),
        seed=found.pop("seed", None),
        engine_version=found.pop("engine_version", ""),
        seconds=float(found.pop("seconds", 0)),
        peak_memory_mb=float(found.pop("peak_memory_mb", 0)),
        model_size=found.pop("model_size", {}),
        score_terms={term: Decimal(count) for term, count in found.pop("score_terms", {}).items()},
        conflicts=tuple(Conflict(c["file"], c["row"], c["message"]) for c in found.pop("conflicts", ())),
        extra=found,
    )
