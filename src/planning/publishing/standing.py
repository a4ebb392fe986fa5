"""What of a judged version blocks its publishing, and what a waiver lets stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic_core import to_jsonable_python
from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.judge import Judged
from src.assignments.schemas import WaivedRead
from src.compliance.check import told_as_broken
from src.compliance.rules import Finding
from src.compliance.structure import Broken
from src.compliance.waivers import Waived, Waiver, sort_out
from src.compliance.waivers.storage import load_waivers
from src.models import now
from src.schedules.models import ScheduleVersion


@dataclass(frozen=True, slots=True)
class Standing:
    """`blocking`: hard findings without a waiver; `broken`: what must hold, does not, and is not waived."""

    blocking: tuple[Finding, ...]
    waived: tuple[Waived, ...]
    broken: tuple[Broken, ...]

    @property
    def waivers(self) -> tuple[Waiver, ...]:
        """The waivers used, each once."""
        return tuple(dict.fromkeys(one.waiver for one in self.waived))

    def as_told(self) -> list[dict[str, Any]]:
        """The waived findings with their waivers, as plain values of JSON."""
        told: list[dict[str, Any]] = to_jsonable_python([WaivedRead.of(one) for one in self.waived])
        return told


async def standing_of(session: AsyncSession, version: ScheduleVersion, judged: Judged) -> Standing:
    """Hold what the checker says against the waivers of the program that are in force today."""
    waivers = await load_waivers(session, version.program_id) if judged.report.hard else ()
    today = now().astimezone(judged.program.zone).date()
    blocking, waived = sort_out(judged.report.findings, waivers, today)
    stands = {told_as_broken(one.finding) for one in waived}
    broken = tuple(one for one in judged.report.broken if one.message not in stands)
    return Standing(blocking, waived, broken)
