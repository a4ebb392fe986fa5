"""Inviting: a one-time link, handed over by the admin, by which a user sets the first password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth import audit
from src.auth.audit import Actor
from src.auth.config import AuthSettings
from src.auth.exceptions import AlreadyAcceptedError, InvalidInvitationError
from src.auth.locks import locked_user
from src.auth.memberships import set_membership
from src.auth.models import Invitation, User
from src.auth.passwords import check_strength, hash_password
from src.auth.schemas import InvitationAcceptBody, InvitationBody
from src.auth.sign_ins import start_sign_in
from src.auth.tokens import IssuedTokens, hash_of, new_random_token
from src.auth.users import add_user, refuse_taken_email
from src.auth.viewer import Viewer
from src.models import now


@dataclass(frozen=True, slots=True)
class Invited:
    """Who was invited; `token` is told here once and stored nowhere."""

    user: User
    token: str
    invitation: Invitation


async def invite_user(
    session: AsyncSession, settings: AuthSettings, actor: Actor, body: InvitationBody
) -> Invited:
    """A user without a password, their memberships, and a link; all or nothing.

    Raises EmailTakenError and what `set_membership` raises.
    """
    await refuse_taken_email(session, body.email)
    user = User(
        email=body.email,
        full_name=body.full_name,
        is_admin=body.is_admin,
        may_create_programs=body.may_create_programs,
    )
    await add_user(session, actor, user, "user.invited")
    for wanted in body.memberships:
        await set_membership(
            session,
            actor,
            user_id=user.id,
            program_id=wanted.program_id,
            role=wanted.role,
            person_id=wanted.person_id,
        )
    return await _new_link(session, settings, user)


async def reissue_invitation(
    session: AsyncSession, settings: AuthSettings, actor: Actor, user_id: UUID
) -> Invited:
    """A new link in place of all earlier ones. Raises AlreadyAcceptedError, UserNotFoundError."""
    user = await locked_user(session, user_id)
    if user.password_hash is not None:
        raise AlreadyAcceptedError
    await session.exec(
        update(Invitation)
        .where(
            col(Invitation.user_id) == user_id,
            col(Invitation.accepted_at).is_(None),
            col(Invitation.withdrawn_at).is_(None),
        )
        .values(withdrawn_at=now())
        .execution_options(synchronize_session="fetch")
    )
    await audit.record(session, actor, "user.invited_again", entity_type="user", entity_id=user_id)
    return await _new_link(session, settings, user)


async def accept_invitation(
    session: AsyncSession, settings: AuthSettings, body: InvitationAcceptBody
) -> IssuedTokens:
    """Set the first password, spend the link and sign in.

    Raises InvalidInvitationError, WeakPasswordError.
    """
    invitation = await _usable(session, body.token)
    invited = await session.get_one(User, invitation.user_id)
    password = body.password.get_secret_value()
    check_strength(password, invited.email)
    password_hash = await hash_password(password)
    user = await locked_user(session, invitation.user_id)
    invitation = await _usable(session, body.token)
    if user.disabled_at is not None or user.password_hash is not None:
        raise InvalidInvitationError
    invitation.accepted_at = now()
    session.add(invitation)
    user.password_hash = password_hash
    user.full_name = body.full_name or user.full_name
    await audit.record(
        session, Viewer(user, {}, {}), "user.invitation_accepted", entity_type="user", entity_id=user.id
    )
    return await start_sign_in(session, settings, user)


async def _usable(session: AsyncSession, token: str) -> Invitation:
    found = await session.exec(
        select(Invitation)
        .where(
            col(Invitation.token_hash) == hash_of(token),
            col(Invitation.accepted_at).is_(None),
            col(Invitation.withdrawn_at).is_(None),
            col(Invitation.expires_at) > now(),
        )
        .execution_options(populate_existing=True)
    )
    invitation = found.one_or_none()
    if invitation is None:
        raise InvalidInvitationError
    return invitation


async def _new_link(session: AsyncSession, settings: AuthSettings, user: User) -> Invited:
    token = new_random_token()
    invitation = Invitation(
        user_id=user.id,
        token_hash=hash_of(token),
        expires_at=now() + timedelta(days=settings.invitation_days),
    )
    session.add(invitation)
    await session.flush()
    return Invited(user, token, invitation)
