"""Sign in, stay signed in, sign out, and who am I."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response

from src.auth import sign_ins
from src.auth.invitations import accept_invitation as accept
from src.auth.permissions import AuthSettingsDep, CurrentViewer, public
from src.auth.schemas import (
    InvitationAcceptBody,
    LoginForm,
    MeRead,
    PasswordChangeBody,
    RefreshBody,
    TokenPair,
)
from src.database import SessionDep
from src.exception_handlers import error_responses
from src.rate_limits import client_address, enforce, forgive
from src.schemas import email_key

router = APIRouter(tags=["auth"])


@router.post(
    "/auth/login",
    summary="Sign in with e-mail address and password",
    dependencies=[Depends(public)],
    responses=error_responses(401, 422, 429),
)
async def login(
    form: Annotated[LoginForm, Form()],
    request: Request,
    response: Response,
    session: SessionDep,
    settings: AuthSettingsDep,
) -> TokenPair:
    """The OAuth2 password flow. Limited by address, and by account for those who keep failing."""
    account = email_key(form.username)
    by_account = settings.login_limit_per_account
    await enforce(
        request,
        response,
        name="login-address",
        limit=settings.login_limit_per_address,
        key=client_address(request),
    )
    await enforce(request, response, name="login-account", limit=by_account, key=account)
    issued = await sign_ins.sign_in(session, settings, account, form.password.get_secret_value())
    await forgive(request, name="login-account", limit=by_account, key=account)
    return TokenPair.of(issued)


@router.post(
    "/auth/refresh",
    summary="Exchange a refresh token for new tokens",
    dependencies=[Depends(public)],
    responses=error_responses(401, 422, 429),
)
async def refresh(
    body: RefreshBody, request: Request, response: Response, session: SessionDep, settings: AuthSettingsDep
) -> TokenPair:
    """Each refresh token is good for one exchange; using it twice ends the sign-in, so ask one at a time."""
    await enforce(
        request,
        response,
        name="refresh-address",
        limit=settings.refresh_limit_per_address,
        key=client_address(request),
    )
    return TokenPair.of(await sign_ins.refresh(session, settings, body.refresh_token))


@router.post(
    "/auth/logout",
    status_code=204,
    summary="Sign out: end this sign-in and all its tokens",
    responses=error_responses(401),
)
async def logout(viewer: CurrentViewer, session: SessionDep) -> None:
    await sign_ins.sign_out(session, viewer)


@router.post(
    "/auth/password",
    summary="Change the own password",
    responses=error_responses(401, 422, 429),
)
async def change_password(
    body: PasswordChangeBody,
    viewer: CurrentViewer,
    request: Request,
    response: Response,
    session: SessionDep,
    settings: AuthSettingsDep,
) -> TokenPair:
    """Ends every sign-in of the user, this one too, and answers with the tokens of a new one."""
    limit, key = settings.password_limit_per_account, str(viewer.id)
    await enforce(request, response, name="password", limit=limit, key=key)
    issued = await sign_ins.change_password(
        session,
        settings,
        viewer,
        current=body.current_password.get_secret_value(),
        new=body.new_password.get_secret_value(),
    )
    await forgive(request, name="password", limit=limit, key=key)
    return TokenPair.of(issued)


@router.post(
    "/auth/invitations/accept",
    summary="Set the first password by a one-time link, and sign in",
    dependencies=[Depends(public)],
    responses=error_responses(422, 429),
)
async def accept_invitation(
    body: InvitationAcceptBody,
    request: Request,
    response: Response,
    session: SessionDep,
    settings: AuthSettingsDep,
) -> TokenPair:
    await enforce(
        request,
        response,
        name="invitation-address",
        limit=settings.invitation_limit_per_address,
        key=client_address(request),
    )
    return TokenPair.of(await accept(session, settings, body))


@router.get("/me", summary="Who is signed in", responses=error_responses(401))
async def me(viewer: CurrentViewer) -> MeRead:
    """The user, the role in each program and the person there, as they are now."""
    return MeRead.seen_by(viewer)
