"""What passes the shared types can be stored, and is what it seems to be."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from src.schemas import Body, Count, Email, Instant, Name, Note, Text, email_key

KINDS: dict[str, TypeAdapter[Any]] = {
    name: TypeAdapter(kind)
    for name, kind in {
        "text": Text,
        "name": Name,
        "note": Note,
        "email": Email,
        "count": Count,
        "instant": Instant,
    }.items()
}


@pytest.mark.parametrize(
    ("kind", "given_value", "kept"),
    [
        ("text", "", ""),
        ("text", "two\nlines\tand 😀", "two\nlines\tand 😀"),
        ("name", "  Zoë  ", "Zoë"),
        ("name", "=1+1", "=1+1"),
        ("note", "two\nlines", "two\nlines"),
        ("email", "Casey@Example.ORG", "casey@example.org"),
        ("email", "ZOE\u0308@example.org", "zoë@example.org"),
        ("count", 0, 0),
        ("count", 2**31 - 1, 2**31 - 1),
    ],
)
def test_what_is_sound_passes(kind: str, given_value: Any, kept: Any) -> None:
    assert KINDS[kind].validate_python(given_value) == kept


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", "nul\x00"),
        ("text", "\ud800"),
        ("text", 7),
        ("text", None),
        ("name", ""),
        ("name", " \t "),
        ("name", "x" * 201),
        ("name", "two\nlines"),
        ("name", "line\u2028separator"),
        ("name", "bell\x07"),
        ("name", "nul\x00"),
        ("note", "x" * 4001),
        ("note", "nul\x00"),
        ("email", "nobody"),
        ("email", "a@b@example.org"),
        ("email", "a b@example.org"),
        ("email", f"{'a' * 250}@example.org"),
        ("email", "a\x00@example.org"),
        ("count", -1),
        ("count", 2**31),
        ("count", True),
        ("count", "3"),
        ("count", 1.0),
        ("count", None),
        ("instant", "2026-07-01T00:00:00"),
        ("instant", "yesterday"),
    ],
)
def test_what_is_not_is_refused(kind: str, value: Any) -> None:
    with pytest.raises(ValidationError):
        KINDS[kind].validate_python(value)


def test_an_unknown_field_of_a_body_is_an_error() -> None:
    class One(Body):
        field: int = 0

    with pytest.raises(ValidationError, match="typo"):
        One.model_validate({"typo": 1})


@given(st.text(max_size=40))
def test_the_key_of_an_address_is_its_own_key(text: str) -> None:
    assert email_key(email_key(text)) == email_key(text)


@given(st.from_regex(r"[A-Za-z0-9.]{1,10}@[A-Za-z]{1,10}\.[A-Za-z]{2,5}", fullmatch=True))
def test_case_never_tells_two_addresses_apart(text: str) -> None:
    assert email_key(text.upper()) == email_key(text.lower())
