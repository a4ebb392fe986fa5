"""What residents enter themselves: their own requests, and no more weight than their neighbours may give."""

from __future__ import annotations

from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.constants import MANAGERS
from src.auth.viewer import Viewer
from src.exceptions import ForbiddenError
from src.programs.exceptions import InputRejectedError
from src.programs.models import Person, Program
from src.programs.models.base import InputRow
from src.programs.validation import pointer_to
from src.schemas import Body

OWN_WEIGHT_LIMIT = 5
"""The objective counts a wish by its weight: what residents may give it themselves, either way."""


async def refuse_body_of_others(session: AsyncSession, viewer: Viewer, program: Program, body: Body) -> None:
    """Raises ForbiddenError for a request in another's name, InputRejectedError for too great a weight."""
    if viewer.may(program.id, MANAGERS):
        return
    person_id = viewer.person_in(program.id)
    own = None if person_id is None else await session.get(Person, person_id)
    given: dict[str, Any] = body.model_dump(exclude_unset=True)
    if own is None or given.get("person", own.code) != own.code:
        raise ForbiddenError("You may enter requests for yourself only.")
    weight = given.get("weight")
    if weight is not None and abs(weight) > OWN_WEIGHT_LIMIT:
        message = f"must lie between -{OWN_WEIGHT_LIMIT} and {OWN_WEIGHT_LIMIT}"
        raise InputRejectedError(
            details={
                "errors": [{"pointer": pointer_to("weight"), "code": "out_of_range", "message": message}]
            }
        )


def refuse_row_of_others(viewer: Viewer, program: Program, row: InputRow) -> None:
    """Raises ForbiddenError when the row is another person's and the viewer does not manage the program."""
    owner_id = getattr(row, "person_id", None)
    if not viewer.may(program.id, MANAGERS) and owner_id != viewer.person_in(program.id):
        raise ForbiddenError("You may change your own requests only.")
