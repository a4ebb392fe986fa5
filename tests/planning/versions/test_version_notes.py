"""A draft's note: changed where it is sent, kept where it is not, taken away where it is null."""

from __future__ import annotations

from typing import Any

from src.etags import etag_of
from tests.factories.schedules_db import store_version
from tests.planning.conftest import Office


async def test_a_note_is_changed_only_where_it_is_sent(office: Office) -> None:
    version = await store_version(office.session, office.schedule)

    async def change(body: dict[str, Any]) -> str | None:
        await office.session.refresh(version)
        tag = {"If-Match": etag_of(version.id, version.revision)}
        answer = await office.call("PATCH", f"/versions/{version.id}", body, tag)
        assert answer.status_code == 200, answer.text
        note: str | None = answer.json()["note"]
        return note

    assert await change({"note": "for the chiefs"}) == "for the chiefs"
    assert await change({"archived": True}) == "for the chiefs"
    assert await change({"archived": False}) == "for the chiefs"
    assert await change({"note": None}) is None
