"""Users made outside of the API: by the command line, for the demo."""

from __future__ import annotations

from pydantic import ValidationError
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.audit import COMMAND_LINE
from src.auth.models import User
from src.auth.schemas import UserCreateBody
from src.auth.users import create_user
from src.exceptions import InvalidError
from src.schemas import own_words


async def create_admin(session: AsyncSession, email: str, password: str, full_name: str) -> User:
    """An admin who can sign in at once.

    Raises InvalidError naming what is wrong with address, name or password, EmailTakenError.
    """
    given = {"email": email, "password": password, "full_name": full_name, "is_admin": True}
    try:
        body = UserCreateBody.model_validate(given)
    except ValidationError as error:
        wrong = error.errors(include_input=False)
        told = "; ".join(f"{item['loc'][0]}: {own_words(item['msg'])}" for item in wrong)
        raise InvalidError(f"The user cannot be created: {told}.") from error
    return await create_user(session, COMMAND_LINE, body)
