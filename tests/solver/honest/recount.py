"""Each term of the objective counted again from a schedule's rows, sentence by sentence of the format.

It knows the values of a parsed program and nothing of the solver's or the checker's code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal

from src.interchange.model import AbsenceStatus, Person, Program, RequestKind, Setting
from src.interchange.schedule import AssignmentKind, AssignmentRow, Schedule

DAY = timedelta(days=1)
SAME_YEARS = ("unmet_staffing", "vacation_rank", "rotation_request", "fair_heavy_blocks")
"""What a year plan alone has a count for."""


class Recount:
    """The counts of one schedule. `soft` is the number of soft findings, which the judge tells."""

    def __init__(self, program: Program, schedule: Schedule, soft: int = 0) -> None:
        self.program = program
        self.schedule = schedule
        self.soft = soft
        self.mine: Mapping[str, list[AssignmentRow]] = {
            person.id: [row for row in schedule.assignments if row.person == person.id]
            for person in program.residents
        }
        self.rotation = {(row.person, row.block): row.rotation for row in schedule.year}
        self.weeks = {(row.person, row.week_start_date) for row in schedule.vacations}

    def tiers(self, terms: Iterable[str] | None = None) -> tuple[Decimal, ...]:
        """Weight x count, tier by tier, over these terms (None = all)."""
        return tuple(
            sum(
                (
                    self.signed(term) * weight
                    for term, weight in tier.weights
                    if terms is None or term in terms
                ),
                self.ranks(tier.vacation_rank or ()),
            )
            for tier in self.program.objective
        )

    def signed(self, term: str) -> Decimal:
        cost = term.startswith(("fair_", "unmet_")) or term == "advisories"
        return -self.count(term) if cost else self.count(term)

    def count(self, term: str) -> Decimal:
        everyone = self.program.residents
        counters: Mapping[str, Callable[[], Decimal | int]] = {
            "unmet_staffing": lambda: sum(row.needed - row.got for row in self.schedule.unmet),
            "rotation_request": self.rotations_wished,
            "day_off_request": lambda: self.granted(RequestKind.DAY_OFF),
            "no_call_request": lambda: self.granted(RequestKind.NO_CALL) + self.granted(RequestKind.CALL),
            "fair_heavy_blocks": lambda: self.spread(self.heavy, None),
            "fair_call_points": lambda: self.spread(self.points, "points"),
            "fair_weekends": lambda: self.spread(lambda who: len(self.weekends(who)), "weekends"),
            "fair_holidays": lambda: self.spread(self.holidays, "holidays"),
            "fair_nights": lambda: self.spread(lambda who: len(self.nights(who)), "nights"),
            "fair_jeopardy": lambda: self.spread(self.jeopardies, "jeopardy"),
            "advisories": lambda: self.soft,
            "whole_weekends": lambda: sum(self.whole(person) for person in everyone),
            "isolated_nights": lambda: sum(self.isolated(person.id) for person in everyone),
        }
        return Decimal(counters[term]())

    def ranks(self, points: tuple[Decimal, ...]) -> Decimal:
        """The points of each ranked request whose week is a vacation."""
        found = Decimal(0)
        for wish in self.program.requests:
            if wish.kind is RequestKind.VACATION and wish.start_date and wish.rank:
                monday = wish.start_date - wish.start_date.weekday() * DAY
                if (wish.person, monday) in self.weeks and wish.rank <= len(points):
                    found += points[wish.rank - 1]
        return found

    def rotations_wished(self) -> int:
        found = 0
        for wish in self.program.requests:
            if wish.kind is RequestKind.ROTATION and wish.block and wish.rotation:
                has = self.rotation.get((wish.person, wish.block))
                if has in self.program.expand(wish.rotation):
                    found += 1 if wish.weight is None else wish.weight
        return found

    def granted(self, kind: RequestKind) -> int:
        found = 0
        for wish in self.program.requests:
            if wish.kind is not kind or wish.start_date is None:
                continue
            last = wish.end_date or wish.start_date
            dates = {wish.start_date + n * DAY for n in range((last - wish.start_date).days + 1)}
            starts = {day for day, _ in self.calls(wish.person)} & dates
            if kind is RequestKind.DAY_OFF:
                found += not (self.touched(wish.person) & dates)
            else:
                found += bool(starts) is (kind is RequestKind.CALL)
        return found

    def calls(self, who: str) -> set[tuple[date, str]]:
        """Start date and id of each call and jeopardy; a handover is part of its call."""
        kind_of = {call.id: call.duty_type for call in self.program.calls}
        return {
            (row.date, row.id)
            for row in self.mine.get(who, [])
            if row.kind in (AssignmentKind.CALL, AssignmentKind.JEOPARDY) and row.duty_type == kind_of[row.id]
        }

    def touched(self, who: str) -> set[date]:
        found = set()
        for row in self.mine.get(who, []):
            if row.kind is not AssignmentKind.JEOPARDY:
                day = row.start_at.astimezone(self.program.zone).date()
                last = (row.end_at.astimezone(self.program.zone) - timedelta(microseconds=1)).date()
                while day <= last:
                    found.add(day)
                    day += DAY
        return found

    def spread(self, count: Callable[[str], Decimal | int], earlier: str | None) -> Decimal:
        found = Decimal(0)
        first, last = self.program.year_start_date, self.program.year_end_date
        for pgy in {person.pgy for person in self.program.residents}:
            counts = [
                count(person.id)
                + sum(
                    (
                        row.count
                        for row in self.program.history_counts
                        if (row.person, row.kind) == (person.id, earlier)
                    ),
                    Decimal(0),
                )
                for person in self.program.residents
                if person.pgy == pgy and person.is_there(first) and person.is_there(last)
            ]
            found += max(counts) - min(counts) if counts else 0
        return found

    def heavy(self, who: str) -> int:
        names = [name for (person, _), name in self.rotation.items() if person == who]
        setting = {each.id: each.setting for each in self.program.rotations}
        return sum(setting[name] in (Setting.INPATIENT, Setting.NIGHT_FLOAT) for name in names)

    def points(self, who: str) -> Decimal:
        points = {call.id: call.points for call in self.program.calls}
        return sum((points[call] for _, call in self.calls(who)), Decimal(0))

    def jeopardies(self, who: str) -> int:
        return sum(row.kind is AssignmentKind.JEOPARDY for row in self.mine[who])

    def weekends(self, who: str) -> set[date]:
        """The Saturdays of weekends with either day touched."""
        return {day - (day.weekday() - 5) * DAY for day in self.touched(who) if day.weekday() > 4}

    def holidays(self, who: str) -> int:
        return len(self.touched(who) & set(self.program.holidays))

    def nights(self, who: str) -> set[date]:
        return {
            row.date
            for row in self.mine[who]
            if row.kind is AssignmentKind.ROTATION and row.session.value == "NIGHT"
        }

    def isolated(self, who: str) -> int:
        nights = self.nights(who)
        return sum(not nights & {night - DAY, night + DAY} for night in nights)

    def whole(self, person: Person) -> int:
        """Saturdays with Sunday, wholly in the year, that no work, vacation or absence touches."""
        taken = self.touched(person.id) | away(self.program, person, self.weeks)
        day, found = self.program.year_start_date, 0
        while day < self.program.year_end_date:
            found += day.weekday() == 5 and not taken & {day, day + DAY}
            day += DAY
        return found


def away(program: Program, person: Person, weeks: Iterable[tuple[str, date]]) -> set[date]:
    """Dates of vacation and approved absence, and those of the year on which the person is not there."""
    found = {monday + n * DAY for who, monday in weeks if who == person.id for n in range(7)}
    for absence in program.absences:
        if absence.person == person.id and absence.status is AbsenceStatus.APPROVED:
            days = (absence.end_date - absence.start_date).days + 1
            found |= {absence.start_date + n * DAY for n in range(days)}
    return found | {
        day for block in program.academic_blocks for day in block.dates if not person.is_there(day)
    }
