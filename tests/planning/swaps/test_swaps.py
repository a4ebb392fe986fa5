"""Swaps through the API: only legal ones, for those who may see them, page by page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import UUID, uuid4

import httpx
import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.models import Assignment
from src.auth.constants import Role
from src.auth.models import ProgramMembership
from src.interchange.schedule import AssignmentKind, Schedule
from src.planning.swaps.judge import judge_offer
from src.planning.swaps.offers import counted, judged_page
from src.planning.swaps.search import Stood
from src.programs.models import Person
from src.schedules.constants import VersionState
from src.schedules.models import ScheduleVersion
from src.solver.expand import Decisions, decisions_of, expand
from src.solver.plan import YearPlan
from src.solver.problem import Limits
from src.solver.stop import Stop
from src.solver.swaps.search import SwapSearch
from src.solver.swaps.standing import Piece, Standing
from tests.factories.auth import make_member, sign_in
from tests.factories.schedules_db import SATURDAY, START, store_version, ward_program, ward_schedule
from tests.planning.conftest import Office

NEXT_SATURDAY = SATURDAY + dt.timedelta(7)


def ward_on_call() -> Schedule:
    """The ward, with R1 on call the first Saturday and R2 the second."""
    program, quiet = ward_program(), ward_schedule()
    plan = YearPlan.of_schedule(quiet)
    decisions = decisions_of(program, plan, quiet.assignments)
    calls = frozenset({("R1", SATURDAY, "WE"), ("R2", NEXT_SATURDAY, "WE")})
    rows = expand(program, plan, Decisions(decisions.days_off, calls))
    return replace(quiet, assignments=rows)


async def stored(office: Office, state: VersionState = VersionState.DRAFT) -> ScheduleVersion:
    return await store_version(office.session, office.schedule, content=ward_on_call(), state=state)


async def the_call(session: AsyncSession, version: ScheduleVersion, person: str = "R1") -> Assignment:
    found = await session.exec(
        select(Assignment)
        .join(Person, Person.id == Assignment.person_id)  # type: ignore[arg-type]
        .where(
            Assignment.version_id == version.id,
            Person.code == person,
            Assignment.kind == AssignmentKind.CALL,
        )
        .order_by(Assignment.start_at)  # type: ignore[arg-type]
    )
    return found.all()[0]


def path_of(version: ScheduleVersion, assignment_id: UUID) -> str:
    return f"/versions/{version.id}/assignments/{assignment_id}/swaps"


async def test_a_chief_sees_the_legal_ways_to_hand_a_call_on(office: Office) -> None:
    version = await stored(office)
    call = await the_call(office.session, version)
    chief = await office.acting_as(Role.CHIEF)
    answer = await chief.call("GET", path_of(version, call.id), from_date=START.isoformat())
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["duty"] == {"date": SATURDAY.isoformat(), "kind": "call", "item": "WE"}
    assert body["complete"] is True
    assert {offer["kind"] for offer in body["items"]} >= {"give_away", "swap"}
    swap = next(offer for offer in body["items"] if offer["kind"] == "swap")
    assert [(each["giver"], each["taker"]) for each in swap["transfers"]] == [("R1", "R2"), ("R2", "R1")]
    assert swap["cells"] == len(swap["changes"])
    assert [offer["cells"] for offer in body["items"]] == sorted(offer["cells"] for offer in body["items"])


async def test_offers_come_in_pages_and_by_kind(office: Office) -> None:
    version = await stored(office)
    path = path_of(version, (await the_call(office.session, version)).id)
    everything = (await office.call("GET", path, from_date=START.isoformat(), page_size=100)).json()
    first = (await office.call("GET", path, from_date=START.isoformat(), page_size=1)).json()
    assert first["total"] == everything["total"] == len(everything["items"]) > 1
    assert everything["unjudged"] == 0
    assert first["has_next"] is True
    assert first["items"] == everything["items"][:1]
    given = (await office.call("GET", path, from_date=START.isoformat(), kind="give_away")).json()
    assert {offer["kind"] for offer in given["items"]} == {"give_away"}
    assert (await office.call("GET", path, kind="theft")).status_code == 422


async def test_what_lies_in_the_past_stays_where_it_is(office: Office) -> None:
    version = await stored(office)
    path = path_of(version, (await the_call(office.session, version)).id)
    body = (await office.call("GET", path, from_date=(SATURDAY + dt.timedelta(1)).isoformat())).json()
    assert body["items"] == []
    assert body["refusal"] == "it lies before the date from which things may move"
    only = (await office.call("GET", path, from_date=START.isoformat(), within_days=3)).json()
    assert "swap" not in {offer["kind"] for offer in only["items"]}


async def test_a_clinic_is_nobody_elses(office: Office) -> None:
    program = replace(ward_program(), rotations=(replace(ward_program().rotations[0], clinic=True),))
    rows = expand(program, YearPlan.of_schedule(ward_schedule()), Decisions())
    content = replace(ward_schedule(), assignments=rows)
    version = await store_version(office.session, office.schedule, program=program, content=content)
    clinic = (
        await office.session.exec(
            select(Assignment).where(
                Assignment.version_id == version.id, Assignment.kind == AssignmentKind.CLINIC
            )
        )
    ).first()
    assert clinic is not None
    body = (await office.call("GET", path_of(version, clinic.id), from_date=START.isoformat())).json()
    assert (body["total"], body["duty"]) == (0, None)
    assert "clinic" in body["refusal"]


Resident = Callable[[str], Awaitable[dict[str, str]]]


@pytest.fixture
def signed_in_as(office: Office) -> Resident:
    async def sign(code: str) -> dict[str, str]:
        user = await make_member(office.session, office.program, Role.RESIDENT)
        person = (
            await office.session.exec(
                select(Person).where(Person.program_id == office.program.id, Person.code == code)
            )
        ).one()
        await link(office.session, user.id, office.program.id, person.id)
        return await sign_in(office.session, user)

    return sign


async def link(session: AsyncSession, user_id: UUID, program_id: UUID, person_id: UUID) -> None:
    row = (
        await session.exec(
            select(ProgramMembership).where(
                ProgramMembership.user_id == user_id, ProgramMembership.program_id == program_id
            )
        )
    ).one()
    row.person_id = person_id
    session.add(row)
    await session.commit()


async def asked(office: Office, path: str, headers: dict[str, str]) -> httpx.Response:
    return await office.client.get(f"/api/v1{path}", params={"from_date": str(START)}, headers=headers)


async def test_residents_see_the_swaps_of_their_own_published_duties_alone(
    office: Office, signed_in_as: Resident
) -> None:
    version = await stored(office, VersionState.PUBLISHED)
    own, others = [await the_call(office.session, version, person) for person in ("R1", "R2")]
    headers = await signed_in_as("R1")
    assert (await asked(office, path_of(version, own.id), headers)).status_code == 200
    assert (await asked(office, path_of(version, others.id), headers)).status_code == 403


async def test_a_draft_is_not_there_for_a_resident(office: Office, signed_in_as: Resident) -> None:
    version = await stored(office)
    own = await the_call(office.session, version)
    assert (await asked(office, path_of(version, own.id), await signed_in_as("R1"))).status_code == 404


async def test_a_duty_of_another_version_is_not_there(office: Office) -> None:
    first, second = await stored(office), await stored(office)
    call = await the_call(office.session, first)
    assert (await office.call("GET", path_of(second, call.id))).status_code == 404
    assert (await office.call("GET", path_of(first, uuid4()))).status_code == 404


async def test_an_edit_is_seen_at_once(office: Office) -> None:
    """The search is kept by the version's state: with the call gone, so are its swaps."""
    version = await stored(office)
    mine, theirs = [await the_call(office.session, version, person) for person in ("R1", "R2")]
    path = path_of(version, mine.id)
    before = (await office.call("GET", path, from_date=START.isoformat())).json()
    tag = (await office.call("GET", f"/assignments/{theirs.id}")).headers["ETag"]
    gone = await office.call("DELETE", f"/assignments/{theirs.id}", headers={"If-Match": tag})
    assert gone.status_code == 200
    after = (await office.call("GET", path, from_date=START.isoformat())).json()
    kinds = [{offer["kind"] for offer in body["items"]} for body in (before, after)]
    assert "swap" in kinds[0]
    assert "swap" not in kinds[1]


def too_light() -> Stood:
    """The ward with limits that the search takes too lightly, so that the checker refuses what it offers."""
    program, content = ward_program(), ward_on_call()
    loose = replace(Limits(), free_period_minutes=60, weekly_minutes=200 * 60, rest_after_call_minutes=0)
    heavy = replace(
        program,
        templates=tuple(
            replace(row, minutes=11 * 60) if row.session == "PM" else row for row in program.templates
        ),
    )
    plan = YearPlan.of_schedule(content)
    decisions = decisions_of(program, plan, content.assignments)
    content = replace(content, assignments=expand(heavy, plan, decisions))
    standing = Standing(heavy, content, loose)
    return Stood(heavy, content, loose, standing, SwapSearch(standing))


def test_the_checker_has_the_last_word() -> None:
    stood = too_light()
    offers = stood.search.offers("R1", Piece(3, "WE", is_call=True), 0, 27, Stop(10)).offers
    assert offers
    assert any(judge_offer(stood, offer) is None for offer in offers)


def test_what_the_checker_refuses_is_not_counted() -> None:
    """Offers not judged yet are counted and said to be unjudged; one that was refused is counted no more."""
    stood = too_light()
    offers = stood.search.offers("R1", Piece(3, "WE", is_call=True), 0, 27, Stop(10)).offers
    refused = next(place for place, offer in enumerate(offers) if judge_offer(stood, offer) is None)
    assert counted(stood, offers) == (len(offers), len(offers))
    passed = judged_page(stood, list(offers[: refused + 1]))
    assert counted(stood, offers) == (len(offers) - (refused + 1 - len(passed)), len(offers) - refused - 1)
    everything = judged_page(stood, list(offers))
    assert counted(stood, offers) == (len(everything), 0)
    assert len(everything) < len(offers)
