"""The values the rules work on: facts and rule packs in, findings out.

Inside, an instant is a whole number of minutes since the Unix epoch in UTC and a local date is its proleptic
ordinal (`date.toordinal()`): no datetime is made or compared while judging. Intervals are half-open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from src.compliance.rules.calendar import LocalCalendar
from src.compliance.rules.choices import Care, ContinuousLength, FreeBasis, WindowMode
from src.compliance.rules.supervised import Supervision
from src.interchange.model import AcademicBlock, DutyType, RuleApproval
from src.interchange.schedule import Severity


class Basis(StrEnum):
    """What the judged intervals are: planned, or worked and logged (D8)."""

    SCHEDULE = "schedule"
    LOG = "log"


class DataFindingKind(StrEnum):
    """What is odd about the facts themselves, whatever the rules say about them."""

    OVERLAP = "overlap"
    WORK_ON_LEAVE = "work_on_leave"
    VERY_LONG = "very_long"
    MILITARY = "military"
    NOT_AN_INTERVAL = "not_an_interval"
    NOT_A_RESIDENT = "not_a_resident"
    OUTSIDE_THE_YEAR = "outside_the_year"


@dataclass(frozen=True, slots=True)
class Duty:
    """One interval of duty. `start` and `end` are minutes since the epoch, UTC; `label` names its row.

    A label of three parts or more, "date/session/id", says which rotation, call or clinic the duty is of.
    """

    start: int
    end: int
    type: DutyType
    label: str


@dataclass(frozen=True, slots=True)
class RotationSegment:
    """`days` consecutive local dates from `first_date` with one rotation; None = no rotation assigned."""

    rotation: str | None
    first_date: date
    days: int


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What is known of one resident.

    `duties` are ordered by start, then end, and may begin before the year (history) or end after it.
    `segments` cover the year once, in order, each as long as it can be. `leave_dates` are the local dates
    wholly covered by vacation, approved absence or not being there.
    Raises ValueError where a duty does not end after it starts, or the duties are out of order.
    """

    person: str
    pgy: int | None
    duties: tuple[Duty, ...] = ()
    segments: tuple[RotationSegment, ...] = ()
    leave_dates: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        previous_start = previous_end = -(2**63)
        for duty in self.duties:
            start, end = duty.start, duty.end
            if end <= start:
                raise ValueError(f"{self.person}: {duty.label} ends no later than it starts")
            if start < previous_start or (start == previous_start and end < previous_end):
                raise ValueError(f"{self.person}: {duty.label} is out of order; sort duties by start and end")
            previous_start, previous_end = start, end


@dataclass(frozen=True, slots=True)
class DataFinding:
    """Something odd in the facts; it has no clause, and neither violates nor satisfies a rule."""

    kind: DataFindingKind
    person: str
    message: str
    entries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """A program's year as the rules see it.

    `calendar` holds the zone's local midnights, made once for all people. `year_end_date` is the last local
    date of the year. `checked_blocks` are the numbers of the academic blocks a finding must touch to be
    reported (D9). `set_aside` tells of rows that could not become facts. `approvals` are those on record.
    `care_of_item` holds what kind of place each rotation, and the clinic, is, by the id that labels name.
    `supervision` None = nothing is known of who supervises, so no rule on supervision is judged.
    """

    calendar: LocalCalendar
    year_start_date: date
    year_end_date: date
    blocks: tuple[AcademicBlock, ...]
    checked_blocks: tuple[int, ...]
    people: tuple[PersonFacts, ...] = ()
    basis: Basis = Basis.SCHEDULE
    set_aside: tuple[DataFinding, ...] = ()
    approvals: tuple[RuleApproval, ...] = ()
    care_of_item: Mapping[str, Care] = field(default_factory=lambda: MappingProxyType({}))
    supervision: Supervision | None = None

    @property
    def time_zone(self) -> str:
        return self.calendar.time_zone

    def checked_spans(self) -> tuple[tuple[int, int], ...]:
        """The checked academic blocks as pairs of instants, in order."""
        return tuple(
            (
                self.calendar.start_of(block.start_date.toordinal()),
                self.calendar.start_of(block.end_date.toordinal() + 1),
            )
            for block in self.blocks
            if block.number in self.checked_blocks
        )


@dataclass(frozen=True, slots=True)
class RuleParameters:
    """The numbers of a rule pack; minutes of elapsed time unless the name says otherwise.

    The names are those a planner's limits use, so that one can be filled from the other field by field;
    those from `free_period_every_days` on have no counterpart there. `window_edge_minutes` is the local time
    at which averaging windows begin, after midnight. `leave_is_left_out`: dates of leave without work are in
    neither side of an average (D4).
    """

    weekly_minutes: int
    window_days: int
    longest_single_window_days: int
    min_window_days: int
    merge_gap_minutes: int
    rest_after_call_trigger_minutes: int
    rest_after_call_minutes: int
    continuous_minutes: int
    transition_minutes: int
    free_period_minutes: int
    call_every_days: int
    call_date_cut_minutes: int
    min_rest_minutes: int
    max_nights_in_row: int
    max_postcall_free: int
    free_period_every_days: int
    night_float_window_days: int
    moonlighting_min_pgy: int
    home_call_onsite_is_continuous: bool
    work_from_home_breaks_free_day: bool
    moonlighting_is_work: bool
    moonlighting_breaks_free_day: bool
    window_mode: WindowMode
    window_edge_minutes: int
    free_basis: FreeBasis
    cont_length: ContinuousLength
    leave_is_left_out: bool

    @property
    def is_plain(self) -> bool:
        """Whether windows, free days and periods are those of most programs, which is the fast way."""
        return (
            self.window_mode is WindowMode.BY_ROTATION
            and self.window_edge_minutes == 0
            and self.free_basis is FreeBasis.H24
            and self.cont_length is ContinuousLength.SPAN
            and self.leave_is_left_out
        )


@dataclass(frozen=True, slots=True)
class ParameterSource:
    """Where a parameter comes from, in words, and how sure that is (duty-hour-rules: S1, S2, GK+, GK?)."""

    source: str
    sureness: str


@dataclass(frozen=True, slots=True)
class RuleParameter:
    """A number or a choice of one rule; `value` None = nobody knows it yet, so the rule cannot be judged.

    `unit` says what is counted: minutes, days, nights, percent, choice.
    """

    value: int | bool | None
    unit: str
    source: str
    sureness: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a pack: its clause, how severe a violation is, and what it demands, in a sentence.

    `kind` names the way it is judged, one of the engine's; rules of several packs may share one. `parameters`
    are the rule's own, beside those of its pack. `enabled` is false where nobody is sure enough of it or a
    number of it is not known; `disabled_because` says so in a sentence.
    """

    id: str
    kind: str
    clause: str
    severity: Severity
    source: str
    sureness: str
    sentence: str
    enabled: bool = True
    parameters: Mapping[str, RuleParameter] = field(default_factory=dict)
    disabled_because: str = ""

    def known(self, name: str) -> int | None:
        """The whole number of a parameter, or None where nobody knows it; that part is then not judged."""
        parameter = self.parameters.get(name)
        return None if parameter is None or parameter.value is None else self.number(name)

    def number(self, name: str) -> int:
        """The whole number of a parameter. Raises KeyError, TypeError where it is none."""
        value = self.parameters[name].value
        if isinstance(value, bool) or not isinstance(value, int):
            message = f"{self.id}: {name} is no number"
            raise TypeError(message)
        return value

    def choice(self, name: str) -> bool:
        """The yes or no of a parameter. Raises KeyError, TypeError where it is neither."""
        value = self.parameters[name].value
        if not isinstance(value, bool):
            message = f"{self.id}: {name} is neither yes nor no"
            raise TypeError(message)
        return value


@dataclass(frozen=True, slots=True)
class RulePack:
    """A versioned set of rules with the numbers they go by and where each number comes from.

    It is in force from `effective_from` to `effective_until` (local dates, inclusive; None = no end known).
    Where a program sets numbers of it otherwise for some dates, there is a pack for each stretch of dates:
    it judges only what starts from `judges_from` to `judges_until` (local dates, inside; None = without end).
    `overridden` names what was set otherwise, as "parameter" or "rule.parameter".
    """

    id: str
    title: str
    version: str
    jurisdiction: str
    source: str
    effective_from: date
    parameters: RuleParameters
    rules: tuple[Rule, ...]
    effective_until: date | None = None
    parameter_sources: Mapping[str, ParameterSource] = field(default_factory=dict)
    judges_from: date | None = None
    judges_until: date | None = None
    overridden: tuple[str, ...] = ()

    def judges(self, day: date) -> bool:
        """Whether what starts on a local date is judged by this pack."""
        return (self.judges_from is None or self.judges_from <= day) and (
            self.judges_until is None or day <= self.judges_until
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says about a window of one person.

    `value` and `limit` are in `unit`; a value is rounded to two decimals away from its limit, so that what
    fails never looks equal to what passes. `entries` name the intervals the finding rests on, in order.
    `message` is the sentence for a person, `remedy` says what would clear it ("" = nothing to be said).
    `weekly_hours` (averaged hours only) are the hours of each 7-day slice. `pack` and `pack_version` say by
    what it was judged.
    """

    rule: str
    severity: Severity
    person: str
    window_start_at: datetime
    window_end_at: datetime
    value: Decimal
    limit: Decimal
    unit: str
    clause: str
    entries: tuple[str, ...]
    message: str
    pack: str
    basis: Basis = Basis.SCHEDULE
    weekly_hours: tuple[Decimal, ...] = ()
    pack_version: str = ""
    remedy: str = ""
