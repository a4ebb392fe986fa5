"""Worked hours before the judge: the rules on the basis `log`. Pure.

What is unknown, and how it is judged (D8: a missing log is unknown, never zero):

- A date is known when it lies in a sheet that was handed in. All other dates are unknown, those still to come
  too. An entry belongs to the date it starts on, and is known with it to its end.
- Rules that average over windows (80 hours, free days, frequency of call) leave unknown dates out of both
  sides, as leave is (D4), also where a pack counts leave: no minute of them counts, they are no free days,
  and the window is as much shorter. A window with fewer than seven known days is for information, and its
  block is judged instead.
- A finding on a window with unknown dates is certain when it holds whatever those dates held: when it is also
  found with every one of them free. Otherwise it is provisional.
- Rules on single periods, gaps and runs see entries whole, past the edge of what is known; an unknown date
  breaks nothing, so that nobody is blamed for what was not said. It acquits nobody either: it is listed.
- Some rules are not judged on logs, or only at best; `log_kinds` says which and why, and so does the answer.
- Entries at most two hours apart are one period of work (D6, for logs), where schedules allow half an hour.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from src.compliance.facts import facts_of
from src.compliance.hours.constants import COUNTED
from src.compliance.hours.log_kinds import LimitedRule, is_judged, leaves_dates_out, limited_rules
from src.compliance.hours.worked import Worked
from src.compliance.rules import (
    Basis,
    DataFinding,
    DataFindingKind,
    Duty,
    Facts,
    Finding,
    PersonFacts,
    RulePack,
    data_findings,
    judge_person,
)
from src.compliance.rules.timeline import MergedTime
from src.compliance.rules.wording import day_ranges, hours
from src.interchange.model import Person, Program, days_between
from src.interchange.schedule import Schedule

LOG_MERGE_GAP_MINUTES = 120
"""Entries of a log at most so far apart are one period of work (D6)."""

_REMARK_ON_LEAVE = re.compile(r"; leave [^;]* left out")


@dataclass(frozen=True, slots=True)
class Log:
    """What one resident handed in: the known local dates, and the entries that start on them."""

    known_dates: frozenset[dt.date] = frozenset()
    entries: tuple[tuple[UUID, Worked], ...] = ()


@dataclass(frozen=True, slots=True)
class WeekOfHours:
    """Seven days of a window (the last may be fewer); `hours` None where none of them is known."""

    start_date: dt.date
    days: int
    known_days: int
    hours: Decimal | None


@dataclass(frozen=True, slots=True)
class LogFinding:
    """A finding on worked hours, with what of its window is unknown and the entries it rests on."""

    finding: Finding
    is_certain: bool = True
    unknown_dates: tuple[dt.date, ...] = ()
    weeks: tuple[WeekOfHours, ...] = ()
    entry_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class LogJudgement:
    """What the rules say of a program's logs.

    `unknown` are each resident's dates of the year before `as_of_date` for which nothing was handed in;
    `known_days` counts the others.
    """

    as_of_date: dt.date
    findings: tuple[LogFinding, ...]
    data_findings: tuple[DataFinding, ...]
    unknown: Mapping[str, tuple[dt.date, ...]]
    known_days: Mapping[str, int]
    limited: tuple[LimitedRule, ...] = ()


def judge_logs(
    program: Program, frame: Schedule, logs: Mapping[str, Log], packs: Sequence[RulePack], today: dt.date
) -> LogJudgement:
    """Judge the logs of some residents; `logs` are by the person's id, `frame` is the published year plan.

    Only residents with a log are judged; those in `logs` are told of. Raises `FactsError`, see `facts_of`.
    """
    residents = tuple(person for person in program.residents if person.id in logs)
    history = tuple(interval for interval in program.history if interval.person in logs)
    facts = facts_of(replace(program, people=residents, history=history), frame)
    facts = replace(facts, basis=Basis.LOG)
    judges = [
        _Judge(facts, person, logs[person.person], packs)
        for person in facts.people
        if logs[person.person].known_dates
    ]
    set_aside = (*facts.set_aside, *(one for judge in judges for one in judge.set_aside))
    judged = replace(facts, people=tuple(judge.whole for judge in judges), set_aside=set_aside)
    unknown = {person.id: unknown_before(program, person, logs[person.id], today) for person in residents}
    return LogJudgement(
        as_of_date=today,
        findings=tuple(finding for judge in judges for finding in judge.findings()),
        data_findings=data_findings(judged, packs[0]) if packs else set_aside,
        unknown=unknown,
        known_days={person.id: len(logs[person.id].known_dates) for person in residents},
        limited=tuple(limited_rules(packs, with_unknown_dates=any(unknown.values()))),
    )


def unknown_before(program: Program, person: Person, log: Log, today: dt.date) -> tuple[dt.date, ...]:
    """The dates of the year before today on which the person was there and of which nothing is known."""
    last = min(program.year_end_date, today - dt.timedelta(days=1))
    return tuple(
        day
        for day in days_between(program.year_start_date, last)
        if day not in log.known_dates and person.is_there(day)
    )


class _Judge:
    """The judge of one resident's log."""

    def __init__(self, facts: Facts, person: PersonFacts, log: Log, packs: Sequence[RulePack]) -> None:
        self._facts = facts
        self._person = person.person
        self._ids: dict[str, UUID] = {}
        self.set_aside: list[DataFinding] = []
        duties = (*person.duties, *self._duties(log))
        self.whole = replace(person, duties=tuple(sorted(duties, key=_order)))
        year = days_between(facts.year_start_date, facts.year_end_date)
        self._unknown = frozenset(day.toordinal() for day in year if day not in log.known_dates)
        self._averaged = [_for_logs(pack, by_known_dates=True) for pack in packs]
        self._absolute = [_for_logs(pack, by_known_dates=False) for pack in packs]

    def findings(self) -> Iterator[LogFinding]:
        """By the rules on single periods first, then by those on the known dates of windows."""
        for finding in judge_person(self._facts, self.whole, self._absolute):
            yield LogFinding(finding, entry_ids=self._entries(finding))
        for pack in self._averaged:
            at_best = judge_person(self._facts, self.whole, [pack]) if self._unknown else ()
            known = self._known_without_leave if pack.parameters.leave_is_left_out else self._known_with_leave
            for finding in judge_person(self._facts, known, [_leaving_dates_out(pack)]):
                yield self._averaged_finding(finding, at_best, pack)

    @cached_property
    def _known_without_leave(self) -> PersonFacts:
        """The person as far as known: unknown dates are left out like leave, and hold no duty."""
        return replace(self._known_with_leave, leave_dates=self.whole.leave_dates | self._unknown_dates)

    @cached_property
    def _known_with_leave(self) -> PersonFacts:
        """The same where leave counts like any other date: only unknown dates are left out."""
        duties = (
            sorted(self._known_parts(self.whole.duties), key=_order) if self._unknown else self.whole.duties
        )
        return replace(self.whole, duties=tuple(duties), leave_dates=self._unknown_dates)

    @cached_property
    def _unknown_dates(self) -> frozenset[dt.date]:
        return frozenset(map(dt.date.fromordinal, self._unknown))

    def _known_parts(self, duties: Iterable[Duty]) -> Iterator[Duty]:
        """The duties without the minutes that lie on unknown dates."""
        calendar = self._facts.calendar
        for duty in duties:
            first, last = calendar.day_of(duty.start), calendar.day_of(duty.end - 1)
            if first is None or last is None:
                yield duty
                continue
            start: int | None = None
            for day in range(first, last + 1):
                if day in self._unknown:
                    if start is not None:
                        yield replace(duty, start=start, end=calendar.start_of(day))
                    start = None
                elif start is None:
                    start = max(duty.start, calendar.start_of(day))
            if start is not None:
                yield replace(duty, start=start)

    def _averaged_finding(self, finding: Finding, at_best: Iterable[Finding], pack: RulePack) -> LogFinding:
        first = finding.window_start_at.date()
        last = (finding.window_end_at - dt.timedelta(microseconds=1)).date()
        dates = list(days_between(first, last))
        leave = self._leave_among(dates) if pack.parameters.leave_is_left_out else ()
        unknown = tuple(day for day in dates if day in self._unknown_dates and day not in leave)
        return LogFinding(
            finding=replace(finding, message=_sentence(finding.message, leave, unknown)),
            is_certain=not unknown or any(_is_same(finding, other) for other in at_best),
            unknown_dates=unknown,
            weeks=tuple(self._weeks(dates, unknown)) if finding.weekly_hours else (),
            entry_ids=self._entries(finding),
        )

    def _leave_among(self, dates: Iterable[dt.date]) -> tuple[dt.date, ...]:
        """The dates of leave on which no known work counts: it does not matter whether they have a log."""
        start_of = self._facts.calendar.start_of
        return tuple(
            day
            for day in dates
            if day in self.whole.leave_dates
            and not self._hours.touches(start_of(day.toordinal()), start_of(day.toordinal() + 1))
        )

    @cached_property
    def _hours(self) -> MergedTime:
        """The known minutes that count to the 80 hours."""
        return MergedTime([duty for duty in self._known_with_leave.duties if duty.type in COUNTED])

    def _weeks(self, dates: Sequence[dt.date], unknown: Collection[dt.date]) -> Iterator[WeekOfHours]:
        start_of = self._facts.calendar.start_of
        for index in range(0, len(dates), 7):
            week = dates[index : index + 7]
            known = sum(day not in unknown for day in week)
            start, end = start_of(week[0].toordinal()), start_of(week[-1].toordinal() + 1)
            worked = hours(self._hours.minutes_between(start, end), rounded_up=True)
            yield WeekOfHours(week[0], len(week), known, worked if known else None)

    def _duties(self, log: Log) -> Iterator[Duty]:
        """The entries as duties; seconds widen to the minute on both sides, as those of schedules do.

        What a change of the program's year has left outside of it is set aside, and told.
        """
        calendar = self._facts.calendar
        for key, worked in log.entries:
            label = label_of(worked, calendar.time_zone)
            start = int(worked.start_at.timestamp() // 60)
            end = int(-(-worked.end_at.timestamp() // 60))
            if calendar.midnights[0] <= start < end <= calendar.midnights[-1]:
                self._ids[label] = key
                yield Duty(start, end, worked.duty_type, label)
                continue
            message = f"{self._person}: {label} lies outside the year and its history, so no rule judges it"
            self.set_aside.append(
                DataFinding(DataFindingKind.OUTSIDE_THE_YEAR, self._person, message, (label,))
            )

    def _entries(self, finding: Finding) -> tuple[UUID, ...]:
        """The ids of the entries a finding rests on; history has none."""
        return tuple(dict.fromkeys(self._ids[label] for label in finding.entries if label in self._ids))


def label_of(worked: Worked, time_zone: str) -> str:
    """What names an entry in findings: local start and end with their offsets, and the duty type."""
    zone = ZoneInfo(time_zone)
    start, end = worked.start_at.astimezone(zone), worked.end_at.astimezone(zone)
    return f"{start.isoformat(timespec='minutes')}/{end.isoformat(timespec='minutes')}/{worked.duty_type}"


def _for_logs(pack: RulePack, *, by_known_dates: bool) -> RulePack:
    """A pack's rules of one of the two ways, with what holds for logs."""
    return replace(
        pack,
        parameters=replace(pack.parameters, merge_gap_minutes=LOG_MERGE_GAP_MINUTES),
        rules=tuple(
            rule for rule in pack.rules if is_judged(rule) and leaves_dates_out(rule) is by_known_dates
        ),
    )


def _leaving_dates_out(pack: RulePack) -> RulePack:
    return replace(pack, parameters=replace(pack.parameters, leave_is_left_out=True))


def _sentence(message: str, leave: Iterable[dt.date], unknown: Sequence[dt.date]) -> str:
    """A finding's sentence, with leave and unknown dates told apart."""
    if not unknown:
        return message
    parts = [_REMARK_ON_LEAVE.sub("", message)]
    away = [day.toordinal() for day in leave]
    if away:
        parts.append(f"leave {day_ranges(away)} left out")
    missing = day_ranges(day.toordinal() for day in unknown)
    parts.append(f"{missing} left out, unknown for want of a log")
    return "; ".join(parts)


def _is_same(finding: Finding, other: Finding) -> bool:
    """Whether two judgements of a person found the same rule broken, as badly, over the same time."""
    return (
        (finding.rule, finding.pack, finding.severity) == (other.rule, other.pack, other.severity)
        and finding.window_start_at < other.window_end_at
        and other.window_start_at < finding.window_end_at
    )


def _order(duty: Duty) -> tuple[int, int, str]:
    return (duty.start, duty.end, duty.label)
