"""Small years for tests: one resident, days counted from 0 at the year's first day, times local."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from src.compliance.packs import load_pack
from src.compliance.rules import (
    Care,
    Duty,
    Facts,
    Finding,
    PersonFacts,
    RotationSegment,
    RulePack,
    Supervision,
    judge,
)
from src.compliance.rules.calendar import local_calendar
from src.interchange.model import AcademicBlock, DutyType, RuleApproval

CALL = DutyType.IN_HOUSE_CALL
CLINICAL = DutyType.CLINICAL
EDUCATION = DutyType.EDUCATION
HOME_CALL = DutyType.HOME_CALL_AVAILABILITY
NIGHT = DutyType.NIGHT_FLOAT
TRANSITION = DutyType.TRANSITION


def pack() -> RulePack:
    """The pack under test."""
    return load_pack("acgme-cpr-2023")


def pack_with(**parameters: int) -> RulePack:
    """The same pack with some parameters changed."""
    return replace(pack(), parameters=replace(pack().parameters, **parameters))


def pack_of(pack_id: str, *enabled: str, **numbers: int | bool) -> RulePack:
    """A pack with some of its rules switched on besides, and rules' own numbers set by name."""
    loaded = load_pack(pack_id)
    rules = tuple(
        replace(
            rule,
            enabled=rule.enabled or rule.id in enabled,
            parameters={
                name: replace(parameter, value=numbers.get(name, parameter.value))
                for name, parameter in rule.parameters.items()
            },
        )
        for rule in loaded.rules
    )
    return replace(loaded, rules=rules)


@dataclass
class Roster:
    """One resident's year. `rotations` go with `blocks`; None = no rotation in that block."""

    zone: str = "UTC"
    first: date = date(2026, 7, 1)
    blocks: Sequence[int] = (28,)
    rotations: Sequence[str | None] = ("WARD",)
    pgy: int = 2
    checked: Sequence[int] = ()
    duties: list[Duty] = field(default_factory=list)
    leave: set[date] = field(default_factory=set)
    approvals: tuple[RuleApproval, ...] = ()
    care: Mapping[str, Care] = field(default_factory=dict)
    supervision: Supervision | None = None

    def minute(self, day: int, wall: str) -> int:
        """An instant by day and local time, in minutes since the epoch."""
        local = datetime.combine(self.first + timedelta(days=day), time.fromisoformat(wall))
        return int(local.replace(tzinfo=ZoneInfo(self.zone)).timestamp()) // 60

    def work(
        self, days: int | Iterable[int], wall: str, hours: float, kind: DutyType = CLINICAL, item: str = ""
    ) -> Roster:
        """So many elapsed hours of duty from a local time on each of the days; `item` is what it is of."""
        for day in (days,) if isinstance(days, int) else days:
            start = self.minute(day, wall)
            self.duties.append(Duty(start, start + round(hours * 60), kind, f"{day}/{wall}/{item or kind}"))
        return self

    def off(self, days: int | Iterable[int]) -> Roster:
        """Leave on each of the days."""
        self.leave.update(
            self.first + timedelta(days=d) for d in ((days,) if isinstance(days, int) else days)
        )
        return self

    def person(self) -> PersonFacts:
        return PersonFacts(
            person="R001",
            pgy=self.pgy,
            duties=tuple(sorted(self.duties, key=lambda duty: (duty.start, duty.end))),
            segments=self._segments(),
            leave_dates=frozenset(self.leave),
        )

    def facts(self) -> Facts:
        blocks = self._blocks()
        end = blocks[-1].end_date
        return Facts(
            calendar=local_calendar(self.zone, self.first - timedelta(days=60), end + timedelta(days=14)),
            year_start_date=self.first,
            year_end_date=end,
            blocks=blocks,
            checked_blocks=tuple(self.checked) or tuple(block.number for block in blocks),
            people=(self.person(),),
            approvals=self.approvals,
            care_of_item=self.care,
            supervision=self.supervision,
        )

    def judge(self, *packs: RulePack) -> tuple[Finding, ...]:
        return judge(self.facts(), packs or (pack(),))

    def found(self, rule: str, *packs: RulePack) -> list[Finding]:
        """The findings of one rule."""
        return [finding for finding in self.judge(*packs) if finding.rule == rule]

    def severities(self, rule: str, *packs: RulePack) -> list[str]:
        """The severities of one rule's findings."""
        return [finding.severity.value for finding in self.found(rule, *packs)]

    def _blocks(self) -> tuple[AcademicBlock, ...]:
        blocks: list[AcademicBlock] = []
        start = self.first
        for number, days in enumerate(self.blocks, start=1):
            end = start + timedelta(days=days - 1)
            blocks.append(AcademicBlock(number, start, end))
            start = end + timedelta(days=1)
        return tuple(blocks)

    def _segments(self) -> tuple[RotationSegment, ...]:
        segments: list[RotationSegment] = []
        for block, rotation in zip(self._blocks(), self.rotations, strict=True):
            days = (block.end_date - block.start_date).days + 1
            if segments and segments[-1].rotation == rotation:
                last = segments.pop()
                segments.append(RotationSegment(rotation, last.first_date, last.days + days))
            else:
                segments.append(RotationSegment(rotation, block.start_date, days))
        return tuple(segments)


def long_rotation(days: int, **kwargs: object) -> Roster:
    """A year of one block with one rotation of that many days."""
    return Roster(blocks=(days,), rotations=("WARD",), **kwargs)  # type: ignore[arg-type]  # passed through


def totals(findings: Iterable[Finding]) -> list[tuple[str, str]]:
    """Rule and severity of each finding."""
    return [(finding.rule, finding.severity.value) for finding in findings]
