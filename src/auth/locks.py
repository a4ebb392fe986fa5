"""What must not happen twice at the same time.

Everything that makes or ends sign-ins of a user holds the user's row first; whatever might take away the last
admin holds one lock for the whole database before that. In this order, nothing waits in a circle.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.exceptions import LastAdminError, UserNotFoundError
from src.auth.models import User

_ADMINS_LOCK = 7_405_617_302


async def locked_user(session: AsyncSession, user_id: UUID) -> User:
    """The user as they are now, held until the transaction ends; raises UserNotFoundError."""
    statement = (
        select(User)
        .where(col(User.id) == user_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    user = (await session.exec(statement)).one_or_none()
    if user is None:
        raise UserNotFoundError
    return user


async def lock_admins(session: AsyncSession) -> None:
    """Let no one else change who is an admin until the transaction ends."""
    await session.exec(select(func.pg_advisory_xact_lock(_ADMINS_LOCK)))


async def keep_an_admin(session: AsyncSession, leaving: User) -> None:
    """Raises LastAdminError when nobody else could manage users; call it under `lock_admins`."""
    others = select(func.count()).where(
        col(User.is_admin),
        col(User.disabled_at).is_(None),
        col(User.password_hash).is_not(None),
        col(User.id) != leaving.id,
    )
    if (await session.exec(others)).one() == 0:
        raise LastAdminError
