"""What may be forgotten: sign-ins that ended long ago with their tokens, and answers kept for repetition.

The audit trail is never among it.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import or_
from sqlmodel import col, delete
from sqlmodel.ext.asyncio.session import AsyncSession

from src import idempotency
from src.auth.models import SignIn
from src.models import now

KEEP_ENDED_SIGN_INS = timedelta(days=30)
KEEP_ANSWERS = timedelta(days=7)


async def tidy(session: AsyncSession) -> tuple[int, int]:
    """Forget what is old enough; how many sign-ins and how many answers that were.

    A spent token of a forgotten sign-in is unknown from then on, and refused as such.
    """
    before = now() - KEEP_ENDED_SIGN_INS
    ended = await session.exec(
        delete(SignIn).where(or_(col(SignIn.expires_at) < before, col(SignIn.revoked_at) < before))
    )
    answers = await idempotency.forget_before(session, now() - KEEP_ANSWERS)
    return ended.rowcount, answers
