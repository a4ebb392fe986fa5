"""Publishing with waivers: what is waived stands and is listed, everything else blocks as before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.models import AuditEntry
from src.etags import etag_of
from src.interchange.schedule import AssignmentRow, Schedule
from src.models import now
from src.schedules.models import ScheduleVersion
from tests.factories.schedules_db import store_version, ward_program, ward_schedule
from tests.planning.conftest import Office


def without_a_free_day() -> Schedule:
    """R1 works on all 28 days, as the ward's week allows and the rules do not."""
    worked = ward_schedule()
    own = [row for row in worked.assignments if row.person == "R1" and row.date.weekday() in (3, 4)]
    weekend: list[AssignmentRow] = []
    for row in own:
        later = timedelta(days=2)
        day: date = row.date + later
        if ward_program().block_of(day) is not None:
            weekend.append(replace(row, date=day, start_at=row.start_at + later, end_at=row.end_at + later))
    return replace(worked, assignments=(*worked.assignments, *weekend))


@pytest.fixture
async def tired(office: Office) -> ScheduleVersion:
    """A draft that breaks one hard rule and nothing else."""
    return await store_version(office.session, office.schedule, content=without_a_free_day())


async def hard_findings(office: Office, version: ScheduleVersion) -> list[dict[str, Any]]:
    report = (await office.call("GET", f"/versions/{version.id}/check")).json()
    assert len(report["broken"]) == report["hard"], report["broken"]
    return [finding for finding in report["findings"] if finding["severity"] == "hard"]


async def waive(office: Office, finding: dict[str, Any], **changes: Any) -> dict[str, Any]:
    words = ("rule", "person", "window_start_at", "window_end_at", "value", "limit")
    body = {name: finding[name] for name in words} | {"reason": "Agreed with R1 on 2 July"} | changes
    answer = await office.call("POST", f"/programs/{office.program.id}/waivers", body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def publish(office: Office, version: ScheduleVersion) -> Any:
    headers = {"If-Match": etag_of(version.id, version.revision)}
    return await office.call("POST", f"/versions/{version.id}/publish", headers=headers)


async def test_a_hard_finding_blocks_until_it_is_waived(
    office: Office, tired: ScheduleVersion, session: AsyncSession
) -> None:
    refused = await publish(office, tired)
    assert refused.json()["error"]["code"] == "NOT_PUBLISHABLE"
    findings = await hard_findings(office, tired)
    assert {finding["rule"] for finding in findings} == {"US-FREE7"}
    for finding in findings:
        await waive(office, finding)
    report = (await office.call("GET", f"/versions/{tired.id}/check")).json()
    assert [waived["finding"] for waived in report["waived"]] == findings
    published = await publish(office, tired)
    assert published.status_code == 200, published.text
    listed = published.json()["result"]["waivers"]
    assert [one["reason"] for one in listed] == ["Agreed with R1 on 2 July"] * len(findings)
    assert {one["finding"]["rule"] for one in listed} == {"US-FREE7"}
    entry = (
        await session.exec(
            select(AuditEntry).where(
                col(AuditEntry.action) == "version.published", col(AuditEntry.entity_id) == tired.id
            )
        )
    ).one()
    assert entry.counts is not None
    assert entry.counts["waived"] == len(findings)


async def test_what_was_published_under_a_waiver_lists_it_after_it_is_revoked(
    office: Office, tired: ScheduleVersion
) -> None:
    granted = [await waive(office, finding) for finding in await hard_findings(office, tired)]
    assert (await publish(office, tired)).status_code == 200
    for waiver in granted:
        url = f"/programs/{office.program.id}/waivers/{waiver['id']}/revoke"
        assert (await office.call("POST", url, {"reason": "No longer"})).status_code == 200
    read = (await office.call("GET", f"/versions/{tired.id}")).json()
    assert (read["state"], len(read["result"]["waivers"])) == ("published", len(granted))


async def test_a_waiver_of_something_else_lets_nothing_through(
    office: Office, tired: ScheduleVersion
) -> None:
    for finding in await hard_findings(office, tired):
        await waive(office, finding, person="R2")
        await waive(office, finding, rule="US-80")
    assert (await publish(office, tired)).status_code == 422


async def test_an_expired_waiver_lets_nothing_through(
    office: Office, tired: ScheduleVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = now()
    for finding in await hard_findings(office, tired):
        await waive(office, finding, expires_date=today.date().isoformat())
    monkeypatch.setattr("src.planning.publishing.standing.now", lambda: today + timedelta(days=2))
    assert (await publish(office, tired)).status_code == 422


async def test_what_must_hold_besides_the_rules_is_not_waived(office: Office) -> None:
    """Work that no template says is no matter of a waiver."""
    content = without_a_free_day()
    extra = replace(content.assignments[0], person="R2", date=date(2026, 7, 4))
    shift = timedelta(days=(extra.date - content.assignments[0].date).days)
    extra = replace(extra, start_at=extra.start_at + shift, end_at=extra.end_at + shift - timedelta(hours=1))
    content = replace(content, assignments=(*content.assignments, extra))
    version = await store_version(office.session, office.schedule, content=content)
    report = (await office.call("GET", f"/versions/{version.id}/check")).json()
    for finding in report["findings"]:
        if finding["severity"] == "hard":
            await waive(office, finding)
    refused = await publish(office, version)
    assert refused.status_code == 422
    assert refused.json()["error"]["details"]["findings"] == []
    assert refused.json()["error"]["details"]["broken"]


async def test_a_draft_without_waivers_lists_none(office: Office) -> None:
    version = await store_version(office.session, office.schedule)
    published = await publish(office, version)
    assert "waivers" not in published.json()["result"]
