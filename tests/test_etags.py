"""A change says which state it is meant for, or is refused."""

from __future__ import annotations

from uuid import UUID

import pytest

from src.etags import etag_of, require_match
from src.exceptions import PreconditionFailedError, PreconditionRequiredError

ROW = UUID(int=0xABC)
CURRENT = etag_of(ROW, 3)


def test_a_tag_is_strong_and_of_one_row_at_one_revision() -> None:
    assert CURRENT.startswith('"')
    assert CURRENT.endswith('"')
    assert len({CURRENT, etag_of(ROW, 4), etag_of(UUID(int=0xABD), 3)}) == 3


@pytest.mark.parametrize("sent", [CURRENT, f'"other", {CURRENT}', f" {CURRENT} ", "*"])
def test_whoever_means_the_present_state_goes_on(sent: str) -> None:
    require_match(sent, CURRENT)


@pytest.mark.parametrize(
    "sent", ["", etag_of(ROW, 2), f"W/{CURRENT}", CURRENT.strip('"'), f"{CURRENT}x", '"*"', "é"]
)
def test_whoever_means_another_state_is_shown_the_present_one(sent: str) -> None:
    with pytest.raises(PreconditionFailedError) as refused:
        require_match(sent, CURRENT, {"name": "present"})
    assert refused.value.details == {"etag": CURRENT, "current": {"name": "present"}}


def test_whoever_means_none_is_asked_to_say() -> None:
    with pytest.raises(PreconditionRequiredError):
        require_match(None, CURRENT)
