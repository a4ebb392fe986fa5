"""Random years of two blocks: weekends across their ends, nights, calls, leave, people who come and go."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from types import MappingProxyType
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from src.interchange.model import (
    Absence,
    AbsenceStatus,
    CallPin,
    Clinic,
    Coverage,
    DutyType,
    HistoryCount,
    HistoryCountKind,
    HistoryInterval,
    HolidayRule,
    PostCall,
    Program,
    Requirement,
    RotationPin,
    Session,
    Setting,
    Staffing,
    Template,
    Tier,
)
from tests.compliance.structure.world import call
from tests.solver.small import resident, rotation

TERMS = (
    "whole_weekends",
    "isolated_nights",
    "fair_call_points",
    "fair_weekends",
    "fair_holidays",
    "fair_nights",
    "fair_jeopardy",
    "fair_heavy_blocks",
)
FIRST = date(2026, 7, 1)
ANY_DAYS = st.sets(st.integers(0, 6), min_size=1, max_size=7).map(lambda days: tuple(sorted(days)))
LATE_DAYS = st.sets(st.sampled_from([4, 5, 6]), min_size=1, max_size=3).map(lambda days: tuple(sorted(days)))
HALVES = st.sampled_from([Decimal("0.5"), Decimal(1), Decimal("1.5"), Decimal(2)])


@st.composite
def years(draw: st.DrawFn) -> Program:
    """Few rules that forbid, so that many schedules are legal."""
    start = FIRST + timedelta(draw(st.integers(0, 6)))
    blocks = tuple(draw(st.lists(st.integers(7, 14), min_size=2, max_size=2)))
    length = sum(blocks)
    dates = st.integers(0, length - 1).map(lambda day: start + timedelta(day))
    names = "ABCDEF"[: draw(st.integers(3, 6))]
    people = tuple(
        resident(
            name, draw(st.sampled_from([1, 1, 2])), track=draw(st.sampled_from([None, None, "x"])), row=row
        )
        for row, name in enumerate(names, 2)
    )
    if draw(st.integers(0, 3)) == 0:
        edge = draw(dates)
        comes = draw(st.booleans())
        first = replace(people[0], start_date=edge) if comes else replace(people[0], end_date=edge)
        people = (first, *people[1:])
    rotations = (
        rotation("WARD", row=2, max_days_off=draw(st.sampled_from([None, 1, 2, 3])), group="team"),
        rotation(
            "ED",
            row=3,
            vacation_weeks_max=draw(st.integers(0, 1)),
            max_days_off=draw(st.sampled_from([None, 2])),
        ),
        rotation(
            "NF",
            Setting.NIGHT_FLOAT,
            row=4,
            vacation_weeks_max=draw(st.integers(0, 1)),
            max_days_off=draw(st.sampled_from([None, 2, 3])),
        ),
        rotation("DESK", Setting.OUTPATIENT, row=5, clinic=True, vacation_weeks_max=2, group="team"),
    )
    night_hours = draw(st.sampled_from([4, 5, 12]))
    templates = (
        Template("WARD", (), Session.AM, time(7), 300, DutyType.CLINICAL, may_be_off=True, row=2),
        Template(
            "WARD",
            draw(ANY_DAYS),
            Session.PM,
            time(12),
            60 * draw(st.sampled_from([5, 13])),
            DutyType.CLINICAL,
            may_be_off=draw(st.booleans()),
            row=3,
        ),
        Template(
            "ED",
            draw(ANY_DAYS),
            Session.PM,
            time(13),
            600,
            DutyType.CLINICAL,
            may_be_off=draw(st.booleans()),
            holidays=draw(st.booleans()),
            row=4,
        ),
        Template(
            "NF",
            draw(ANY_DAYS),
            Session.NIGHT,
            time(19),
            60 * night_hours,
            DutyType.NIGHT_FLOAT,
            may_be_off=draw(st.booleans()),
            row=5,
        ),
        Template("DESK", (0, 1, 2, 3, 4), Session.AM, time(8), 240, DutyType.CLINICAL, holidays=False, row=6),
    )
    staffing = tuple(
        Staffing(
            name,
            draw(LATE_DAYS),
            session,
            draw(st.sampled_from([(), (), (1,), (2,)])),
            draw(st.sampled_from([0, 1, 1, 2])),
            None,
            row=row,
        )
        for row, (name, session) in enumerate(
            draw(
                st.lists(
                    st.sampled_from(
                        [
                            ("WARD", Session.AM),
                            ("WARD", Session.PM),
                            ("@team", Session.AM),
                            ("ED", Session.PM),
                            ("NF", Session.NIGHT),
                        ]
                    ),
                    max_size=2,
                )
            ),
            2,
        )
    )
    calls = tuple(
        call(
            name,
            duty_type=draw(
                st.sampled_from(
                    [
                        DutyType.IN_HOUSE_CALL,
                        DutyType.IN_HOUSE_CALL,
                        DutyType.HOME_CALL_AVAILABILITY,
                        DutyType.JEOPARDY,
                    ]
                )
            ),
            weekdays=draw(LATE_DAYS),
            start=time(draw(st.sampled_from([7, 12, 18]))),
            minutes=60 * draw(st.sampled_from([6, 13, 24, 30])),
            handover_minutes=draw(st.sampled_from([0, 120])),
            post_call=draw(st.sampled_from(PostCall)),
            points=draw(HALVES),
            holidays=draw(st.sampled_from(HolidayRule)),
            min=(least := draw(st.sampled_from([0, 1, 1]))),
            max=draw(st.sampled_from([None, max(1, least), 2])),
            rotations=draw(st.sampled_from([(), ("WARD",), ("@team",), ("DESK", "ED")])),
            pgys=draw(st.sampled_from([(), (), (1,), (2,)])),
            row=row,
        )
        for row, name in enumerate(("ONE", "TWO", "THREE")[: draw(st.integers(0, 3))], 2)
    )
    named = ("WARD", "ED", "NF", "DESK")
    requirements = tuple(
        Requirement(
            (),
            draw(st.sampled_from([None, None, None, "x"])) if extra else None,
            name,
            draw(st.sampled_from([0, 0, 0, 0, 0, 0, 1])) if extra else 0,
            draw(st.sampled_from([None, None, None, 1])) if extra else None,
            row=row,
        )
        for row, (name, extra) in enumerate(
            [*((each, False) for each in named), *((each, True) for each in named)], 2
        )
    )
    pins = tuple(
        RotationPin(person.id, block, draw(st.sampled_from(named)), row=2)
        for person in people[:1]
        for block in draw(st.sampled_from([(), (), (1,), (1, 2)]))
    )
    return Program(
        id="years",
        name="Years",
        time_zone="America/Chicago",
        year_start_date=start,
        blocks=blocks,
        holidays=tuple(draw(st.sets(dates, max_size=2))),
        vacation_weeks=MappingProxyType(
            {1: draw(st.sampled_from([0, 0, 1])), 2: draw(st.sampled_from([0, 0, 1]))}
        ),
        max_on_vacation=draw(st.sampled_from([None, 1])),
        people=people,
        rotations=rotations,
        templates=templates,
        staffing=staffing,
        coverage=tuple(
            Coverage(
                draw(st.sampled_from([*named, "@team"])),
                (),
                (),
                draw(st.sampled_from([0, 0, 1])),
                draw(st.sampled_from([None, None, 2])),
                row=row,
            )
            for row in range(2, 2 + draw(st.integers(0, 1)))
        ),
        requirements=requirements,
        calls=calls,
        clinics=(
            Clinic(
                "B",
                draw(st.integers(0, 6)),
                draw(st.sampled_from([Session.PM, Session.AM])),
                time(13),
                240,
                row=2,
            ),
        )
        if draw(st.booleans())
        else (),
        absences=tuple(
            Absence(
                person.id,
                "sick",
                day,
                day + timedelta(draw(st.integers(0, 3))),
                AbsenceStatus.APPROVED,
                row=2,
            )
            for person in people[1:2]
            for day in ([draw(dates)] if draw(st.booleans()) else [])
        ),
        rotation_pins=pins,
        call_pins=tuple(
            CallPin("C", draw(dates), each.id, row=2) for each in calls[:1] if draw(st.integers(0, 9)) == 0
        ),
        history=tuple(
            before(start, draw(st.sampled_from([DutyType.NIGHT_FLOAT, DutyType.IN_HOUSE_CALL])))
            for _ in range(draw(st.sampled_from([0, 0, 1])))
        ),
        history_counts=tuple(
            HistoryCount(person.id, draw(st.sampled_from(HistoryCountKind)), draw(HALVES) * 2, row=row)
            for row, person in enumerate(people[: draw(st.integers(0, 3))], 2)
        ),
    )


def before(start: date, kind: DutyType) -> HistoryInterval:
    """A night of B that ends on the first morning of the year."""
    zone = ZoneInfo("America/Chicago")
    eve = datetime.combine(start - timedelta(1), time(19), zone)
    return HistoryInterval("B", eve.astimezone(UTC), (eve + timedelta(hours=12)).astimezone(UTC), kind, row=2)


def asking(program: Program, *weights: tuple[str, int]) -> Program:
    """The program with one tier of those weights."""
    tier = Tier(tuple((term, Decimal(weight)) for term, weight in weights))
    return replace(program, objective=(tier,))
