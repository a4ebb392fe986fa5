"""A new draft with another version's content: the way to go on from what is published."""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.judge import judge_version
from src.auth import audit
from src.auth.viewer import Viewer
from src.interchange.schedule import ResultFile, Scope, SolveStatus
from src.planning.generation.save_result import create_version
from src.schedules.dependencies import refuse_put_away
from src.schedules.models import ScheduleVersion


async def copy_version(
    session: AsyncSession, viewer: Viewer, source: ScheduleVersion, note: str | None
) -> ScheduleVersion:
    """A draft in the same schedule, based on `source` and equal to it.

    Raises ScheduleArchivedError, ProgramArchivedError.
    """
    await refuse_put_away(session, source.schedule_id)
    judged = await judge_version(session, source)
    result = source.result or {}
    file = ResultFile(
        status=SolveStatus(result.get("status", SolveStatus.FEASIBLE)),
        scope=Scope(source.scope),
        blocks=tuple(source.academic_blocks),
        score_terms=dict(judged.report.score_terms),
    )
    draft = await create_version(
        session,
        schedule_id=source.schedule_id,
        program_id=source.program_id,
        program=judged.program,
        content=judged.content,
        report=judged.report,
        file=file,
        snapshot_id=source.snapshot_id,
        based_on_id=source.id,
        created_by=viewer.id,
        note=note,
    )
    await refuse_put_away(session, source.schedule_id)  # that took long, and the numbers are held now
    draft.result = {**result, **(draft.result or {}), "tiers": result.get("tiers", [])}
    session.add(draft)
    await session.flush()
    await audit.record(
        session,
        viewer,
        "version.copied",
        entity_type="schedule_version",
        entity_id=draft.id,
        program_id=draft.program_id,
        after={"based_on": source.id, "number": draft.number},
        counts={"assignments": len(judged.content.assignments)},
    )
    return draft
