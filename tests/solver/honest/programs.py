"""Random programs of up to three residents with every kind of row of the format, and days to try all of."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from types import MappingProxyType
from zoneinfo import ZoneInfo

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

AM, PM, NIGHT = Session.AM, Session.PM, Session.NIGHT
STARTS = (
    date(2026, 7, 6),
    date(2026, 7, 8),
    date(2026, 10, 26),  # the clocks go back on 1 November in Chicago
    date(2027, 3, 9),  # and forward on 14 March
    date(2028, 2, 24),  # a leap day
    date(2026, 12, 28),
)
ZONES = ("America/Chicago", "America/Chicago", "Europe/London", "UTC", "Australia/Lord_Howe")
PACKS = (("acgme-cpr-2023",), ("acgme-cpr-2023",), ())
LENGTHS = ((7, 7), (7, 7), (7, 7), (14,), (10,), (6, 9), (7, 7, 7), (8, 1, 6))
TERMS = (
    "fair_heavy_blocks",
    "fair_call_points",
    "fair_weekends",
    "fair_holidays",
    "fair_nights",
    "fair_jeopardy",
    "advisories",
    "whole_weekends",
    "isolated_nights",
    "rotation_request",
    "day_off_request",
    "no_call_request",
)
WEIGHTS = tuple(map(Decimal, ("1", "1", "2", "3", "5", "0.5", "0", "-1", "-2")))


def random_program(dice: random.Random) -> Program:
    """A program in which any two kinds of row may meet."""
    start = dice.choice(STARTS)
    rotations = tuple(_rotations(dice))
    blocks = dice.choice(LENGTHS)
    zone = dice.choice(ZONES)
    dates = [start + timedelta(day) for day in range(sum(blocks))]
    people = tuple(_people(dice, dates))
    residents = [person for person in people if person.kind is PersonKind.RESIDENT]
    names = [each.id for each in rotations if each.setting is not Setting.LEAVE]
    known = {each.id for each in rotations} | {f"@{each.group}" for each in rotations}
    calls = tuple(_calls(dice, known))
    referable = [*names, *({"@busy"} & known)]
    program = Program(
        id="small",
        name="Small",
        time_zone=zone,
        year_start_date=start,
        blocks=blocks,
        rule_packs=dice.choice(PACKS),
        holidays=tuple(sorted(dice.sample(dates, dice.choice((0, 1, 1, 2))))),
        vacation_weeks=MappingProxyType({pgy: dice.choice((0, 0, 0, 1)) for pgy in (1, 2)}),
        max_on_vacation=dice.choice((None, None, None, 1, 1, 0)),
        people=people,
        rotations=rotations,
        templates=tuple(_templates(dice, names)),
        staffing=tuple(_staffing(dice, referable)),
        coverage=tuple(_coverage(dice, referable, len(blocks))),
        requirements=tuple(_requirements(dice, names, referable, len(blocks))),
        successions=tuple(
            Succession(dice.choice(referable), dice.choice(names), dice.choice(((), (1,), (2,))), row=2)
            for _ in range(dice.choice((0, 0, 0, 1)))
        ),
        calls=calls,
        clinics=tuple(_clinics(dice, residents)),
        absences=tuple(_absences(dice, residents, dates)),
        history_counts=tuple(
            HistoryCount(person.id, kind, Decimal(dice.choice(("1", "2", "0.5", "3"))), row=2)
            for person in residents
            for kind in HistoryCountKind
            if dice.random() < 0.15
        ),
        objective=tuple(_objective(dice)),
    )
    return replace(
        program,
        requests=tuple(_requests(dice, residents, dates, names, len(blocks))),
        rotation_pins=tuple(_rotation_pins(dice, residents, program)),
        call_pins=tuple(_call_pins(dice, residents, program)),
        history=tuple(_history(dice, residents, start, ZoneInfo(zone))),
    )


def _people(dice: random.Random, dates: list[date]) -> Iterator[Person]:
    for row, name in enumerate("ABC"[: dice.choice((1, 2, 2, 2, 3))], 2):
        pgy = dice.choice((1, 1, 2))
        person = Person(
            name, name, PersonKind.RESIDENT, pgy, track=dice.choice((None, None, "research")), row=row
        )
        edge = dice.choice(dates)
        if dice.random() < 0.1:
            person = replace(person, start_date=edge)
        elif dice.random() < 0.1:
            person = replace(person, end_date=edge)
        yield person
    if dice.random() < 0.3:
        yield Person("F", "F", PersonKind.FACULTY, None, row=9)


def _rotations(dice: random.Random) -> Iterator[Rotation]:
    shared = {
        "WARD": (Setting.INPATIENT, "busy"),
        "DESK": (Setting.OUTPATIENT, None),
        "NF": (Setting.NIGHT_FLOAT, "busy"),
        "LAB": (Setting.RESEARCH, None),
    }
    chosen = dice.sample(list(shared), dice.choice((1, 2, 2, 3)))
    for row, name in enumerate(chosen, 2):
        setting, group = shared[name]
        yield Rotation(
            name,
            name,
            setting,
            vacation_weeks_max=dice.choice((0, 1, 1, 2)),
            clinic=dice.random() < (0.7 if name == "DESK" else 0.2),
            max_consecutive=dice.choice((None, None, None, 1)),
            group=group or dice.choice((None, "calm")),
            max_days_off=dice.choice((None, None, 0, 1, 2)),
            row=row,
        )
    if dice.random() < 0.2:
        yield Rotation("LEAVE", "Leave", Setting.LEAVE, row=9)


def _days(dice: random.Random, *sizes: int) -> tuple[int, ...]:
    return tuple(sorted(dice.sample(range(7), dice.choice(sizes))))


def _templates(dice: random.Random, names: list[str]) -> Iterator[Template]:
    row = 2
    for name in names:
        if name == "NF" or dice.random() < 0.1:
            start, hours = dice.choice(((19, 12), (20, 10), (22, 9), (18, 6)))
            parts = [(_days(dice, 1, 2, 4), NIGHT, start, 60 * hours, DutyType.NIGHT_FLOAT)]
        else:
            morning = dice.choice((240, 300, 330))
            parts = [(_days(dice, 3, 5, 7), AM, 7, morning, DutyType.CLINICAL)]
            parts += [
                (parts[0][0], PM, 13, dice.choice((240, 300, 600, 780)), DutyType.CLINICAL)
            ] * dice.choice((0, 1))
        rest = set(_days(dice, 0, 1, 1, 2))
        for weekdays, session, start, minutes, kind in parts:
            common = (session, time(start), minutes, kind)
            holidays = dice.random() < 0.7
            if off := tuple(day for day in weekdays if day in rest):
                yield Template(name, off, *common, may_be_off=True, holidays=holidays, row=row)
            if on := tuple(day for day in weekdays if day not in rest):
                yield Template(name, on, *common, holidays=holidays, row=row + 1)
            row += 2


def _staffing(dice: random.Random, referable: list[str]) -> Iterator[Staffing]:
    for row in range(2, 2 + dice.choice((0, 0, 1, 1, 2))):
        least = dice.choice((0, 0, 0, 1))
        name = dice.choice(referable)
        yield Staffing(
            name,
            _days(dice, 1, 1, 2),
            dice.choice((AM, AM, PM, NIGHT)),
            dice.choice(((), (), (1,), (2,))),
            least,
            dice.choice((None, max(least, 1), 2)),
            row=row,
        )


def _coverage(dice: random.Random, referable: list[str], blocks: int) -> Iterator[Coverage]:
    for row in range(2, 2 + dice.choice((0, 0, 1, 2))):
        least = dice.choice((0, 0, 1))
        yield Coverage(
            dice.choice(referable),
            dice.choice(((), (), (1,), (2,))),
            dice.choice(((), (), (dice.randint(1, blocks),))),
            least,
            dice.choice((None, max(1, least), 2)),
            row=row,
        )


def _requirements(
    dice: random.Random, names: list[str], referable: list[str], blocks: int
) -> Iterator[Requirement]:
    for row, name in enumerate(names, 2):
        if dice.random() < 0.95:
            yield Requirement((), None, name, 0, None, row=row)
    for row in range(6, 6 + dice.choice((0, 0, 1))):
        least = dice.choice((0, 1))
        yield Requirement(
            dice.choice(((), (1,), (2,))),
            dice.choice((None, None, "research")),
            dice.choice(referable),
            least,
            dice.choice((None, max(least, 1))),
            dice.choice((None, dice.randint(1, blocks))),
            None,
            row=row,
        )


def _calls(dice: random.Random, known: set[str]) -> Iterator[Call]:
    for row, name in enumerate(("ONE", "TWO")[: dice.choice((0, 1, 1, 2))], 2):
        duty = dice.choice(
            (
                DutyType.IN_HOUSE_CALL,
                DutyType.IN_HOUSE_CALL,
                DutyType.HOME_CALL_AVAILABILITY,
                DutyType.JEOPARDY,
            )
        )
        is_jeopardy = duty is DutyType.JEOPARDY
        least = dice.choice((0, 0, 0, 1, 1, 2))
        yield Call(
            name,
            name,
            duty,
            _days(dice, 1, 1, 2),
            dice.choice(tuple(HolidayRule)),
            time(dice.choice((7, 12, 17, 18, 2))),
            60 * dice.choice((6, 12, 14, 24, 25)),
            0 if is_jeopardy else 60 * dice.choice((0, 0, 1, 4)),
            least,
            dice.choice((None, max(1, least), 2)),
            dice.choice(((), (), (1,), (2,))),
            dice.choice(((), (), *((name,) for name in ("WARD", "@busy") if name in known))),
            Decimal(dice.choice(("1", "1", "2", "0.5", "0"))),
            PostCall.NONE if is_jeopardy else dice.choice(tuple(PostCall)),
            row=row,
        )


def _clinics(dice: random.Random, residents: list[Person]) -> Iterator[Clinic]:
    taken = set()
    for row in range(2, 2 + dice.choice((0, 0, 1, 2, 3))):
        who, weekday, session = dice.choice(residents).id, dice.randrange(6), dice.choice((AM, PM, PM))
        if (who, weekday, session) not in taken:
            taken.add((who, weekday, session))
            start = time(8) if session is AM else time(dice.choice((12, 13)))
            yield Clinic(who, weekday, session, start, 240, dice.choice((0, 1, 1, 2)), row=row)


def _absences(dice: random.Random, residents: list[Person], dates: list[date]) -> Iterator[Absence]:
    for row in range(2, 2 + dice.choice((0, 0, 0, 1, 2))):
        first = dice.choice(dates)
        last = min(dates[-1], first + timedelta(dice.choice((0, 0, 2, 6, len(dates)))))
        status = dice.choice((*[AbsenceStatus.APPROVED] * 4, AbsenceStatus.REQUESTED, AbsenceStatus.REJECTED))
        yield Absence(dice.choice(residents).id, "sick", first, last, status, row=row)


def _requests(
    dice: random.Random, residents: list[Person], dates: list[date], names: list[str], blocks: int
) -> Iterator[Request]:
    ranks: dict[str, int] = {}
    for row in range(2, 2 + dice.choice((0, 2, 4, 6))):
        who, first = dice.choice(residents).id, dice.choice(dates)
        kind = dice.choice(tuple(RequestKind))
        if kind is RequestKind.ROTATION:
            yield Request(
                who,
                kind,
                rotation=dice.choice(names),
                block=dice.randint(1, blocks),
                weight=dice.choice((None, 1, 2, -1, 0, -3)),
                row=row,
            )
        elif kind is RequestKind.VACATION:
            ranks[who] = ranks.get(who, 0) + 1
            yield Request(who, kind, ranks[who], first, row=row)
        else:
            last = dice.choice((None, None, min(dates[-1], first + timedelta(dice.choice((1, 2, 6))))))
            yield Request(who, kind, start_date=first, end_date=last, row=row)


def _rotation_pins(dice: random.Random, residents: list[Person], program: Program) -> Iterator[RotationPin]:
    for row in range(2, 2 + dice.choice((0, 0, 0, 1))):
        person = dice.choice(residents)
        block = dice.choice(program.academic_blocks)
        if any(person.is_there(day) for day in block.dates):
            yield RotationPin(person.id, block.number, dice.choice(program.rotations).id, row=row)


def _call_pins(dice: random.Random, residents: list[Person], program: Program) -> Iterator[CallPin]:
    days = [day for block in program.academic_blocks for day in block.dates]
    if program.calls and dice.random() < 0.15:
        call = dice.choice(program.calls)
        held = [day for day in days if day.weekday() in call.weekdays and day not in program.holidays]
        if held:
            yield CallPin(dice.choice(residents).id, dice.choice(held), call.id, row=9)


def _history(
    dice: random.Random, residents: list[Person], start: date, zone: ZoneInfo
) -> Iterator[HistoryInterval]:
    for row in range(2, 2 + dice.choice((0, 0, 0, 1, 2))):
        day = start - timedelta(row - 1)
        kind = dice.choice(
            (DutyType.CLINICAL, DutyType.IN_HOUSE_CALL, DutyType.NIGHT_FLOAT, DutyType.NIGHT_FLOAT)
        )
        begin = 19 if kind is DutyType.NIGHT_FLOAT else dice.choice((7, 8))
        hours = {DutyType.CLINICAL: 9, DutyType.IN_HOUSE_CALL: 24, DutyType.NIGHT_FLOAT: 12}[kind]
        begins = datetime.combine(day, time(begin), zone)
        ends = datetime.combine(day, time(begin)) + timedelta(hours=hours)
        yield HistoryInterval(dice.choice(residents).id, begins, ends.replace(tzinfo=zone), kind, row=row)


def _objective(dice: random.Random) -> Iterator[Tier]:
    """One to four tiers; a term may stand in any tier, with any weight."""
    terms = list(TERMS)
    dice.shuffle(terms)
    terms = terms[: dice.choice((2, 5, 9, 12))]
    tiers = dice.choice((1, 2, 2, 3))
    ranked = dice.randrange(tiers)
    if dice.random() < 0.5:
        yield Tier((("unmet_staffing", Decimal(1000)),))
    for number in range(tiers):
        yield Tier(
            tuple((term, dice.choice(WEIGHTS)) for term in terms[number::tiers]),
            (Decimal(10), Decimal("2.5")) if number == ranked else None,
        )
