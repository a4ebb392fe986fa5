"""The certificate that a version gets as it is published, in the same transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from importlib.metadata import version as version_of

from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.viewer import Viewer
from src.compliance.certificates import Publication, issue
from src.compliance.certificates.storage import keep_certificate
from src.compliance.waivers import Waiver
from src.interchange.model import Program
from src.interchange.schedule import Schedule
from src.schedules.models import Schedule as ScheduleRecord
from src.schedules.models import ScheduleVersion


async def certify(
    session: AsyncSession,
    viewer: Viewer,
    version: ScheduleVersion,
    program: Program,
    content: Schedule,
    waivers: Sequence[Waiver] = (),
) -> None:
    """Issue and keep the certificate of a version that was just published by the viewer."""
    assert version.published_at is not None
    schedule = await session.get_one(ScheduleRecord, version.schedule_id)
    publication = Publication(
        version_id=str(version.id),
        schedule=schedule.name,
        number=version.number,
        scope=version.scope,
        academic_blocks=tuple(version.academic_blocks),
        published_at=version.published_at,
        published_by=viewer.name,
    )
    engine = version_of("rounds")
    certificate = await asyncio.to_thread(
        issue, program, content, publication, engine_version=engine, waivers=tuple(waivers)
    )
    await keep_certificate(session, version.id, certificate)
