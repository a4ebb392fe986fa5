"""Logs before the judge: what is unknown is left out, listed, and never taken for nought."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import replace
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.compliance.facts import facts_of
from src.compliance.hours.judgement import Log, LogFinding, LogJudgement, judge_logs
from src.compliance.hours.log_kinds import AT_BEST, LEAVES_DATES_OUT, SCHEDULE_ONLY
from src.compliance.hours.worked import Worked
from src.compliance.packs import load_pack
from src.compliance.rules import KINDS, Basis, DataFindingKind, Duty, Finding, judge_person
from src.interchange.model import (
    Absence,
    AbsenceStatus,
    DutyType,
    HistoryInterval,
    Person,
    PersonKind,
    Program,
    days_between,
)
from src.interchange.schedule import Schedule, Severity, YearRow

CHICAGO = ZoneInfo("America/Chicago")
FIRST = dt.date(2026, 7, 1)
PROGRAM = Program(
    id="p",
    name="P",
    time_zone="America/Chicago",
    year_start_date=FIRST,
    blocks=(28, 28, 28),
    people=(
        Person("R1", "One", PersonKind.RESIDENT, 2),
        Person("F1", "Teacher", PersonKind.FACULTY, None),
    ),
    rule_packs=("acgme-cpr-2023",),
)
FRAME = Schedule(
    year=(YearRow("R1", 1, "WARD"), YearRow("R1", 2, "ICU"), YearRow("R1", 3, "NF")),
    vacations=(),
    assignments=(),
)
BLOCK_1, BLOCK_2, BLOCK_3 = range(28), range(28, 56), range(56, 84)
AFTERWARDS = FIRST + dt.timedelta(days=84)


def worked(day: int, hour: float, hours: float, kind: DutyType = DutyType.CLINICAL) -> Worked:
    """An entry from a local hour of a date, counted from the year's first, of elapsed hours."""
    midnight = dt.datetime.combine(FIRST + dt.timedelta(days=day), dt.time(), CHICAGO)
    start = midnight.astimezone(dt.UTC) + dt.timedelta(hours=hour)
    return Worked(start, start + dt.timedelta(hours=hours), kind)


def log(entries: Iterable[Worked], known: Collection[int]) -> Log:
    """The entries that start on known days, with those days; entries of others are not handed in."""
    dates = frozenset(FIRST + dt.timedelta(days=day) for day in known)
    kept = [one for one in entries if one.start_at.astimezone(CHICAGO).date() in dates]
    return Log(dates, tuple((uuid5(UUID(int=0), repr(one)), one) for one in kept))


def judged(one: Log, program: Program = PROGRAM, today: dt.date = AFTERWARDS) -> LogJudgement:
    return judge_logs(program, FRAME, {"R1": one}, [load_pack("acgme-cpr-2023")], today)


def found(one: Log, rule: str, program: Program = PROGRAM) -> list[LogFinding]:
    return [finding for finding in judged(one, program).findings if finding.finding.rule == rule]


def days(span: range, hours: float, *, a_week: int = 6) -> list[Worked]:
    """So many hours on the first days of each week of a span."""
    return [worked(day, 5, hours) for day in span if (day - span.start) % 7 < a_week]


def test_findings_on_a_log_say_so_and_name_their_entries() -> None:
    entries = days(BLOCK_1, 14)
    (finding,) = found(log(entries, BLOCK_1), "US-80")
    assert finding.finding.basis is Basis.LOG
    assert (str(finding.finding.value), finding.is_certain, finding.unknown_dates) == ("84", True, ())
    assert len(finding.entry_ids) == len(entries)
    assert [week.hours for week in finding.weeks] == [84] * 4


def test_without_any_log_nothing_is_judged_and_everything_is_unknown() -> None:
    judgement = judged(Log())
    assert judgement.findings == ()
    assert judgement.unknown["R1"] == tuple(days_between(FIRST, AFTERWARDS - dt.timedelta(days=1)))
    assert judgement.known_days == {"R1": 0}


def test_what_is_still_to_come_is_not_listed_as_missing() -> None:
    today = FIRST + dt.timedelta(days=10)
    assert judged(log([], range(7)), today=today).unknown["R1"] == tuple(
        FIRST + dt.timedelta(days=day) for day in (7, 8, 9)
    )


def test_unknown_days_are_in_neither_side_of_the_average() -> None:
    """Two heavy weeks among four: 84 h a week of the known ones, not 42 of all."""
    (finding,) = found(log(days(range(14), 14), range(14)), "US-80")
    assert str(finding.finding.value) == "84"
    assert (finding.is_certain, len(finding.unknown_dates)) == (False, 14)
    assert [(week.known_days, week.hours) for week in finding.weeks] == [
        (7, 84),
        (7, 84),
        (0, None),
        (0, None),
    ]


def test_what_holds_with_every_unknown_day_free_is_certain() -> None:
    (finding,) = found(log(days(range(21), 18), range(21)), "US-80")
    assert (str(finding.finding.value), finding.is_certain) == ("108", True)


def test_a_day_without_a_log_is_no_free_day() -> None:
    """Three weeks known, no day free in them: three are missing, whatever the fourth held."""
    (finding,) = found(log(days(range(21), 8, a_week=7), range(21)), "US-FREE7")
    assert (finding.finding.value, finding.finding.limit) == (0, 3)
    assert finding.finding.severity is Severity.HARD
    assert not finding.is_certain


def test_a_night_into_an_unknown_day_counts_only_as_far_as_known() -> None:
    """The last night of block 1 reaches into block 2, of which nothing was handed in."""
    entries = [*days(BLOCK_1, 13), worked(27, 19, 24, DutyType.IN_HOUSE_CALL)]
    judgement = judged(log(entries, BLOCK_1))
    windows = {finding.finding.window_end_at.date() for finding in judgement.findings}
    assert max(windows, default=FIRST) <= FIRST + dt.timedelta(days=29)
    assert not [finding for finding in judgement.findings if "ICU" in finding.finding.message]


def test_a_period_that_runs_on_from_a_known_day_is_seen_to_its_end() -> None:
    """A call of 30 h from the last known evening is 30 h, though its end lies on an unknown date."""
    (finding,) = found(log([worked(27, 19, 30, DutyType.IN_HOUSE_CALL)], BLOCK_1), "US-CONT24")
    assert (str(finding.finding.value), finding.is_certain) == ("30", True)


def test_nobody_is_blamed_for_what_was_not_said() -> None:
    """One known week of three calls: rest after the last of them is unknown and no violation."""
    entries = [worked(day, 7, 24, DutyType.IN_HOUSE_CALL) for day in (0, 3, 6)]
    assert found(log(entries, range(7)), "US-REST14") == []


def test_leave_and_unknown_days_are_told_apart_in_the_sentence() -> None:
    leave = Absence(
        "R1", "sick", FIRST + dt.timedelta(days=7), FIRST + dt.timedelta(days=13), AbsenceStatus.APPROVED
    )
    program = replace(PROGRAM, absences=(leave,))
    entries = [*days(range(7), 14), *days(range(14, 21), 14)]
    (finding,) = found(log(entries, range(21)), "US-80", program)
    assert str(finding.finding.value) == "84"
    assert "leave 8–14 Jul left out; 22–28 Jul left out, unknown for want of a log" in finding.finding.message
    assert finding.unknown_dates == tuple(FIRST + dt.timedelta(days=day) for day in range(21, 28))


def test_work_logged_on_leave_counts_and_is_a_data_finding() -> None:
    leave = Absence("R1", "sick", FIRST, FIRST + dt.timedelta(days=6), AbsenceStatus.APPROVED)
    program = replace(PROGRAM, absences=(leave,))
    kinds = [one.kind for one in judged(log([worked(2, 8, 4)], BLOCK_1), program).data_findings]
    assert kinds == [DataFindingKind.WORK_ON_LEAVE]


def test_a_window_of_few_known_days_is_for_information() -> None:
    (finding,) = found(log(days(range(3), 20, a_week=7), range(3)), "US-80")
    assert (finding.finding.severity, finding.is_certain) == (Severity.INFO, False)


def test_the_history_of_others_is_not_told_to_a_resident() -> None:
    before = dt.datetime(2026, 6, 20, 12, tzinfo=dt.UTC)
    history = HistoryInterval("R2", before, before + dt.timedelta(hours=10), DutyType.CLINICAL)
    people = (*PROGRAM.people, Person("R2", "Two", PersonKind.RESIDENT, 1))
    program = replace(PROGRAM, people=people, history=(history,))
    judgement = judged(log([], BLOCK_1), program)
    assert (judgement.data_findings, list(judgement.unknown)) == ((), ["R1"])


def test_the_own_history_of_a_resident_reaches_into_the_log() -> None:
    """A call that began on the last evening before the year, and clinic on its first day: 30 h on end."""
    before = worked(-1, 7, 24, DutyType.IN_HOUSE_CALL)
    history = HistoryInterval("R1", before.start_at, before.end_at, before.duty_type)
    one = log([worked(0, 7, 6)], BLOCK_1)
    (finding,) = found(one, "US-CONT24", replace(PROGRAM, history=(history,)))
    assert str(finding.finding.value) == "30"
    assert finding.entry_ids == (one.entries[0][0],)


def test_entries_that_a_change_of_the_year_left_outside_are_told_and_not_judged() -> None:
    last_year = replace(PROGRAM, year_start_date=FIRST - dt.timedelta(days=365))
    judgement = judged(log(days(BLOCK_1, 20), BLOCK_1), last_year)
    assert judgement.findings == ()
    assert {one.kind for one in judgement.data_findings} == {DataFindingKind.OUTSIDE_THE_YEAR}


@pytest.mark.parametrize(("gap", "violations"), [(2.0, 1), (2.25, 0)])
def test_entries_of_a_log_two_hours_apart_are_one_period(gap: float, violations: int) -> None:
    entries = [worked(0, 7, 12), worked(0, 19 + gap, 12)]
    assert len(found(log(entries, BLOCK_1), "US-CONT24")) == violations


@pytest.mark.parametrize(
    "kind",
    [
        DutyType.MOONLIGHTING_INTERNAL,
        DutyType.MOONLIGHTING_EXTERNAL,
        DutyType.HOME_CALL_ONSITE,
        DutyType.HOME_CALL_REMOTE_CARE,
        DutyType.CLINICAL_WORK_FROM_HOME,
    ],
)
def test_moonlighting_home_call_and_work_from_home_count_to_the_eighty_hours(kind: DutyType) -> None:
    """78 h a week in the house, and 3 h more of this each week."""
    entries = [*days(BLOCK_1, 13), *(worked(week + 2, 19, 3, kind) for week in (0, 7, 14, 21))]
    (finding,) = found(log(entries, BLOCK_1), "US-80")
    assert str(finding.finding.value) == "81"


@pytest.mark.parametrize("kind", [DutyType.HOME_CALL_AVAILABILITY, DutyType.SELF_STUDY, DutyType.MILITARY])
def test_being_reachable_and_studying_alone_do_not_count(kind: DutyType) -> None:
    entries = [*days(BLOCK_1, 13), *(worked(week + 2, 19, 9, kind) for week in (0, 7, 14, 21))]
    assert found(log(entries, BLOCK_1), "US-80") == []


def test_every_kind_that_is_named_is_one_of_the_engine_and_stands_in_one_list() -> None:
    named = [*LEAVES_DATES_OUT, *SCHEDULE_ONLY, *AT_BEST]
    assert KINDS.keys() >= set(named)
    assert len(named) == len(set(named))


def test_where_leave_counts_unknown_dates_are_left_out_all_the_same() -> None:
    """New York leaves no leave out: 252 h in three known weeks are 84 a week; the fourth is unknown."""
    leave = Absence("R1", "sick", FIRST, FIRST + dt.timedelta(days=6), AbsenceStatus.APPROVED)
    entries = [*days(range(7, 14), 21), *days(range(14, 21), 21)]
    judgement = judge_logs(
        replace(PROGRAM, absences=(leave,)),
        FRAME,
        {"R1": log(entries, range(21))},
        [load_pack("us-ny-405")],
        AFTERWARDS,
    )
    (finding,) = [one for one in judgement.findings if one.finding.rule == "NY-80"]
    assert str(finding.finding.value) == "84"
    assert finding.unknown_dates == tuple(FIRST + dt.timedelta(days=day) for day in range(21, 28))
    assert "leave" not in finding.finding.message


@pytest.mark.parametrize(("known", "is_limited"), [(range(84), False), (range(28), True)])
def test_a_rule_that_sums_over_unknown_dates_is_said_to_speak_at_best(known: range, is_limited: bool) -> None:
    packs = [load_pack("eu-wtd"), load_pack("acgme-fm")]
    judgement = judge_logs(PROGRAM, FRAME, {"R1": log([], known)}, packs, AFTERWARDS)
    kinds = {rule.id: rule.kind for pack in packs for rule in pack.rules}
    told = {kinds[one.rule] for one in judgement.limited}
    assert bool(told & AT_BEST) is is_limited


_ENTRIES = st.lists(
    st.builds(
        worked,
        st.integers(0, 83),
        st.integers(0, 23),
        st.integers(1, 30),
        st.sampled_from([DutyType.CLINICAL, DutyType.IN_HOUSE_CALL, DutyType.MOONLIGHTING_EXTERNAL]),
    ),
    min_size=20,
    max_size=90,
    unique=True,
)
_RANK = {Severity.HARD: 0, Severity.SOFT: 1, Severity.INFO: 2}


@settings(max_examples=25)
@given(_ENTRIES)
def test_a_log_without_gaps_is_judged_as_a_schedule_of_the_same_intervals_would_be(
    entries: list[Worked],
) -> None:
    """The same rules, told of the same intervals as duties of a schedule with the merge gap of logs."""
    pack = load_pack("acgme-cpr-2023")
    for_logs = replace(pack, parameters=replace(pack.parameters, merge_gap_minutes=120))
    duties = tuple(
        Duty(
            int(one.start_at.timestamp()) // 60, int(one.end_at.timestamp()) // 60, one.duty_type, str(index)
        )
        for index, one in enumerate(sorted(entries, key=lambda one: (one.start_at, one.end_at)))
    )
    facts = facts_of(PROGRAM, FRAME)
    expected = judge_person(facts, replace(facts.people[0], duties=duties), [for_logs])
    got = [one.finding for one in judged(log(entries, range(84))).findings]
    assert sorted(map(_essence, got)) == sorted(map(_essence, expected))


def _essence(finding: Finding) -> tuple[str, ...]:
    return (
        finding.rule,
        finding.severity,
        str(finding.value),
        finding.window_start_at.isoformat(),
        finding.window_end_at.isoformat(),
        finding.message,
    )


@settings(max_examples=25)
@given(_ENTRIES, st.sets(st.integers(0, 11), min_size=1, max_size=8))
def test_what_is_certain_stays_true_whatever_the_unknown_weeks_held(
    entries: list[Worked], hidden: set[int]
) -> None:
    """Findings called certain while weeks are hidden are found, no less severe, when nothing is hidden."""
    known = [day for day in range(84) if day // 7 not in hidden]
    whole = [one.finding for one in judged(log(entries, range(84))).findings]
    for part in judged(log(entries, known)).findings:
        if not part.is_certain or part.finding.rule not in {"US-80", "US-CALL3", "US-FREE7"}:
            continue
        assert any(
            other.rule == part.finding.rule
            and _RANK[other.severity] <= _RANK[part.finding.severity]
            and other.window_start_at < part.finding.window_end_at
            and part.finding.window_start_at < other.window_end_at
            for other in whole
        ), part.finding.message
