"""Item 4: how many are at work in a rotation's session, and how many in clinic at once, date by date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

from src.compliance.structure.broken import ASSIGNMENTS_FILE, Broken, Item
from src.compliance.structure.ground import Ground
from src.compliance.structure.sessions import Timetable
from src.compliance.structure.shortage import Shortage
from src.compliance.structure.year import is_for
from src.interchange.model import Session, Staffing
from src.interchange.schedule import AssignmentKind, AssignmentRow, UnmetKind


class AtWork:
    """Who is at work where: by rotation, date and session for rotations, by date and session for clinics.

    Rows of `kind` rotation only count for a rotation: who is at clinic or on call instead does not.
    """

    def __init__(self, ground: Ground) -> None:
        self._in_rotation: dict[tuple[str, date, Session], dict[str, AssignmentRow]] = defaultdict(dict)
        self._in_clinic: dict[tuple[date, Session], dict[str, AssignmentRow]] = defaultdict(dict)
        for row in ground.schedule.assignments:
            if row.person not in ground.residents:
                continue
            if row.kind is AssignmentKind.ROTATION:
                self._in_rotation[row.id, row.date, row.session].setdefault(row.person, row)
            elif row.kind is AssignmentKind.CLINIC:
                self._in_clinic[row.date, row.session].setdefault(row.person, row)

    def in_rotation(self, rotation: str, day: date, session: Session) -> Mapping[str, AssignmentRow]:
        return self._in_rotation.get((rotation, day, session), {})

    def in_clinics(self) -> Iterator[tuple[date, Session, Mapping[str, AssignmentRow]]]:
        for (day, session), rows in self._in_clinic.items():
            yield day, session, rows


def staffing_shortages(ground: Ground, timetable: Timetable, at_work: AtWork) -> Iterator[Shortage]:
    """Each rule and judged date with fewer at work than its minimum."""
    for rule in ground.program.staffing:
        for day in _dates_of(ground, timetable, rule):
            got = len(_counted(ground, at_work, rule, day))
            if got < rule.min:
                yield Shortage(
                    what=UnmetKind.STAFFING,
                    id=rule.rotation,
                    date_or_block=day.isoformat(),
                    sessions=frozenset({rule.session}),
                    pgys=frozenset(rule.pgys),
                    needed=rule.min,
                    got=got,
                    item=Item.STAFFING,
                    file="staffing.csv",
                    row=rule.row,
                )


def broken_maxima(ground: Ground, timetable: Timetable, at_work: AtWork) -> Iterator[Broken]:
    """Too many at work in a session, or in clinic at once."""
    for rule in ground.program.staffing:
        if rule.max is None:
            continue
        for day in _dates_of(ground, timetable, rule):
            rows = _counted(ground, at_work, rule, day)
            if len(rows) > rule.max:
                yield _too_many(rows, f"at most {rule.max} may be (staffing.csv row {rule.row})")
    yield from _too_many_in_clinic(ground, at_work)


def _dates_of(ground: Ground, timetable: Timetable, rule: Staffing) -> Iterator[date]:
    """The judged dates a rule names: not the holidays on which the session's template is not held."""
    for day in ground.judged_dates:
        if rule.weekdays and day.weekday() not in rule.weekdays:
            continue
        if day in ground.holidays and _is_off_on_holidays(ground, timetable, rule, day.weekday()):
            continue
        yield day


def _is_off_on_holidays(ground: Ground, timetable: Timetable, rule: Staffing, weekday: int) -> bool:
    templates = [
        template
        for rotation in ground.program.expand(rule.rotation)
        for template in timetable.templates_of(rotation, weekday)
        if template.session is rule.session
    ]
    return bool(templates) and not any(template.holidays for template in templates)


def _counted(ground: Ground, at_work: AtWork, rule: Staffing, day: date) -> list[AssignmentRow]:
    return [
        row
        for rotation in ground.program.expand(rule.rotation)
        for person, row in at_work.in_rotation(rotation, day, rule.session).items()
        if is_for(rule.pgys, ground.residents[person])
    ]


def _too_many(rows: list[AssignmentRow], limit: str) -> Broken:
    last = max(rows, key=lambda row: row.row)
    who = ", ".join(row.person for row in rows)
    where = f"{last.date} {last.session} {last.id}"
    words = f"{where}: {len(rows)} at work ({who}), {limit}"
    return Broken(Item.STAFFING, ASSIGNMENTS_FILE, last.row, words, dates=(last.date,))


def _too_many_in_clinic(ground: Ground, at_work: AtWork) -> Iterator[Broken]:
    """`max_at_once` caps residents in clinic in a session: the least of its weekday's and session's rows."""
    caps: dict[tuple[int, Session], int] = {}
    for clinic in ground.program.clinics:
        if clinic.max_at_once > 0:
            key = (clinic.weekday, clinic.session)
            caps[key] = min(clinic.max_at_once, caps.get(key, clinic.max_at_once))
    for day, session, rows in at_work.in_clinics():
        cap = caps.get((day.weekday(), session))
        if cap is not None and len(rows) > cap and day in ground.judged_date_set:
            yield _too_many(list(rows.values()), f"at most {cap} may be in clinic at once (clinics.csv)")
