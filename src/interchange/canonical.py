"""The canonical form of a program: the order an export writes, whatever order the rows came in.

Readers hand out canonical programs, so that two folders that say the same in another order parse equal, and
a program from the database is the same value, and gives the same schedule, as one from a folder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import Field, replace
from datetime import date
from types import MappingProxyType
from typing import Any, ClassVar, Protocol

from src.interchange import values
from src.interchange.model import Program, Request, RequestKind, RuleApproval, RuleOverride, Template
from src.interchange.objective_tiers import TERMS

_REQUEST_ORDER = {kind: number for number, kind in enumerate(RequestKind)}
_FIRST_ROW = 2


def canonical(program: Program) -> Program:
    """The same program with lists and rows in canonical order; rows keep their numbers.

    People, rotations and calls go by id, other rows by what they are about; weekdays in the order a week on
    duty reads, PGYs and blocks ascending. A call's rotations stay as written. A rotation request without a
    weight gets the 1 it means.
    """
    return replace(
        program,
        rule_packs=tuple(sorted(set(program.rule_packs))),
        holidays=tuple(sorted(set(program.holidays))),
        vacation_weeks=MappingProxyType(dict(sorted(program.vacation_weeks.items()))),
        people=tuple(sorted(program.people, key=lambda r: r.id)),
        rotations=tuple(sorted(program.rotations, key=lambda r: r.id)),
        templates=tuple(sorted((_template(row) for row in program.templates), key=_template_order)),
        staffing=tuple(
            sorted(
                (replace(r, weekdays=_week(r.weekdays), pgys=_ascending(r.pgys)) for r in program.staffing),
                key=lambda r: (r.rotation, r.session, r.weekdays, r.pgys, r.min, _last(r.max)),
            )
        ),
        coverage=tuple(
            sorted(
                (replace(r, blocks=_ascending(r.blocks), pgys=_ascending(r.pgys)) for r in program.coverage),
                key=lambda r: (r.rotation, r.pgys, r.blocks, r.min, _last(r.max)),
            )
        ),
        requirements=tuple(
            sorted(
                (replace(r, pgys=_ascending(r.pgys)) for r in program.requirements),
                key=lambda r: (
                    *(r.pgys, r.track or "", r.rotation, _first(r.first_block), _last(r.last_block)),
                    *(r.min_blocks, _last(r.max_blocks)),
                ),
            )
        ),
        successions=tuple(
            sorted(
                (replace(r, pgys=_ascending(r.pgys)) for r in program.successions),
                key=lambda r: (r.from_rotation, r.to_rotation, r.pgys),
            )
        ),
        calls=tuple(
            sorted(
                (
                    replace(
                        r,
                        weekdays=_week(r.weekdays),
                        pgys=_ascending(r.pgys),
                        rotations=tuple(dict.fromkeys(r.rotations)),
                    )
                    for r in program.calls
                ),
                key=lambda r: r.id,
            )
        ),
        clinics=tuple(
            sorted(program.clinics, key=lambda r: (r.person, r.weekday, r.session, r.start, r.minutes))
        ),
        requests=tuple(sorted((_request(row) for row in program.requests), key=_request_order)),
        absences=tuple(
            sorted(program.absences, key=lambda r: (r.person, r.start_date, r.end_date, r.kind, r.status))
        ),
        rotation_pins=tuple(sorted(program.rotation_pins, key=lambda r: (r.person, r.block, r.rotation))),
        call_pins=tuple(sorted(program.call_pins, key=lambda r: (r.person, r.date, r.call))),
        history=tuple(sorted(program.history, key=lambda r: (r.person, r.start_at, r.end_at, r.duty_type))),
        history_counts=tuple(sorted(program.history_counts, key=lambda r: (r.person, r.kind, r.count))),
        rule_overrides=tuple(sorted(program.rule_overrides, key=_override_order)),
        rule_approvals=tuple(sorted(program.rule_approvals, key=_approval_order)),
        objective=tuple(
            replace(
                tier,
                weights=tuple(sorted(tier.weights, key=lambda pair: _term_order(pair[0]))),
                vacation_rank=tier.vacation_rank or None,
            )
            for tier in program.objective
        ),
    )


def numbered(program: Program) -> Program:
    """The canonical program with the row numbers its export has, for programs that came from no folder."""
    ordered = canonical(program)
    return replace(
        ordered,
        people=_number(ordered.people),
        rotations=_number(ordered.rotations),
        templates=_number(ordered.templates),
        staffing=_number(ordered.staffing),
        coverage=_number(ordered.coverage),
        requirements=_number(ordered.requirements),
        successions=_number(ordered.successions),
        calls=_number(ordered.calls),
        clinics=_number(ordered.clinics),
        requests=_number(ordered.requests),
        absences=_number(ordered.absences),
        rotation_pins=_number(ordered.rotation_pins),
        call_pins=_number(ordered.call_pins, _FIRST_ROW + len(ordered.rotation_pins)),
        history=_number(ordered.history),
        history_counts=_number(ordered.history_counts),
        rule_overrides=_number(ordered.rule_overrides),
        rule_approvals=_number(ordered.rule_approvals),
    )


class _Row(Protocol):
    """A frozen dataclass with a row number."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def row(self) -> int: ...


def _number[R: _Row](rows: Sequence[R], first: int = _FIRST_ROW) -> tuple[R, ...]:
    return tuple(replace(row, row=number) for number, row in enumerate(rows, start=first))


def _week(weekdays: tuple[int, ...]) -> tuple[int, ...]:
    return values.weekday_order(set(weekdays))


def _ascending(numbers: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted(set(numbers)))


def _first(number: int | None) -> int:
    """An open start comes before every number."""
    return 0 if number is None else number


def _last(number: int | None) -> float:
    """An open end comes after every number."""
    return float("inf") if number is None else number


def _template(row: Template) -> Template:
    return replace(row, weekdays=_week(row.weekdays))


def _template_order(row: Template) -> tuple[Any, ...]:
    return (
        *(row.rotation, row.session, row.weekdays, row.start, row.minutes),
        *(row.duty_type, row.may_be_off, row.holidays),
    )


def _request(row: Request) -> Request:
    is_open = row.kind is RequestKind.ROTATION and row.weight is None
    return replace(row, weight=1) if is_open else row


def _request_order(row: Request) -> tuple[Any, ...]:
    return (
        *(row.person, _REQUEST_ORDER[row.kind], _first(row.rank)),
        *(row.start_date or date.min, row.end_date or date.min),
        *(_first(row.block), row.rotation or "", _first(row.weight)),
    )


def _override_order(row: RuleOverride) -> tuple[Any, ...]:
    return (
        *(row.pack, row.rule or "", row.parameter, row.start_date, row.end_date),
        *(row.value, row.reason, row.approved_by),
    )


def _approval_order(row: RuleApproval) -> tuple[Any, ...]:
    return (
        *(row.kind, row.rotation or "", row.person or "", row.start_date, row.end_date),
        *(_first(row.weekly_minutes), row.reason, row.approved_by),
    )


def _term_order(term: str) -> tuple[int, str]:
    """Known terms in the format's order, unknown ones after them."""
    return (TERMS.index(term) if term in TERMS else len(TERMS), term)
