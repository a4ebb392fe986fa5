"""Rule packs as a person reads them, and what a program goes by."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.constants import Role
from src.compliance.pack_numbers import GOES_BY
from src.compliance.pack_reads import show_rule
from src.compliance.packs import load_pack
from src.compliance.rules import RuleParameter, RuleParameters
from src.compliance.rules.registry import KINDS
from src.compliance.rules_in_force import standing_on
from src.models import now
from tests.factories.auth import make_user, sign_in
from tests.factories.programs import APPROVAL, OVERRIDE, ruled_program
from tests.factories.programs_db import member, person_id, store_program
from tests.factories.rules import PACK, store_waiver

NEWEST = load_pack(PACK).version


@pytest.fixture
async def read(client: httpx.AsyncClient, session: AsyncSession) -> Any:
    """Reads a path of the rule packs as a user who belongs to no program."""
    headers = await sign_in(session, await make_user(session))

    async def get(path: str, **params: Any) -> httpx.Response:
        return await client.get(f"/api/v1/rule-packs{path}", headers=headers, params=params)

    return get


async def test_packs_are_listed_with_their_versions(read: Any) -> None:
    listed = (await read("", page_size=100)).json()
    ids = [pack["id"] for pack in listed["items"]]
    assert ids == sorted(ids)
    assert listed["total"] == len(ids)
    pack = next(pack for pack in listed["items"] if pack["id"] == PACK)
    assert (pack["jurisdiction"], pack["newest_version"]) == ("US", NEWEST)
    assert pack["versions"][-1]["version"] == NEWEST
    assert 0 < pack["enabled_rules"] <= pack["rules"]


async def test_packs_are_searched_filtered_sorted_and_paged(read: Any) -> None:
    assert PACK in {pack["id"] for pack in (await read("", search="common program")).json()["items"]}
    assert (await read("", search="tax law")).json()["total"] == 0
    assert (await read("", jurisdiction="Mars")).json()["total"] == 0
    everything = (await read("", sort="-id", page_size=100)).json()["items"]
    assert (await read("", sort="-id", page_size=1)).json()["items"] == everything[:1]
    assert (await read("", sort="colour")).json()["error"]["code"] == "BAD_SORT"


async def test_a_pack_tells_its_numbers_with_sources_and_in_words(read: Any) -> None:
    pack = (await read(f"/{PACK}")).json()
    assert (pack["version"], pack["is_newest"]) == (NEWEST, True)
    numbers = {parameter["name"]: parameter for parameter in pack["parameters"]}
    assert numbers["weekly_minutes"]["in_words"] == "80 h"
    assert numbers["window_days"]["in_words"] == "28 days"
    assert numbers["moonlighting_min_pgy"]["in_words"] == "PGY 2"
    assert numbers["moonlighting_is_work"]["in_words"] == "yes"
    assert "6.20" in numbers["weekly_minutes"]["source"]
    assert all(parameter["sureness_in_words"] for parameter in pack["parameters"])
    assert (await read(f"/{PACK}/versions/{NEWEST}")).json() == pack


async def test_a_rule_tells_its_clause_and_sentence(read: Any) -> None:
    rule = (await read(f"/{PACK}/versions/{NEWEST}/rules/US-80")).json()
    assert (rule["id"], rule["severity"], rule["enabled"]) == ("US-80", "hard", True)
    assert "6.20" in rule["clause"]
    assert rule["sentence"].endswith(".")
    assert rule["disabled_because"] is None


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/acgme-of-old", "RULE_PACK_UNKNOWN"),
        ("/..%2f..%2fetc", "NOT_FOUND"),
        (f"/{PACK}/versions/1999", "RULE_PACK_UNKNOWN"),
        (f"/{PACK}/versions/{NEWEST}/rules/US-81", "RULE_UNKNOWN"),
        (f"/acgme-of-old/versions/{NEWEST}/rules/US-80", "RULE_PACK_UNKNOWN"),
    ],
)
async def test_what_is_not_there_is_not_found(read: Any, path: str, code: str) -> None:
    answer = await read(path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, code)


@pytest.mark.parametrize(
    ("rule_id", "number", "words"),
    [
        ("US-80", "weekly_minutes", "80 h"),
        ("US-REST8", "min_rest_minutes", "8 h"),
        ("US-REST14", "rest_after_call_minutes", "14 h"),
        ("US-CONT24", "transition_minutes", "4 h"),
        ("US-FREE7", "free_period_every_days", "7 days"),
    ],
)
async def test_a_rule_is_read_with_the_numbers_it_goes_by(
    read: Any, rule_id: str, number: str, words: str
) -> None:
    rule = (await read(f"/{PACK}/versions/{NEWEST}/rules/{rule_id}")).json()
    found = {one["name"]: one for one in rule["goes_by"]}
    assert found[number]["in_words"] == words
    assert found[number]["source"]


def test_every_number_of_a_pack_belongs_to_a_rule() -> None:
    """None is there for nothing, and no rule goes by one that no pack has."""
    named = {name for names in GOES_BY.values() for name in names}
    assert named == {field.name for field in fields(RuleParameters)}
    assert set(GOES_BY) <= set(KINDS)


def test_a_disabled_rule_says_why() -> None:
    pack = load_pack(PACK)
    rule = next(rule for rule in pack.rules if rule.enabled)
    unknown = RuleParameter(None, "days", "nobody knows", "GK?")
    assert "max_days" in str(
        show_rule(replace(rule, enabled=False, parameters={"max_days": unknown}), pack).disabled_because
    )
    unsure = show_rule(replace(rule, enabled=False, sureness="GK?", parameters={}), pack)
    assert "not confident" in str(unsure.disabled_because)
    assert "enabled" in str(show_rule(replace(rule, enabled=False, sureness="S1"), pack).disabled_because)


def test_a_date_is_before_within_or_after() -> None:
    first, last = date(2026, 7, 1), date(2026, 7, 31)
    days = (first - timedelta(days=1), first, last, last + timedelta(days=1))
    assert [standing_on(day, first, last) for day in days] == ["to_come", "in_force", "in_force", "expired"]


async def test_a_program_tells_what_it_goes_by(client: httpx.AsyncClient, session: AsyncSession) -> None:
    today = now().date()
    held = {"start_date": today - timedelta(days=9), "end_date": today + timedelta(days=9)}
    gone = {"start_date": today - timedelta(days=30), "end_date": today - timedelta(days=20)}
    program = await store_program(
        session,
        ruled_program(
            rule_packs=(f"{PACK}@{NEWEST}",),
            rule_overrides=(replace(OVERRIDE, **held), replace(OVERRIDE, parameter="weekly_minutes", **gone)),
            rule_approvals=(replace(APPROVAL, **held),),
        ),
    )
    caller = await member(client, session, program)
    told = (await caller.get("rules")).json()
    assert [(pack["id"], pack["version"], pack["stays_with_version"]) for pack in told["packs"]] == [
        (PACK, NEWEST, True)
    ]
    overrides = {row["parameter"]: row for row in told["overrides"]}
    assert overrides["min_rest_minutes"]["standing"] == "in_force"
    assert (overrides["min_rest_minutes"]["in_words"], overrides["min_rest_minutes"]["pack_in_words"]) == (
        "9 h",
        "8 h",
    )
    assert overrides["weekly_minutes"]["standing"] == "expired"
    assert [row["person"] for row in told["approvals"]] == ["R3"]
    assert told["waivers"] == []


async def test_a_pack_that_is_gone_is_told_and_no_error(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    program = await store_program(session, ruled_program(rule_packs=("acgme-of-old",)))
    told = (await (await member(client, session, program)).get("rules")).json()
    assert told["packs"][0]["version"] is None
    assert "acgme-of-old" in told["packs"][0]["problem"]
    assert told["overrides"][0]["pack_in_words"] == "not known"


async def test_a_resident_sees_the_own_approvals_and_waivers_only(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    program = await store_program(session, ruled_program())
    for code in ("R1", "R3"):
        await store_waiver(session, program, person_id=await person_id(session, program, code))
    for code, approvals in (("R1", []), ("R3", ["R3"])):
        resident = await member(client, session, program, Role.RESIDENT, code)
        told = (await resident.get("rules")).json()
        assert [row["person"] for row in told["approvals"]] == approvals
        assert [row["person"] for row in told["waivers"]] == [code]
    faculty = await member(client, session, program, Role.FACULTY)
    assert (await faculty.get("rules")).json()["waivers"] == []
    coordinator = await member(client, session, program)
    assert len((await coordinator.get("rules")).json()["waivers"]) == 2
