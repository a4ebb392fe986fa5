"""What a program names of rules must be there: through the API and on import alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import httpx
import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.constants import Role
from src.compliance.program_rules import unknown_rules
from src.interchange.canonical import numbered
from src.interchange.writer import program_zip
from tests.factories.programs import OVERRIDE, ruled_program, small_program
from tests.factories.programs_db import Caller, member, store_program

BODY: dict[str, Any] = {
    "pack": "acgme-cpr-2023",
    "parameter": "min_rest_minutes",
    "value": 600,
    "reason": "Ten hours here",
    "approved_by": "GMEC",
    "start_date": "2026-07-01",
    "end_date": "2026-12-31",
}


@pytest.fixture
async def coordinator(client: httpx.AsyncClient, session: AsyncSession) -> Caller:
    return await member(client, session, await store_program(session))


def errors_of(answer: httpx.Response) -> dict[str, str]:
    """The message for each pointer of a refusal."""
    assert answer.status_code == 422, answer.text
    return {error["pointer"]: error["message"] for error in answer.json()["error"]["details"]["errors"]}


@pytest.mark.parametrize(
    ("changes", "pointer", "words"),
    [
        ({"pack": "uk-2099"}, "/body/pack", "the program goes by no rule pack 'uk-2099'"),
        ({"rule": "US-81"}, "/body/rule", "acgme-cpr-2023 has no rule 'US-81'"),
        ({"parameter": "min_sleep"}, "/body/parameter", "has no parameter 'min_sleep'"),
        ({"rule": "US-80", "parameter": "min_sleep"}, "/body/parameter", "no parameter 'min_sleep'"),
        ({"value": True}, "/body/value", "a whole number"),
        ({"parameter": "moonlighting_is_work"}, "/body/value", "true or false"),
        ({"value": None}, "/body/value", ""),
        ({"value": 8.5}, "/body/value", ""),
        ({"reason": ""}, "/body/reason", ""),
        ({"end_date": None}, "/body/end_date", ""),
    ],
)
async def test_an_override_of_what_there_is_not_is_refused(
    coordinator: Caller, changes: dict[str, Any], pointer: str, words: str
) -> None:
    errors = errors_of(await coordinator.post("rule-overrides", {**BODY, **changes}))
    found = next(message for named, message in errors.items() if named.startswith(pointer))
    assert words in found
    assert (await coordinator.get("rule-overrides")).json()["total"] == 0


async def test_reason_and_end_are_required(coordinator: Caller) -> None:
    for name in ("reason", "approved_by", "end_date"):
        body = {key: value for key, value in BODY.items() if key != name}
        assert f"/body/{name}" in errors_of(await coordinator.post("rule-overrides", body))


async def test_a_rule_is_switched_off_by_an_override_of_its_own(coordinator: Caller) -> None:
    body = {**BODY, "rule": "NF-6", "parameter": "enabled", "value": False}
    created = await coordinator.post("rule-overrides", body)
    assert created.status_code == 201
    assert created.json()["value"] is False
    again = await coordinator.post("rule-overrides", {**body, "start_date": "2026-12-31"})
    assert "/body/start_date" in errors_of(again)


@pytest.mark.parametrize(
    ("packs", "words"),
    [
        (["acgme-of-old"], "There is no rule pack 'acgme-of-old'"),
        (["acgme-cpr-2023@1999"], "There is no version '1999' of acgme-cpr-2023"),
    ],
)
async def test_a_program_goes_only_by_packs_that_there_are(
    coordinator: Caller, packs: list[str], words: str
) -> None:
    program = await coordinator.get()
    errors = errors_of(await coordinator.patch("", {"rule_packs": packs}, program.json()["etag"]))
    assert words in errors["/body/rule_packs"]


async def test_a_program_stays_with_a_version(coordinator: Caller) -> None:
    tag = (await coordinator.get()).json()["etag"]
    changed = await coordinator.patch("", {"rule_packs": ["acgme-cpr-2023@2023.3"]}, tag)
    assert changed.json()["rule_packs"] == ["acgme-cpr-2023@2023.3"]


async def test_a_pack_whose_parameters_are_overridden_is_not_given_up_by_the_way(
    coordinator: Caller,
) -> None:
    assert (await coordinator.post("rule-overrides", BODY)).status_code == 201
    tag = (await coordinator.get()).json()["etag"]
    assert "goes by no rule pack" in str(errors_of(await coordinator.patch("", {"rule_packs": []}, tag)))


@pytest.mark.parametrize("role", [Role.CHIEF, Role.FACULTY, Role.RESIDENT])
async def test_only_who_decides_for_the_program_overrides(
    client: httpx.AsyncClient, session: AsyncSession, coordinator: Caller, role: Role
) -> None:
    caller = await member(client, session, await store_program(session), role)
    assert (await caller.post("rule-overrides", BODY)).status_code == 403


async def test_an_import_names_every_unknown_rule_by_its_row(
    client: httpx.AsyncClient, coordinator: Caller
) -> None:
    overrides = (replace(OVERRIDE, rule="US-81"), replace(OVERRIDE, parameter="min_sleep"))
    upload = program_zip(small_program(rule_overrides=overrides))
    url = f"/api/v1/programs/{coordinator.program_id}/import"
    answer = await client.post(url, headers=coordinator.headers, files={"file": ("p.zip", upload)})
    issues = answer.json()["error"]["details"]["issues"]
    assert [(issue["file"], issue["row"], issue["column"]) for issue in issues] == [
        ("rule_overrides.csv", 2, "parameter"),
        ("rule_overrides.csv", 3, "rule"),
    ]
    preview = await client.post(
        url, headers=coordinator.headers, params={"dry_run": True}, files={"file": ("p.zip", upload)}
    )
    assert preview.json()["accepted"] is False


def test_every_fault_of_a_program_is_told_at_once() -> None:
    overrides = (replace(OVERRIDE, value=True), replace(OVERRIDE, rule="US-81"))
    program = numbered(ruled_program(rule_packs=("acgme-cpr-2023", "x@1"), rule_overrides=overrides))
    assert [(issue.file, issue.row, issue.column) for issue in unknown_rules(program)] == [
        ("program.toml", None, "rule_packs"),
        ("rule_overrides.csv", 2, "value"),
        ("rule_overrides.csv", 3, "rule"),
    ]


def test_a_program_that_names_what_there_is_passes() -> None:
    assert list(unknown_rules(ruled_program())) == []
    assert list(unknown_rules(ruled_program(rule_packs=("acgme-cpr-2023@2023.3",)))) == []


def test_a_rule_may_be_switched_on_by_a_row_before_the_one_that_gives_its_number() -> None:
    switch = replace(OVERRIDE, rule="US-HOME", parameter="enabled", value=True)
    number = replace(OVERRIDE, rule="US-HOME", parameter="home_call_max", value=12)
    for overrides in ((switch, number), (number, switch)):
        assert list(unknown_rules(numbered(ruled_program(rule_overrides=overrides)))) == []


@pytest.mark.parametrize(
    "numbers",
    [(), ({"value": True},), ({"start_date": date(2026, 12, 1)},), ({"rule": "US-ELECT"},)],
    ids=["none", "no number", "later", "another rule's"],
)
def test_a_rule_is_not_switched_on_without_its_number(numbers: tuple[dict[str, Any], ...]) -> None:
    switch = replace(OVERRIDE, rule="US-HOME", parameter="enabled", value=True)
    number = replace(OVERRIDE, rule="US-HOME", parameter="home_call_max", value=12)
    overrides = (switch, *(replace(number, **changes) for changes in numbers))
    found = list(unknown_rules(numbered(ruled_program(rule_overrides=overrides))))
    assert any("US-HOME cannot be enabled while its home_call_max is unknown" in one.message for one in found)


def test_an_override_that_names_a_version_is_looked_at_too() -> None:
    wrong = replace(OVERRIDE, pack="acgme-cpr-2023@2023.3", rule="US-81")
    [found] = unknown_rules(numbered(ruled_program(rule_overrides=(wrong,))))
    assert "has no rule 'US-81'" in found.message
