"""`result.json`: how a schedule came about, read strictly and written in one order."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from src.interchange.columns import RESULT_FILE
from src.interchange.issues import IssueCode, IssueLog
from src.interchange.schedule import Conflict, ResultFile, Scope, SolveStatus, TierScore

_KEYS = (
    *("status", "scope", "blocks", "tiers", "gap", "seed", "engine_version", "seconds"),
    *("peak_memory_mb", "model_size", "score_terms", "conflicts"),
)
_MAX_EXPONENT = 30


def result_json(result: ResultFile) -> bytes:
    """The bytes of `result.json`. `conflicts` are there where there are any, or the program is infeasible."""
    found: dict[str, Any] = {
        "status": result.status,
        "scope": result.scope,
        "blocks": list(result.blocks),
        "tiers": [
            {"tier": score.tier, "objective": _plain(score.objective), "bound": _plain(score.bound)}
            for score in result.tiers
        ],
        "gap": _plain(result.gap),
        "seed": result.seed,
        "engine_version": result.engine_version,
        "seconds": result.seconds,
        "peak_memory_mb": result.peak_memory_mb,
        "model_size": dict(sorted(result.model_size.items())),
        "score_terms": {term: _plain(count) for term, count in sorted(result.score_terms.items())},
    }
    if result.conflicts or result.status is SolveStatus.INFEASIBLE:
        found["conflicts"] = [
            {"file": conflict.file, "row": conflict.row, "message": conflict.message}
            for conflict in result.conflicts
        ]
    found |= {key: value for key, value in result.extra.items() if key not in _KEYS}
    return (json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def read_result(data: bytes, log: IssueLog) -> ResultFile | None:
    """The result, or None after a fault; only `status` must be there. Unknown keys are kept as `extra`."""
    try:
        found = json.loads(data.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        log.reject(IssueCode.NOT_UTF8, "is not UTF-8", file=RESULT_FILE, row=row)
        return None
    except json.JSONDecodeError as error:
        log.reject(IssueCode.BAD_SYNTAX, f"is no JSON: {error.msg}", file=RESULT_FILE, row=error.lineno)
        return None
    except (ValueError, RecursionError) as error:
        log.reject(IssueCode.BAD_SYNTAX, f"is no JSON: {error}", file=RESULT_FILE)
        return None
    if not isinstance(found, dict):
        log.reject(IssueCode.BAD_SYNTAX, "is no JSON object", file=RESULT_FILE)
        return None
    return _result(_Object(found, log, ""))


def _result(found: _Object) -> ResultFile | None:
    if "status" not in found.values:
        found.reject("status", "must be set", IssueCode.MISSING_VALUE)
    result = ResultFile(
        status=found.choice("status", SolveStatus, SolveStatus.UNKNOWN),
        scope=found.choice("scope", Scope, Scope.BOTH),
        blocks=tuple(found.items("blocks", _as_integer, "whole numbers")),
        tiers=tuple(_tier(item) for item in found.objects("tiers")),
        gap=found.value("gap", _as_decimal, "a number"),
        seed=found.value("seed", _as_integer, "a whole number"),
        engine_version=found.value("engine_version", _as_text, "a text") or "",
        seconds=found.value("seconds", _as_float, "a number") or 0.0,
        peak_memory_mb=found.value("peak_memory_mb", _as_float, "a number") or 0.0,
        model_size=found.mapping("model_size", _as_integer, "a whole number"),
        score_terms=found.mapping("score_terms", _as_decimal, "a number"),
        conflicts=tuple(_conflict(item) for item in found.objects("conflicts")),
        extra={key: value for key, value in found.values.items() if key not in _KEYS},
    )
    return None if found.log.has_error_in(RESULT_FILE) else result


def _tier(item: _Object) -> TierScore:
    for key in ("tier", "objective"):
        if item.values.get(key) is None:
            item.reject(key, "must be set", IssueCode.MISSING_VALUE)
    return TierScore(
        tier=item.value("tier", _as_integer, "a whole number") or 0,
        objective=item.value("objective", _as_decimal, "a number") or Decimal(0),
        bound=item.value("bound", _as_decimal, "a number"),
    )


def _conflict(item: _Object) -> Conflict:
    return Conflict(
        file=item.value("file", _as_text, "a text") or "",
        row=item.value("row", _as_integer, "a whole number"),
        message=item.value("message", _as_text, "a text") or "",
    )


@dataclass(frozen=True, slots=True)
class _Object:
    """A JSON object whose values are read by type; what is of another type is named by its path."""

    values: dict[str, Any]
    log: IssueLog
    path: str

    def reject(self, key: str, message: str, code: IssueCode = IssueCode.BAD_VALUE) -> None:
        self.log.reject(code, message, file=RESULT_FILE, column=f"{self.path}{key}")

    def value[T](self, key: str, convert: Callable[[Any], T | None], what: str) -> T | None:
        raw = self.values.get(key)
        found = None if raw is None else convert(raw)
        if raw is not None and found is None:
            self.reject(key, f"is not {what}")
        return found

    def choice[E: StrEnum](self, key: str, kind: type[E], default: E) -> E:
        raw = self.values.get(key)
        if raw is None:
            return default
        if raw not in list(kind):
            self.reject(key, f"is none of {', '.join(kind)}")
            return default
        return kind(raw)

    def items[T](self, key: str, convert: Callable[[Any], T | None], what: str) -> list[T]:
        raw = self.values.get(key, [])
        found = [convert(item) for item in raw] if isinstance(raw, list) else [None]
        if None in found:
            self.reject(key, f"is not a list of {what}")
        return [item for item in found if item is not None]

    def mapping[T](self, key: str, convert: Callable[[Any], T | None], what: str) -> dict[str, T]:
        raw = self.values.get(key, {})
        if not isinstance(raw, dict):
            self.reject(key, "is not an object")
            return {}
        inner = _Object(raw, self.log, f"{self.path}{key}.")
        found = {name: inner.value(name, convert, what) for name in raw}
        return {name: value for name, value in found.items() if value is not None}

    def objects(self, key: str) -> list[_Object]:
        raw = self.values.get(key, [])
        if not isinstance(raw, list) or not all(isinstance(item, dict) for item in raw):
            self.reject(key, "is not a list of objects")
            return []
        return [_Object(item, self.log, f"{self.path}{key}.{index}.") for index, item in enumerate(raw)]


def _plain(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _as_integer(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _as_decimal(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    return number if number.is_finite() and number.adjusted() <= _MAX_EXPONENT else None


def _as_float(value: Any) -> float | None:
    return None if _as_decimal(value) is None else float(value)


def _as_text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number")
