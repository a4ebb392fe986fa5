"""Users made outside of the API: by the command line, for the demo."""

from __future__ import annotations

from pydantic import ValidationError
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.audit import COMMAND_LINE
from src.auth.models import User
from src.auth.schemas import UserCreateBody
from src.auth.users import create_user
from src.exceptions import InvalidError


async def create_admin(session: AsyncSession, email: str, password: str, full_name: str) -> User:
    """An admin who can sign in at once.

    Raises InvalidError naming what is wrong with address, name or password, EmailTakenError.
    """
    return await _create(session, email, password, full_name, is_admin=True)


async def create_coordinator(session: AsyncSession, email: str, password: str, full_name: str) -> User:
    """A user who may create programs, and becomes coordinator of those they create.

    Raises what `create_admin` raises.
    """
    return await _create(session, email, password, full_name, may_create_programs=True)


async def _create(
    session: AsyncSession,
    email: str,
    password: str,
    full_name: str,
    *,
    is_admin: bool = False,
    may_create_programs: bool = False,
) -> User:
    try:
        body = UserCreateBody.model_validate(
            {
                "email": email,
                "password": password,
                "full_name": full_name,
                "is_admin": is_admin,
                "may_create_programs": may_create_programs,
            }
        )
    except ValidationError as error:
        told = "; ".join(f"{item['loc'][0]}: {item['msg']}" for item in error.errors(include_input=False))
        raise InvalidError(f"The user cannot be created: {told}.") from error
    return await create_user(session, COMMAND_LINE, body)
