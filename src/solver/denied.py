"""Requests that a schedule does not grant: what stood in the way of each, and the input rows behind it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, timedelta
from functools import cached_property

from src.interchange.model import Call, Program, Request, RequestKind
from src.interchange.schedule import AssignmentKind, AssignmentRow, DeniedRow, Schedule, Scope
from src.quantities import count
from src.solver.scoring import Scorer, monday_of, wish_of
from src.solver.year.facts import YearFacts, matches, on_weekday

ONE_DAY = timedelta(days=1)
YEAR_KINDS = frozenset({RequestKind.VACATION, RequestKind.ROTATION})
MOST_NAMED = 5


def denied_rows(program: Program, schedule: Schedule, scope: Scope) -> tuple[DeniedRow, ...]:
    """One row for each request that is not granted, in the order of requests.csv.

    A schedule of the year alone says nothing of requests about days and calls.
    """
    asked = [request for request in program.requests if scope is not Scope.YEAR or request.kind in YEAR_KINDS]
    found = _denied(program, schedule, scope, asked)
    return tuple(found[request] for request in asked if request in found)


class Denials:
    """What schedules near to a base deny: where a person's days are the base's, so are the answers."""

    def __init__(self, program: Program, base: Schedule) -> None:
        self._program = program
        self._base = base

    @cached_property
    def _of_base(self) -> dict[Request, DeniedRow]:
        return _denied(self._program, self._base, Scope.BOTH, self._program.requests)

    def of(self, schedule: Schedule, changed: Collection[str] | None = None) -> tuple[DeniedRow, ...]:
        """The denied rows of a schedule, in the order of requests.csv.

        `changed` are the people whose rows are not the base's, under the same rotations and vacations; None =
        anything may differ.
        """
        requests = self._program.requests
        if changed is None:
            found = _denied(self._program, schedule, Scope.BOTH, requests)
        else:
            rows = tuple(row for row in schedule.assignments if row.person in changed)
            own = [request for request in requests if request.person in changed]
            kept = {request: row for request, row in self._of_base.items() if request.person not in changed}
            found = kept | _denied(self._program, replace(schedule, assignments=rows), Scope.BOTH, own)
        return tuple(found[request] for request in requests if request in found)


def _denied(
    program: Program, schedule: Schedule, scope: Scope, requests: Iterable[Request]
) -> dict[Request, DeniedRow]:
    scorer = Scorer(program, schedule, scope)
    reasons = _Reasons(program, schedule, scorer)
    return {
        request: DeniedRow(
            request.person, request.kind, request.rank, request.start_date, *reasons.why(request)
        )
        for request in requests
        if not scorer.is_granted(request)
    }


class _Reasons:
    """Looks up, in one schedule, what a request collides with."""

    def __init__(self, program: Program, schedule: Schedule, scorer: Scorer) -> None:
        self._program = program
        self._schedule = schedule
        self._scorer = scorer
        self._facts = YearFacts(program)
        self._rotation = {(row.person, row.block): row.rotation for row in schedule.year}
        self._weeks: defaultdict[date, set[str]] = defaultdict(set)
        for vacation in schedule.vacations:
            self._weeks[vacation.week_start_date].add(vacation.person)

    def why(self, request: Request) -> tuple[str, str]:
        """The reason in words, and the rows or entries that stand in the way."""
        if request.kind is RequestKind.VACATION:
            return self._why_no_vacation(request)
        if request.kind is RequestKind.ROTATION:
            return self._why_rotation(request)
        if request.kind is RequestKind.DAY_OFF:
            return self._why_no_day_off(request)
        if request.kind is RequestKind.NO_CALL:
            return self._why_call(request)
        return self._why_no_call(request)

    def _why_no_vacation(self, request: Request) -> tuple[str, str]:
        person = self._program.person_by_id.get(request.person)
        if request.start_date is None or person is None or person.id not in self._facts.blocks_of:
            return "Only residents have vacation weeks.", "people.csv"
        monday = monday_of(request.start_date)
        week = next((week for week in self._facts.weeks if week.monday == monday), None)
        if week is None:
            return "The week does not lie wholly in the year.", "program.toml"
        for block in week.blocks:
            reason = self._why_no_vacation_in(request.person, block)
            if reason is not None:
                return reason
        away = self._weeks[monday]
        most = self._program.max_on_vacation
        if most is not None and len(away) >= most:
            who = " ".join(sorted(away))
            return f"{len(away)} of at most {most} are on vacation that week.", f"program.toml {who}"
        own = sorted(week for week, people in self._weeks.items() if request.person in people)
        in_block = [day for day in own if self._program.block_of(day) == week.block]
        rotation = self._rotation[request.person, week.block]
        room = self._program.rotation_by_id[rotation].vacation_weeks_max
        if len(in_block) >= room:
            return (
                f"{rotation} allows {count(room, 'vacation week')} in block {week.block}, given already.",
                f"rotations.csv:{self._program.rotation_by_id[rotation].row} {_dates(in_block)}",
            )
        due = self._facts.weeks_due(person)
        weeks = "The vacation week due lies" if due == 1 else f"All {due} vacation weeks due lie"
        return f"{weeks} elsewhere.", f"program.toml {_dates(own)}"

    def _why_no_vacation_in(self, person: str, block: int) -> tuple[str, str] | None:
        rotation = self._rotation.get((person, block))
        if rotation is None:
            return f"{person} is not there in block {block}.", "people.csv"
        row = self._program.rotation_by_id[rotation]
        if row.vacation_weeks_max > 0:
            return None
        held_by = self._held_by(person, block, rotation)
        return (
            f"{rotation} in block {block} allows no vacation.",
            f"rotations.csv:{row.row} {held_by}".strip(),
        )

    def _why_rotation(self, request: Request) -> tuple[str, str]:
        block, wanted = request.block or 0, request.rotation or ""
        has = self._rotation.get((request.person, block))
        if has is None:
            return f"{request.person} is not there in block {block}.", "people.csv"
        if wish_of(request) < 0:
            held_by = self._held_by(request.person, block, has)
            return f"{has} in block {block} needs {request.person}.", held_by or "coverage.csv"
        named = self._program.expand(wanted)
        pin = self._facts.pins.get((request.person, block))
        if pin is not None:
            return f"A pin keeps {request.person} on {has} in block {block}.", f"pins.csv:{pin.row}"
        if not set(named) & set(self._facts.own_rotations.get(request.person, ())):
            return f"No requirement lets {request.person} do {wanted}.", "requirements.csv"
        full = self._full_coverage(named, block, request.person)
        if full:
            return f"{wanted} is full in block {block}.", full
        done = self._done_already(named, request.person)
        if done:
            return f"{request.person} does all of {wanted} that is allowed in other blocks.", done
        held_by = self._held_by(request.person, block, has)
        return f"{has} was given in block {block} for a better whole.", held_by or f"year {has}"

    def _held_by(self, person: str, block: int, rotation: str) -> str:
        """The rows that could not hold without the person there: coverage at its minimum, a requirement."""
        found: list[str] = []
        pin = self._facts.pins.get((person, block))
        if pin is not None:
            found.append(f"pins.csv:{pin.row}")
        pgy = self._program.person_by_id[person].pgy
        for row in self._program.coverage:
            named = self._facts.expand_all([row.rotation])
            if (
                rotation not in named
                or not matches(row.pgys, pgy)
                or (row.blocks and block not in row.blocks)
            ):
                continue
            if self._count(named, row.pgys, block) <= row.min:
                found.append(f"coverage.csv:{row.row}")
        for requirement in self._facts.requirements_of.get(person, ()):
            named = self._facts.expand_all([requirement.rotation])
            if rotation in named and self._blocks_done(person, named) <= requirement.min_blocks:
                found.append(f"requirements.csv:{requirement.row}")
        return " ".join(found)

    def _full_coverage(self, named: Iterable[str], block: int, person: str) -> str:
        pgy = self._program.person_by_id[person].pgy
        found = [
            f"coverage.csv:{row.row}"
            for row in self._program.coverage
            if row.max is not None
            and matches(row.pgys, pgy)
            and (not row.blocks or block in row.blocks)
            and self._facts.expand_all([row.rotation]).intersection(named)
            and self._count(self._facts.expand_all([row.rotation]), row.pgys, block) >= row.max
        ]
        return " ".join(found)

    def _done_already(self, named: Iterable[str], person: str) -> str:
        found = [
            f"requirements.csv:{row.row}"
            for row in self._facts.requirements_of.get(person, ())
            if row.max_blocks is not None
            and self._facts.expand_all([row.rotation]).intersection(named)
            and self._blocks_done(person, self._facts.expand_all([row.rotation])) >= row.max_blocks
        ]
        return " ".join(found)

    def _count(self, named: frozenset[str], pgys: tuple[int, ...], block: int) -> int:
        return sum(
            1
            for person in self._program.residents
            if matches(pgys, person.pgy) and self._rotation.get((person.id, block)) in named
        )

    def _blocks_done(self, person: str, named: frozenset[str]) -> int:
        return sum(1 for (who, _), rotation in self._rotation.items() if who == person and rotation in named)

    @cached_property
    def _rows_of(self) -> dict[str, list[AssignmentRow]]:
        found: defaultdict[str, list[AssignmentRow]] = defaultdict(list)
        for row in self._schedule.assignments:
            found[row.person].append(row)
        return found

    def _why_no_day_off(self, request: Request) -> tuple[str, str]:
        zone = self._program.zone
        begins, ends = min(request.dates), max(request.dates)
        works = [
            row
            for row in self._rows_of.get(request.person, [])
            if row.kind is not AssignmentKind.JEOPARDY
            and row.start_at.date() <= ends + ONE_DAY  # in whatever zone the row says it
            and begins - ONE_DAY <= row.end_at.date()
            and row.start_at.astimezone(zone).date() <= ends
            and begins <= (row.end_at.astimezone(zone) - timedelta(microseconds=1)).date()
        ]
        if not works:
            return "Work of another time reaches into the dates.", ""
        first = works[0]
        return self._words_of_work(first), _named(self._blockers_of(row) for row in works)

    def _words_of_work(self, row: AssignmentRow) -> str:
        if row.kind is AssignmentKind.CLINIC:
            return f"Continuity clinic is held on {row.date} {row.session}."
        if row.kind is AssignmentKind.CALL:
            return f"Call {row.id} of {row.date} lies on the dates."
        must = any(
            template.rotation == row.id
            and template.session is row.session
            and not template.may_be_off
            and on_weekday(template.weekdays, row.date)
            for template in self._program.templates
        )
        if must:
            return f"{row.id} is worked on {row.date} {row.session} and gives no day off."
        return f"{row.id} needs {row.person} on {row.date} {row.session}."

    def _blockers_of(self, row: AssignmentRow) -> list[str]:
        if row.kind is AssignmentKind.CLINIC:
            return [
                f"clinics.csv:{clinic.row}"
                for clinic in self._program.clinics
                if clinic.person == row.person
                and clinic.session is row.session
                and clinic.weekday == row.date.weekday()
            ]
        if row.kind is AssignmentKind.CALL:
            return [f"calls.csv:{self._program.call_by_id[row.id].row}"]
        fixed = [
            f"templates.csv:{template.row}"
            for template in self._program.templates
            if template.rotation == row.id
            and template.session is row.session
            and not template.may_be_off
            and on_weekday(template.weekdays, row.date)
        ]
        pgy = self._program.person_by_id[row.person].pgy
        return fixed or [
            f"staffing.csv:{staffing.row}"
            for staffing in self._program.staffing
            if row.id in self._program.expand(staffing.rotation)
            and staffing.session is row.session
            and staffing.min > 0
            and matches(staffing.pgys, pgy)
            and on_weekday(staffing.weekdays, row.date)
        ]

    def _why_call(self, request: Request) -> tuple[str, str]:
        dates = set(request.dates)
        taken = [
            row
            for row in self._rows_of.get(request.person, [])
            if row.kind in (AssignmentKind.CALL, AssignmentKind.JEOPARDY) and row.date in dates
        ]
        if not taken:
            return "A call starts on the dates.", ""
        first = taken[0]
        rows = (f"calls.csv:{self._program.call_by_id[row.id].row}" for row in taken)
        return f"{first.id} of {first.date} needs {request.person}.", _named([row] for row in rows)

    def _why_no_call(self, request: Request) -> tuple[str, str]:
        open_to = [call for day in request.dates for call in self._open_calls(request.person, day)]
        if not open_to:
            return "No call of those dates is open to the person's PGY and rotation.", "calls.csv"
        rows = ([f"calls.csv:{call.row}"] for call in open_to)
        return f"{open_to[0].id} was given to others on those dates.", _named(rows)

    def _open_calls(self, person: str, day: date) -> list[Call]:
        block = self._program.block_of(day)
        rotation = None if block is None else self._rotation.get((person, block))
        pgy = self._program.person_by_id[person].pgy
        return [
            call
            for call in self._facts.calls_on(day)
            if matches(call.pgys, pgy) and rotation in self._facts.call_rotations[call.id]
        ]


def _dates(days: Iterable[date]) -> str:
    return " ".join(day.isoformat() for day in days)


def _named(groups: Iterable[Iterable[str]]) -> str:
    return " ".join(list(dict.fromkeys(name for group in groups for name in group))[:MOST_NAMED])
