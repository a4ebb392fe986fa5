"""Schedules for tests: one small one by hand, and random ones for properties; neither need be legal."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from src.interchange.canonical_schedule import canonical_schedule
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
from tests.factories.random_programs import IDS, TEXTS


def small_schedule(**changes: Any) -> Schedule:
    """Two rows of each table and a result; canonical."""
    start = datetime.fromisoformat("2026-07-04T07:00:00-05:00")
    end = start + timedelta(hours=24)
    handover = end + timedelta(hours=2)
    day = date(2026, 7, 4)
    schedule = Schedule(
        year=(YearRow("R1", 1, "WARD"), YearRow("R1", 2, "CLIN")),
        vacations=(VacationRow("R1", date(2026, 8, 3), 1), VacationRow("R2", date(2026, 8, 10))),
        assignments=(
            AssignmentRow(
                "R2", day, Session.AM, AssignmentKind.CALL, "WE", start, end, DutyType.IN_HOUSE_CALL
            ),
            AssignmentRow(
                "R2",
                day + timedelta(1),
                Session.AM,
                AssignmentKind.CALL,
                "WE",
                end,
                handover,
                DutyType.TRANSITION,
            ),
        ),
        unmet=(
            UnmetRow(UnmetKind.COVERAGE, "WARD", "2", None, (1, 2), 2, 1),
            UnmetRow(UnmetKind.STAFFING, "WARD", "2026-07-05", Session.AM, (1,), 1, 0),
        ),
        denied=(
            DeniedRow(
                "R1", RequestKind.DAY_OFF, None, date(2026, 7, 4), "needed, alas", "staffing.csv row 2"
            ),
            DeniedRow("R1", RequestKind.ROTATION, None, None, "full", "coverage.csv row 3"),
        ),
        findings=(
            FindingRow("US-80", Severity.HARD, "R1", start, end, "80.5", "80", "6.20", "R1 2026-07-04"),
        ),
        result=ResultFile(
            status=SolveStatus.FEASIBLE,
            scope=Scope.BOTH,
            blocks=(1, 2),
            tiers=(TierScore(1, Decimal(-12), Decimal("-10.5")), TierScore(2, Decimal(7), None)),
            gap=Decimal("0.25"),
            seed=7,
            engine_version="1.2.3",
            seconds=1.5,
            peak_memory_mb=120.25,
            model_size={"variables": 10, "constraints": 20},
            score_terms={"whole_weekends": Decimal(4), "fair_call_points": Decimal("2.5")},
            extra={"limits": {"hours": [80, 79.5]}, "note": "é"},
        ),
    )
    return canonical_schedule(replace(schedule, **changes))


_DAYS = st.dates(date(2024, 1, 1), date(2030, 1, 1))
_COUNTS = st.integers(0, 40)
_NUMBERS = st.decimals(-999, 9999, places=3, allow_nan=False)


@st.composite
def _instants(draw: st.DrawFn) -> datetime:
    zone = timezone(timedelta(minutes=draw(st.integers(-12 * 60, 14 * 60))))
    moment = draw(st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)))  # noqa: DTZ001 - the zone follows
    return moment.replace(microsecond=0, tzinfo=UTC).astimezone(zone)


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    """Canonical schedules that hold every kind of row, in any combination, legal or not."""

    def rows[T](strategy: st.SearchStrategy[T]) -> tuple[T, ...]:
        return tuple(draw(st.lists(strategy, max_size=4)))

    assignment = st.builds(
        AssignmentRow,
        *(IDS, _DAYS, st.sampled_from(Session), st.sampled_from(AssignmentKind), IDS),
        *(_instants(), _instants(), st.sampled_from(DutyType)),
    )
    unmet = st.builds(
        UnmetRow,
        *(st.sampled_from(UnmetKind), IDS, _DAYS.map(str) | st.integers(1, 52).map(str)),
        *(
            st.none() | st.sampled_from(Session),
            st.sets(st.integers(1, 7)).map(lambda pgys: tuple(sorted(pgys))),
        ),
        *(_COUNTS, _COUNTS),
    )
    denied = st.builds(
        DeniedRow,
        *(IDS, st.sampled_from(RequestKind), st.none() | st.integers(1, 9), st.none() | _DAYS, TEXTS, TEXTS),
    )
    finding = st.builds(
        FindingRow,
        *(IDS, st.sampled_from(Severity), IDS, _instants(), _instants(), TEXTS, TEXTS, TEXTS, TEXTS),
    )
    result = st.builds(
        ResultFile,
        status=st.sampled_from([SolveStatus.OPTIMAL, SolveStatus.FEASIBLE]),
        scope=st.sampled_from(Scope),
        blocks=st.lists(st.integers(1, 52), max_size=4).map(tuple),
        tiers=st.lists(
            st.builds(TierScore, st.integers(1, 9), _NUMBERS, st.none() | _NUMBERS), max_size=3
        ).map(tuple),
        gap=st.none() | _NUMBERS,
        seed=st.none() | st.integers(0, 2**31),
        engine_version=st.text("0123456789.", max_size=8),
        seconds=st.floats(0, 1e6),
        peak_memory_mb=st.floats(0, 1e6),
        model_size=st.dictionaries(IDS, _COUNTS, max_size=3),
        score_terms=st.dictionaries(IDS, _NUMBERS, max_size=3),
        conflicts=st.lists(st.builds(Conflict, TEXTS, st.none() | _COUNTS, TEXTS), max_size=2).map(tuple),
    )
    return canonical_schedule(
        Schedule(
            year=rows(st.builds(YearRow, IDS, st.integers(1, 52), IDS)),
            vacations=rows(st.builds(VacationRow, IDS, _DAYS, st.none() | st.integers(1, 9))),
            assignments=rows(assignment),
            unmet=rows(unmet),
            denied=draw(st.none() | st.lists(denied, max_size=3).map(tuple)),
            findings=draw(st.none() | st.lists(finding, max_size=3).map(tuple)),
            result=draw(st.none() | result),
        )
    )
