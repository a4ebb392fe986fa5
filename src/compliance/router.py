"""Routes to read rule packs, and what a program goes by."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from src.auth.permissions import CurrentViewer, current_viewer
from src.compliance import pack_reads
from src.compliance.pack_schemas import PackBrief, PackRead, ProgramRulesRead, RuleRead
from src.compliance.rules_in_force import rules_in_force
from src.database import SessionDep
from src.exception_handlers import error_responses
from src.interchange import limits
from src.pagination import Page, PageDep, page_of
from src.programs.dependencies import ReadableProgram
from src.schemas import Text

router = APIRouter(tags=["rules"])
packs_router = APIRouter(prefix="/rule-packs", dependencies=[Depends(current_viewer)])

Name = Annotated[Text, Path(max_length=limits.MAX_ID_LENGTH)]


@packs_router.get("", summary="List the rule packs there are", responses=error_responses(401))
async def list_rule_packs(
    params: PageDep,
    jurisdiction: Annotated[
        Text | None, Query(max_length=40, description="Only packs of this jurisdiction, as US.")
    ] = None,
) -> Page[PackBrief]:
    items, total = pack_reads.list_packs(params, jurisdiction)
    return page_of(items, total, params)


@packs_router.get(
    "/{pack_id}",
    summary="Read the newest version of a rule pack: rules, parameters, sources",
    responses=error_responses(401, 404),
)
async def read_rule_pack(pack_id: Name) -> PackRead:
    return pack_reads.read_pack_whole(pack_id)


@packs_router.get(
    "/{pack_id}/versions/{pack_version}",
    summary="Read one version of a rule pack",
    responses=error_responses(401, 404),
)
async def read_rule_pack_version(pack_id: Name, pack_version: Name) -> PackRead:
    return pack_reads.read_pack_whole(pack_id, pack_version)


@packs_router.get(
    "/{pack_id}/versions/{pack_version}/rules/{rule_id}",
    summary="Read one rule: its clause, its sentence, its numbers and how sure they are",
    responses=error_responses(401, 404),
)
async def read_pack_rule(pack_id: Name, pack_version: Name, rule_id: Name) -> RuleRead:
    return pack_reads.read_rule(pack_id, pack_version, rule_id)


@router.get(
    "/programs/{program_id}/rules",
    summary="What a program goes by today: packs, versions, overrides, approvals, waivers",
    responses=error_responses(401, 404),
)
async def read_program_rules(
    program: ReadableProgram, viewer: CurrentViewer, session: SessionDep
) -> ProgramRulesRead:
    return await rules_in_force(session, viewer, program)


router.include_router(packs_router)
