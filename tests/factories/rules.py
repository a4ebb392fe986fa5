"""Waivers in the database, and the names of a rule pack that is there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.constants import MANAGERS
from src.compliance.packs import known_packs
from src.compliance.waivers.records import WaiverRecord
from src.programs.models import Person, Program
from tests.factories.path_ids import supplies

PACK = "acgme-cpr-2023"
UTC_DAY = dt.datetime(2026, 7, 1, 5, tzinfo=dt.UTC)


async def store_waiver(session: AsyncSession, program: Program, **changes: Any) -> WaiverRecord:
    """A waiver of an overrun of the 80 hours in the first four weeks, of the program's first resident."""
    columns: dict[str, Any] = {
        "program_id": program.id,
        "rule": "US-80",
        "window_start_at": UTC_DAY,
        "window_end_at": UTC_DAY + dt.timedelta(days=28),
        "value": Decimal(82),
        "limit": Decimal(80),
        "reason": "Two colleagues are ill",
        "granted_by_name": "casey@example.org",
        **changes,
    }
    if "person_id" not in columns:
        residents = select(Person.id).where(Person.program_id == program.id, col(Person.pgy).is_not(None))
        columns["person_id"] = (await session.exec(residents.order_by(col(Person.code)).limit(1))).one()
    record = WaiverRecord(**columns)
    session.add(record)
    await session.flush()
    return record


@supplies("waiver_id", readers=MANAGERS)
async def _waiver_id(session: AsyncSession, program: Program, given: Mapping[str, str]) -> object:
    return (await store_waiver(session, program)).id


@supplies("pack_id", of_program=False)
async def _pack_id(session: AsyncSession, program: Program, given: Mapping[str, str]) -> object:
    return PACK


@supplies("pack_version", of_program=False)
async def _pack_version(session: AsyncSession, program: Program, given: Mapping[str, str]) -> object:
    return known_packs()[PACK][-1]


@supplies("rule_id", of_program=False)
async def _rule_id(session: AsyncSession, program: Program, given: Mapping[str, str]) -> object:
    return "US-80"
