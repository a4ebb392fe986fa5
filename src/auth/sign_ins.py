"""Signing in, staying signed in, and signing out.

Refresh tokens rotate strictly: each is good for one exchange. A second use of one, even a moment later and
even by a client that merely asked twice, ends the whole sign-in, since it cannot be told from theft
(RFC 9700, 4.14.2). Of two exchanges at once exactly one wins, and the other ends the sign-in of both.
"""

from __future__ import annotations

from datetime import timedelta

import structlog
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth import audit
from src.auth.config import AuthSettings
from src.auth.exceptions import (
    InvalidAccessTokenError,
    InvalidRefreshTokenError,
    RefreshTokenReusedError,
    WrongCredentialsError,
    WrongPasswordError,
)
from src.auth.locks import locked_user
from src.auth.models import RefreshToken, SignIn, User
from src.auth.passwords import check_strength, hash_password, needs_rehash, verify_password
from src.auth.tokens import IssuedTokens, hash_of, issue_access_token, new_random_token
from src.auth.viewer import Viewer
from src.models import now
from src.schemas import email_key

_log = structlog.get_logger(__name__)


async def sign_in(session: AsyncSession, settings: AuthSettings, email: str, password: str) -> IssuedTokens:
    """Tokens for whoever knows the password; raises WrongCredentialsError for every other case alike."""
    found = (await session.exec(select(User).where(col(User.email) == email_key(email)))).one_or_none()
    checked_hash = found.password_hash if found else None
    if not await verify_password(password, checked_hash) or found is None:
        # what an unknown user typed is not logged: it may be a password in the wrong field
        _log.warning("sign_in_failed", account_id=str(found.id) if found else None)
        raise WrongCredentialsError
    user = await locked_user(session, found.id)
    if user.disabled_at is not None or checked_hash is None or user.password_hash != checked_hash:
        _log.warning("sign_in_refused", account_id=str(user.id))
        raise WrongCredentialsError
    if needs_rehash(checked_hash):
        user.password_hash = await hash_password(password)
    return await start_sign_in(session, settings, user)


async def start_sign_in(session: AsyncSession, settings: AuthSettings, user: User) -> IssuedTokens:
    """A new family of tokens for a user whose row the caller holds."""
    user.last_signed_in_at = now()
    session.add(user)
    family = SignIn(user_id=user.id, expires_at=now() + timedelta(days=settings.sign_in_days))
    session.add(family)
    await session.flush()
    _log.info("signed_in", account_id=str(user.id))
    return await _issue(session, settings, user, family)


async def refresh(session: AsyncSession, settings: AuthSettings, token: str) -> IssuedTokens:
    """Exchange a refresh token for new tokens.

    Raises InvalidRefreshTokenError for one that is unknown, expired or ended, RefreshTokenReusedError for one
    that was spent: then the whole family has ended, and that stands.
    """
    owner = select(SignIn.user_id).join(RefreshToken).where(col(RefreshToken.token_hash) == hash_of(token))
    user_id = (await session.exec(owner)).one_or_none()
    if user_id is None:
        raise InvalidRefreshTokenError
    user = await locked_user(session, user_id)
    presented, family = await _presented(session, token)
    at = now()
    if user.disabled_at is not None or family.revoked_at is not None or family.expires_at <= at:
        raise InvalidRefreshTokenError
    if presented.spent_at is not None:
        await _end(session, family, "reuse")
        await audit.record(
            session,
            Viewer(user, {}, {}),
            "sign_in.revoked",
            entity_type="sign_in",
            entity_id=family.id,
            after={"because": "a spent refresh key was used again"},
        )
        raise RefreshTokenReusedError
    if presented.expires_at <= at:
        raise InvalidRefreshTokenError
    presented.spent_at = at
    session.add(presented)
    return await _issue(session, settings, user, family)


async def sign_out(session: AsyncSession, viewer: Viewer) -> None:
    """End the sign-in that the viewer's access token belongs to, with all its tokens."""
    await locked_user(session, viewer.id)
    family = await session.get(SignIn, viewer.sign_in_id, populate_existing=True)
    if family is not None and family.revoked_at is None:
        await _end(session, family, "signed out")


async def change_password(
    session: AsyncSession, settings: AuthSettings, viewer: Viewer, *, current: str, new: str
) -> IssuedTokens:
    """Set a new password, end every sign-in of the user and start a new one.

    Raises WrongPasswordError when `current` is not the present password, WeakPasswordError for a poor one.
    """
    checked_hash = viewer.user.password_hash
    if not await verify_password(current, checked_hash):
        raise WrongPasswordError
    check_strength(new, viewer.user.email)
    new_hash = await hash_password(new)
    user = await locked_user(session, viewer.id)
    if user.password_hash != checked_hash:
        raise WrongPasswordError
    if user.disabled_at is not None:
        raise InvalidAccessTokenError
    user.password_hash = new_hash
    await end_all(session, user, "password changed")
    await audit.record(session, viewer, "user.password_changed", entity_type="user", entity_id=user.id)
    return await start_sign_in(session, settings, user)


async def end_all(session: AsyncSession, user: User, because: str) -> None:
    """End every sign-in of a user whose row the caller holds: no token given out before is taken any more."""
    user.token_epoch += 1
    session.add(user)
    await session.flush()
    await session.exec(
        update(SignIn)
        .where(col(SignIn.user_id) == user.id, col(SignIn.revoked_at).is_(None))
        .values(revoked_at=now(), revoked_because=because)
        .execution_options(synchronize_session="fetch")
    )


async def _presented(session: AsyncSession, token: str) -> tuple[RefreshToken, SignIn]:
    """The token and its family as they are now that the user's row is held."""
    statement = (
        select(RefreshToken, SignIn)
        .join(SignIn)
        .where(col(RefreshToken.token_hash) == hash_of(token))
        .execution_options(populate_existing=True)
    )
    found = (await session.exec(statement)).one_or_none()
    if found is None:
        raise InvalidRefreshTokenError
    return found[0], found[1]


async def _end(session: AsyncSession, family: SignIn, because: str) -> None:
    family.revoked_at = now()
    family.revoked_because = because
    session.add(family)
    await session.flush()


async def _issue(session: AsyncSession, settings: AuthSettings, user: User, family: SignIn) -> IssuedTokens:
    refresh_token = new_random_token()
    expires_at = min(now() + timedelta(days=settings.refresh_token_days), family.expires_at)
    session.add(RefreshToken(sign_in_id=family.id, token_hash=hash_of(refresh_token), expires_at=expires_at))
    await session.flush()
    access_token, lifetime = issue_access_token(
        settings, user_id=user.id, sign_in_id=family.id, epoch=user.token_epoch
    )
    return IssuedTokens(access_token, lifetime, refresh_token)
