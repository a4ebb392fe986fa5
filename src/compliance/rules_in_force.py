"""What a program goes by on a date: packs and versions, overrides, approvals, waivers."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.constants import DRAFT_EDITORS
from src.auth.viewer import Viewer
from src.compliance.pack_schemas import (
    ApprovalStandingRead,
    ChosenPackRead,
    OverrideStandingRead,
    ProgramRulesRead,
    Standing,
)
from src.compliance.pack_words import CHOICE, in_words, unit_of
from src.compliance.packs import UnknownRulePackError, known_packs
from src.compliance.packs.chosen import load_named
from src.compliance.rules import RulePack
from src.compliance.waivers import service as waivers
from src.compliance.waivers.schemas import WaiverRead
from src.interchange.values import pack_id
from src.pagination import MAX_PAGE_SIZE, PageParams
from src.programs.input_reads import list_rows
from src.programs.models import Program
from src.programs.resources import RULE_APPROVALS, RULE_OVERRIDES, Resource
from src.programs.schemas.rows import RowRead

_NOBODY = UUID(int=0)


async def rules_in_force(session: AsyncSession, viewer: Viewer, program: Program) -> ProgramRulesRead:
    """What the program goes by today, as far as the viewer may see it."""
    today = waivers.today_in(program)
    packs = {pack_id(name): (name, *_load(name)) for name in program.rule_packs}
    overrides = await _all_rows(session, viewer, program.id, RULE_OVERRIDES)
    approvals = await _all_rows(session, viewer, program.id, RULE_APPROVALS)
    return ProgramRulesRead(
        date=today,
        packs=[_chosen(name, pack, problem) for name, pack, problem in packs.values()],
        overrides=[_override(row, packs, today) for row in overrides],
        approvals=[_approval(row, today) for row in approvals],
        waivers=await _waivers(session, viewer, program),
    )


def standing_on(today: date, first: date, last: date) -> Standing:
    """Where a date lies to two dates, both inside."""
    if today < first:
        return Standing.TO_COME
    return Standing.IN_FORCE if today <= last else Standing.EXPIRED


type _Packs = dict[str, tuple[str, RulePack | None, str | None]]


def _load(name: str) -> tuple[RulePack | None, str | None]:
    """The pack that is named, or why there is none."""
    try:
        return load_named(name), None
    except UnknownRulePackError as error:
        return None, error.text


def _chosen(name: str, pack: RulePack | None, problem: str | None) -> ChosenPackRead:
    identifier = pack_id(name)
    versions = known_packs().get(identifier, ())
    return ChosenPackRead(
        named=name,
        id=identifier,
        version=pack.version if pack else None,
        stays_with_version="@" in name,
        title=pack.title if pack else None,
        newest_version=versions[-1] if versions else None,
        problem=problem,
    )


def _override(row: RowRead, packs: _Packs, today: date) -> OverrideStandingRead:
    said = row.model_dump()
    _, pack, _ = packs.get(said["pack"], ("", None, None))
    pack_value, unit = (None, "") if pack is None else _in_pack(pack, said["rule"], said["parameter"])
    return OverrideStandingRead(
        **{name: said[name] for name in _OVERRIDE_FIELDS},
        in_words=in_words(said["value"], unit),
        pack_value=pack_value,
        pack_in_words=in_words(pack_value, unit),
        standing=standing_on(today, said["start_date"], said["end_date"]),
    )


_OVERRIDE_FIELDS = (
    *("id", "pack", "rule", "parameter", "value"),
    *("reason", "approved_by", "start_date", "end_date"),
)


def _in_pack(pack: RulePack, rule_id: str | None, name: str) -> tuple[int | bool | None, str]:
    """What the pack itself says, and in which unit; nothing where it has no such parameter."""
    if rule_id is None:
        value: int | bool | None = getattr(pack.parameters, name, None)
        return value, "" if value is None else unit_of(name, value)
    for rule in pack.rules:
        if rule.id == rule_id and name == "enabled":
            return rule.enabled, CHOICE
        if rule.id == rule_id and name in rule.parameters:
            return rule.parameters[name].value, rule.parameters[name].unit
    return None, ""


def _approval(row: RowRead, today: date) -> ApprovalStandingRead:
    said = row.model_dump()
    return ApprovalStandingRead(
        **{name: said[name] for name in _APPROVAL_FIELDS},
        standing=standing_on(today, said["start_date"], said["end_date"]),
    )


_APPROVAL_FIELDS = (
    *("id", "kind", "person", "rotation", "weekly_minutes"),
    *("reason", "approved_by", "start_date", "end_date"),
)


async def _waivers(session: AsyncSession, viewer: Viewer, program: Program) -> list[WaiverRead]:
    """Those in force; of others than those who build drafts, only the ones on the viewer's own person."""
    only_on = None
    if not viewer.may(program.id, DRAFT_EDITORS):
        only_on = viewer.person_in(program.id) or _NOBODY
    found: list[WaiverRead] = []
    page, total = 1, 1
    while len(found) < total:
        params = PageParams(page=page, page_size=MAX_PAGE_SIZE)
        rows, total = await waivers.list_waivers(session, program, params, in_force=True, only_on=only_on)
        if not rows:
            break
        found.extend(rows)
        page += 1
    return found


async def _all_rows(
    session: AsyncSession, viewer: Viewer, program_id: UUID, resource: Resource
) -> list[RowRead]:
    found: list[RowRead] = []
    page, total = 1, 1
    while len(found) < total:
        params = PageParams(page=page, page_size=MAX_PAGE_SIZE)
        rows, total = await list_rows(session, viewer, program_id, resource, params, {})
        if not rows:
            break
        found.extend(rows)
        page += 1
    return found
