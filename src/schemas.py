"""Types that every domain's inputs share. What passes them can be stored: no surprise waits in the driver."""

from __future__ import annotations

import unicodedata
from typing import Annotated

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, EmailStr, Field, StringConstraints
from pydantic_core import PydanticCustomError

MAX_EMAIL_LENGTH = 254
INT32_MAX = 2**31 - 1
INT64_MAX = 2**63 - 1


def own_words(message: str) -> str:
    """A validation's message without what pydantic puts before the words of a validator of ours."""
    return message.removeprefix("Value error, ")


def refuse_unstorable(value: str) -> str:
    """The text itself, when PostgreSQL can hold it: no NUL and no lone surrogate."""
    if "\x00" in value:
        raise PydanticCustomError("string_nul", "Text must not contain the NUL character")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise PydanticCustomError("string_surrogate", "Text must be valid Unicode")
    return value


def email_key(value: str) -> str:
    """The form in which an address is kept and looked up; what is no address stays what it is."""
    try:
        return validate_email(value.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        return value.strip().lower()


def _refuse_controls(value: str) -> str:
    if any(unicodedata.category(character) in {"Cc", "Zl", "Zp"} for character in value):
        raise PydanticCustomError("string_control", "A name must be one line without control characters")
    return value


Text = Annotated[str, AfterValidator(refuse_unstorable)]
"""Any text that can be stored. Give it a length where it is used: `Annotated[Text, Field(max_length=…)]`."""

Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(refuse_unstorable),
    AfterValidator(_refuse_controls),
]
"""What something or someone is called: one line, 1 to 200 characters, no blanks around it."""

Note = Annotated[str, StringConstraints(max_length=4000), AfterValidator(refuse_unstorable)]
"""A remark of a person: up to 4000 characters, several lines."""

Email = Annotated[EmailStr, Field(max_length=MAX_EMAIL_LENGTH), AfterValidator(email_key)]
"""An address in lower case: addresses that differ only in case belong to one user."""

Count = Annotated[int, Field(strict=True, ge=0, le=INT32_MAX)]
"""A whole number of things; `false` and "3" are not numbers."""

Instant = AwareDatetime
"""An instant with its offset; a naive one is refused."""


class Body(BaseModel):
    """The base of every request body: an unknown field is an error, not a typo passed over."""

    model_config = ConfigDict(extra="forbid")
