"""Random valid programs for properties: canonical, with every kind of row, odd texts included."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from src.interchange.canonical import canonical
from src.interchange.model import (
    CALL_DUTY_TYPES,
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
    RuleApproval,
    RuleApprovalKind,
    RuleOverride,
    Session,
    Setting,
    Staffing,
    Succession,
    Template,
    Tier,
)
from src.interchange.objective_tiers import TERMS, VACATION_RANK
from src.interchange.values import pack_id


def with_known_rules(program: Program) -> Program:
    """The program with a pack, and overrides of parameters by values they may take, that there are."""
    overrides = program.rule_overrides[: len(_KNOWN_NUMBERS)]
    known = [
        replace(
            override, pack="acgme-cpr-2023", rule=None, parameter=name, value=1 + int(override.value) % 300
        )
        for override, name in zip(overrides, _KNOWN_NUMBERS, strict=False)
    ]
    return canonical(replace(program, rule_packs=("acgme-cpr-2023@2023.3",), rule_overrides=tuple(known)))


_KNOWN_NUMBERS = ("min_rest_minutes", "weekly_minutes", "call_every_days", "max_nights_in_row")
IDS = st.text("ABCXYZabcxyz019_-", min_size=1, max_size=6)
"""Ids of people, rotations, calls and groups."""

_LETTERS = st.characters(
    codec="utf-8",
    exclude_categories=("Cc", "Cs"),
    include_characters="\n\t",
    exclude_characters="\ufffe\uffff",
)
TEXTS = (
    st.one_of(
        st.text(_LETTERS, min_size=1, max_size=12),
        st.sampled_from(
            ["=1+1", "+49", "-x", "@SUM(A1)", '"quoted", twice', "O'Neil", "a\nb", "007", "1e5", "#N/A"]
        ),
    )
    .map(str.strip)
    .filter(bool)
)
"""Names as people write them and as spreadsheets misread them."""

_PACKS = IDS | st.builds("{}@{}".format, IDS, st.text("abz019._-", min_size=1, max_size=6))
_ZONES = (
    "America/Chicago",
    "America/New_York",
    "Europe/Dublin",
    "Australia/Lord_Howe",
    "UTC",
    "Asia/Kathmandu",
)
_WEEKDAYS = st.sets(st.integers(0, 6)).map(lambda days: tuple(sorted(days)))
_PGYS = st.sets(st.integers(1, 7), max_size=3).map(lambda pgys: tuple(sorted(pgys)))
_COUNTS = st.integers(0, 30)
_TIMES = st.times().map(lambda moment: moment.replace(second=0, microsecond=0))
_POINTS = st.decimals(0, 99, places=2, allow_nan=False)
_WEIGHTS = st.decimals(-99, 999, places=3, allow_nan=False)
_MINUTES = st.integers(1, 36 * 60)


def _each_session_once(drawn: Iterable[Template]) -> tuple[Template, ...]:
    """Without rows that tell of a session of a rotation on a weekday what an earlier one tells already."""
    kept: list[Template] = []
    told: set[tuple[str, Session, int]] = set()
    for template in drawn:
        tells = {(template.rotation, template.session, day) for day in template.weekdays or range(7)}
        if told.isdisjoint(tells):
            kept.append(template)
            told |= tells
    return tuple(kept)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """Canonical programs that read well: every reference is known, every number in its range."""
    frame = draw(_frames())
    people = draw(st.lists(_people(frame), min_size=1, max_size=5, unique_by=lambda person: person.id))
    rotations = draw(st.lists(_rotations(), min_size=1, max_size=5, unique_by=lambda rotation: rotation.id))
    person_ids = st.sampled_from([person.id for person in people])
    plain_ids = st.sampled_from([rotation.id for rotation in rotations])
    groups = sorted({f"@{rotation.group}" for rotation in rotations if rotation.group})
    references = st.sampled_from([*(rotation.id for rotation in rotations), *groups])
    blocks = st.integers(1, len(frame.blocks))
    days = st.dates(frame.year_start_date, frame.year_end_date)
    calls = draw(st.lists(_calls(references), max_size=3, unique_by=lambda call: call.id))

    def rows[T](strategy: st.SearchStrategy[T], **options: Any) -> tuple[T, ...]:
        return tuple(draw(st.lists(strategy, max_size=3, **options)))

    return canonical(
        replace(
            frame,
            people=tuple(people),
            rotations=tuple(rotations),
            calls=tuple(calls),
            templates=_each_session_once(
                rows(
                    st.builds(
                        Template,
                        *(plain_ids, _WEEKDAYS, st.sampled_from(Session), _TIMES, _MINUTES),
                        *(st.sampled_from(DutyType), st.booleans(), st.booleans()),
                    )
                )
            ),
            staffing=rows(
                st.builds(
                    lambda rotation, weekdays, session, pgys, bounds: Staffing(
                        rotation, weekdays, session, pgys, *bounds
                    ),
                    *(references, _WEEKDAYS, st.sampled_from(Session), _PGYS, _bounds(_COUNTS)),
                )
            ),
            coverage=rows(
                st.builds(
                    lambda rotation, pgys, found, bounds: Coverage(rotation, pgys, found, *bounds),
                    *(references, _PGYS, st.sets(blocks).map(lambda s: tuple(sorted(s))), _bounds(_COUNTS)),
                )
            ),
            requirements=rows(
                st.builds(
                    lambda pgys, track, rotation, bounds, window: Requirement(
                        pgys, track, rotation, *bounds, *window
                    ),
                    *(_PGYS, st.none() | TEXTS, references, _bounds(_COUNTS)),
                    st.just((None, None)) | _bounds(blocks),
                )
            ),
            successions=rows(st.builds(Succession, references, references, _PGYS)),
            clinics=rows(
                st.builds(
                    Clinic,
                    *(person_ids, st.integers(0, 6), st.sampled_from([Session.AM, Session.PM])),
                    *(_TIMES, _MINUTES, _COUNTS),
                ),
                unique_by=lambda clinic: (clinic.person, clinic.weekday, clinic.session),
            ),
            requests=rows(_requests(person_ids, references, blocks, days)),
            absences=rows(
                st.builds(
                    lambda person, kind, span, status: Absence(person, kind, *span, status),
                    *(person_ids, TEXTS, st.tuples(days, days).map(sorted), st.sampled_from(AbsenceStatus)),
                )
            ),
            rotation_pins=rows(st.builds(RotationPin, person_ids, blocks, references)),
            call_pins=rows(st.builds(CallPin, person_ids, days, st.sampled_from([c.id for c in calls])))
            if calls
            else (),
            history=rows(_history(person_ids, frame)),
            history_counts=rows(
                st.builds(HistoryCount, person_ids, st.sampled_from(HistoryCountKind), _POINTS),
                unique_by=lambda count: (count.person, count.kind),
            ),
            rule_overrides=rows(
                _overrides(st.sampled_from(list(map(pack_id, frame.rule_packs))), days),
                unique_by=lambda override: (override.pack, override.rule, override.parameter),
            )
            if frame.rule_packs
            else (),
            rule_approvals=rows(_approvals(person_ids, references, days)),
            objective=rows(_tiers()),
        )
    )


@st.composite
def _frames(draw: st.DrawFn) -> Program:
    start = draw(st.dates(date(2024, 1, 1), date(2030, 1, 1)))
    blocks = tuple(draw(st.lists(st.integers(7, 31), min_size=1, max_size=13)))
    return Program(
        id=draw(IDS),
        name=draw(TEXTS),
        time_zone=draw(st.sampled_from(_ZONES)),
        year_start_date=start,
        blocks=blocks,
        specialty=draw(st.none() | TEXTS),
        rule_packs=tuple(draw(st.lists(_PACKS, max_size=2, unique_by=pack_id))),
        holidays=tuple(draw(st.lists(st.dates(start, start + timedelta(days=sum(blocks) - 1)), max_size=3))),
        vacation_weeks=MappingProxyType(
            draw(st.dictionaries(st.integers(1, 7), st.integers(0, 6), max_size=4))
        ),
        max_on_vacation=draw(st.none() | _COUNTS),
    )


@st.composite
def _people(draw: st.DrawFn, frame: Program) -> Person:
    kind = draw(st.sampled_from(PersonKind))
    span = draw(st.tuples(*[st.dates(frame.year_start_date, frame.year_end_date)] * 2).map(sorted))
    return Person(
        id=draw(IDS),
        name=draw(TEXTS),
        kind=kind,
        pgy=draw(st.integers(1, 7)) if kind is PersonKind.RESIDENT else None,
        track=draw(st.none() | TEXTS),
        email=draw(st.none() | st.just("someone@example.org")),
        start_date=span[0] if draw(st.booleans()) else None,
        end_date=span[1] if draw(st.booleans()) else None,
    )


@st.composite
def _overrides(draw: st.DrawFn, packs: st.SearchStrategy[str], days: st.SearchStrategy[date]) -> RuleOverride:
    value = draw(st.integers(0, 9000) | st.booleans())
    span = draw(st.tuples(days, days).map(sorted))
    return RuleOverride(draw(packs), draw(st.none() | IDS), draw(IDS), value, draw(TEXTS), draw(TEXTS), *span)


@st.composite
def _approvals(
    draw: st.DrawFn,
    people: st.SearchStrategy[str],
    references: st.SearchStrategy[str],
    days: st.SearchStrategy[date],
) -> RuleApproval:
    kind = draw(st.sampled_from(RuleApprovalKind))
    is_about_hours = kind is RuleApprovalKind.HOURS_EXCEPTION
    return RuleApproval(
        kind,
        None if is_about_hours else draw(people),
        draw(references) if is_about_hours else None,
        draw(st.integers(1, 5280)) if is_about_hours else None,
        draw(TEXTS),
        draw(TEXTS),
        *draw(st.tuples(days, days).map(sorted)),
    )


def _rotations() -> st.SearchStrategy[Rotation]:
    return st.builds(
        Rotation,
        *(IDS, TEXTS, st.sampled_from(Setting), st.none() | TEXTS, st.integers(0, 4), st.booleans()),
        *(st.none() | st.integers(1, 13), st.none() | IDS, st.none() | _COUNTS),
    )


def _calls(references: st.SearchStrategy[str]) -> st.SearchStrategy[Call]:
    return st.builds(
        lambda identifier, name, kind, weekdays, holidays, start, minutes, handover, bounds, pgys, rest: Call(
            identifier, name, kind, weekdays, holidays, start, minutes, handover, *bounds, pgys, *rest
        ),
        *(IDS, TEXTS, st.sampled_from(sorted(CALL_DUTY_TYPES)), _WEEKDAYS, st.sampled_from(HolidayRule)),
        *(_TIMES, _MINUTES, st.integers(0, 300), _bounds(_COUNTS), _PGYS),
        st.tuples(
            st.lists(references, max_size=3, unique=True).map(tuple), _POINTS, st.sampled_from(PostCall)
        ),
    )


@st.composite
def _requests(
    draw: st.DrawFn,
    people: st.SearchStrategy[str],
    references: st.SearchStrategy[str],
    blocks: st.SearchStrategy[int],
    days: st.SearchStrategy[date],
) -> Request:
    kind = draw(st.sampled_from(RequestKind))
    if kind is RequestKind.ROTATION:
        weight = draw(st.integers(-9, 9))
        return Request(draw(people), kind, rotation=draw(references), block=draw(blocks), weight=weight)
    first, last = draw(st.tuples(days, days).map(sorted))
    rank = draw(st.none() | st.integers(1, 9))
    return Request(draw(people), kind, rank, first, draw(st.none() | st.just(last)))


@st.composite
def _history(draw: st.DrawFn, people: st.SearchStrategy[str], frame: Program) -> HistoryInterval:
    year_start_at = datetime.combine(frame.year_start_date, time(), tzinfo=ZoneInfo(frame.time_zone))
    start = year_start_at - timedelta(minutes=draw(st.integers(1, 40 * 24 * 60)))
    end = start + timedelta(minutes=draw(_MINUTES))
    return HistoryInterval(draw(people), start, end, draw(st.sampled_from(DutyType)))


def _tiers() -> st.SearchStrategy[Tier]:
    terms = [term for term in TERMS if term != VACATION_RANK]
    weights = st.dictionaries(st.sampled_from(terms), _WEIGHTS, max_size=3)
    points = st.none() | st.lists(_WEIGHTS, min_size=1, max_size=3).map(tuple)
    return st.builds(lambda found, ranked: Tier(tuple(found.items()), ranked), weights, points)


def _bounds(numbers: st.SearchStrategy[int]) -> st.SearchStrategy[tuple[int, int | None]]:
    """A minimum and a maximum not below it, or none."""
    ordered = st.tuples(numbers, numbers).map(lambda pair: (min(pair), max(pair)))
    return ordered | numbers.map(lambda least: (least, None))
