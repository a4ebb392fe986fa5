"""Every error as `{"error": {code, message, details}}`: the only place that knows both domains and HTTP."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

from src import exceptions
from src.exceptions import DomainError, TooManyRequestsError
from src.interchange.issues import FolderRejectedError
from src.schemas import own_words

STATUS_BY_KIND: Mapping[type[DomainError], int] = {
    exceptions.NotFoundError: 404,
    exceptions.UnauthenticatedError: 401,
    exceptions.ForbiddenError: 403,
    exceptions.ConflictError: 409,
    exceptions.InvalidError: 422,
    exceptions.PreconditionFailedError: 412,
    exceptions.PreconditionRequiredError: 428,
    exceptions.TooLargeError: 413,
    exceptions.TooManyRequestsError: 429,
    exceptions.UnavailableError: 503,
}

_KIND_BY_STATUS = {status: kind for kind, status in STATUS_BY_KIND.items()}

_LOST_RACES = frozenset({"40001", "40P01", "55P03"})
"""Serialization failure, deadlock, lock not available."""
_UNSTORABLE = frozenset({"22000", "22001", "22003", "22007", "22008", "22021", "22P05"})
"""Refused by the driver, too long, out of range, no such date, no such character."""
_AWAY = frozenset({"08", "53", "57"})
"""Classes of SQLSTATE: connection exception, insufficient resources, operator intervention (timeouts)."""

MOST_ISSUES_TOLD = 100

_log = structlog.get_logger(__name__)


class ErrorBody(BaseModel):
    """What went wrong: a stable code, a sentence for a person, and facts that depend on the code."""

    code: str
    message: str
    details: dict[str, Any] = {}


class ErrorEnvelope(BaseModel):
    """The one shape of every error."""

    error: ErrorBody


def error_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The typed error responses of a route with an example each, for its documentation."""
    return {
        status: {
            "model": ErrorEnvelope,
            "description": HTTPStatus(status).phrase,
            "content": {"application/json": {"example": _example(status)}},
        }
        for status in sorted(statuses)
    }


def _example(status: int) -> dict[str, Any]:
    kind = _KIND_BY_STATUS.get(status)
    message = kind.message if kind else f"{HTTPStatus(status).phrase}."
    return {"error": {"code": _code_of(status), "message": message, "details": {}}}


def _code_of(status: int) -> str:
    """The code of a status that comes from the framework: our own word for it, where there is one."""
    if status in _KIND_BY_STATUS:
        return _KIND_BY_STATUS[status].code
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return "INTERNAL_ERROR"
    return re.sub(r"[^A-Z]+", "_", HTTPStatus(status).phrase.replace("'", "").upper())


def status_of(error: DomainError) -> int:
    """The HTTP status of an error's nearest kind; 400 for one that names none."""
    for kind in type(error).__mro__:
        if kind in STATUS_BY_KIND:
            return STATUS_BY_KIND[kind]
    return 400


def envelope(
    status: int,
    code: str,
    message: str,
    details: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    body = {"error": {"code": code, "message": message, "details": jsonable_encoder(dict(details or {}))}}
    return JSONResponse(body, status_code=status, headers=dict(headers or {}))


def json_pointer(location: Sequence[Any]) -> str:
    """A JSON pointer (RFC 6901) into the request; its first step says which part of it."""
    steps = [str(step).replace("~", "~0").replace("/", "~1") for step in location]
    return "/" + "/".join(steps)


async def on_domain_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DomainError)
    headers: dict[str, str] = dict(getattr(request.state, "rate_limit_headers", {}))
    if isinstance(error, TooManyRequestsError):
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, exceptions.UnauthenticatedError):
        headers["WWW-Authenticate"] = "Bearer"
    return envelope(status_of(error), error.error_code, error.text, error.details, headers)


async def on_validation_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    found = dict.fromkeys(
        (json_pointer(_place_of(item, error.body)), item["type"], own_words(item["msg"]))
        for item in error.errors()
    )
    errors = [{"pointer": pointer, "code": code, "message": message} for pointer, code, message in found]
    return envelope(422, "VALIDATION_ERROR", "The request is not of the expected form.", {"errors": errors})


def _place_of(item: Mapping[str, Any], body: Any) -> list[Any]:
    """Where in the request it is wrong, without the steps that tell for what kind of several it was taken."""
    part, *steps = item["loc"]
    if part != "body" or not isinstance(body, (dict, list)):
        return [part, *steps]
    here, kept = body, [part]
    for place, step in enumerate(steps, 1):
        is_key = isinstance(here, dict) and step in here
        if is_key or (isinstance(here, list) and isinstance(step, int) and step < len(here)):
            here = here[step]
            kept.append(step)
        elif place == len(steps) and item["type"] == "missing":
            kept.append(step)
    return kept


async def on_http_exception(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    message = {
        404: "There is no such route.",
        405: "This route does not know that method.",
        413: "The request body is larger than what is accepted.",
    }.get(error.status_code, str(error.detail))
    return envelope(error.status_code, _code_of(error.status_code), message, headers=error.headers)


async def on_database_error(request: Request, error: Exception) -> JSONResponse:
    """What the database refuses, in the caller's words.

    A constraint that two requests raced for, or a deadlock between them, is a conflict; a value that no row
    can hold is invalid; a database that is away, stopping or overworked is unavailable.
    """
    assert isinstance(error, DBAPIError)
    sqlstate = str(getattr(error.orig, "sqlstate", None) or "")
    if isinstance(error, IntegrityError) or sqlstate in _LOST_RACES:
        _log.warning("integrity_conflict", sqlstate=sqlstate)
        return envelope(409, "CONFLICT", "This contradicts what is already there.")
    if sqlstate in _UNSTORABLE:
        _log.warning("value_not_storable", sqlstate=sqlstate)
        return envelope(422, "INVALID", "A value is outside of what can be stored.")
    if isinstance(error, OperationalError) or error.connection_invalidated or sqlstate[:2] in _AWAY:
        return await on_database_away(request, error)
    return await on_unexpected(request, error)


async def on_unreadable_inputs(_request: Request, error: Exception) -> JSONResponse:
    """Inputs that a version was made from and that would not be accepted today: what of them, by row.

    An upload is never meant: those say themselves what is wrong with them.
    """
    assert isinstance(error, FolderRejectedError)
    _log.warning("inputs_unreadable", exc_info=error)
    issues = [asdict(issue) for issue in error.issues[:MOST_ISSUES_TOLD]]
    message = f"The inputs as the version keeps them cannot be read: {error.issues[0]}"
    return envelope(409, "INPUTS_UNREADABLE", message, {"issues": issues})


async def on_database_away(_request: Request, error: Exception) -> JSONResponse:
    _log.error("database_unavailable", exc_info=error)
    return envelope(503, "UNAVAILABLE", "The database does not answer; try again shortly.")


async def on_unexpected(request: Request, error: Exception) -> JSONResponse:
    """Nothing of the inside leaves; the request id leads to the log."""
    request_id = getattr(request.state, "request_id", None)
    _log.error("unexpected_error", exc_info=error)
    return envelope(500, "INTERNAL_ERROR", "Something went wrong on our side.", {"request_id": request_id})


def install(app: FastAPI) -> None:
    """Give the application the one envelope."""
    app.add_exception_handler(DomainError, on_domain_error)
    app.add_exception_handler(RequestValidationError, on_validation_error)
    app.add_exception_handler(HTTPException, on_http_exception)
    app.add_exception_handler(FolderRejectedError, on_unreadable_inputs)
    app.add_exception_handler(DBAPIError, on_database_error)
    app.add_exception_handler(PoolTimeoutError, on_database_away)
    app.add_exception_handler(ConnectionError, on_database_away)
    app.add_exception_handler(Exception, on_unexpected)
