"""The errors of the domains. They know nothing of HTTP; `exception_handlers` gives each kind its status."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class DomainError(Exception):
    """Something a caller did or asked for that cannot be; `code` is stable, `message` is for a person."""

    code: ClassVar[str] = "ERROR"
    message: ClassVar[str] = "The request cannot be carried out."
    changes_stand: ClassVar[bool] = False
    """Whether what was written on the way to this error is kept: an error is otherwise a rollback."""

    def __init__(
        self, message: str | None = None, *, details: Mapping[str, Any] | None = None, code: str | None = None
    ) -> None:
        self.text = message or self.message
        self.details: dict[str, Any] = dict(details or {})
        self.error_code = code or self.code
        super().__init__(self.text)


class NotFoundError(DomainError):
    """There is no such thing, or the caller may not know of it."""

    code = "NOT_FOUND"
    message = "There is no such thing here."


class UnauthenticatedError(DomainError):
    """The caller has not said, or not proved, who they are."""

    code = "UNAUTHENTICATED"
    message = "Sign in first."


class ForbiddenError(DomainError):
    """The caller may read this but not do that to it."""

    code = "FORBIDDEN"
    message = "Your role does not allow this."


class ConflictError(DomainError):
    """The request contradicts the present state."""

    code = "CONFLICT"
    message = "This contradicts the present state."


class InvalidError(DomainError):
    """The request is understood and its content cannot be accepted."""

    code = "INVALID"
    message = "The content cannot be accepted."


class PreconditionFailedError(DomainError):
    """The caller's copy is stale; `details.current` holds the present state."""

    code = "PRECONDITION_FAILED"
    message = "This was changed by someone else since you read it."


class PreconditionRequiredError(DomainError):
    """The change must say which state it is meant for."""

    code = "PRECONDITION_REQUIRED"
    message = "Send If-Match with the ETag of the state you want to change."


class TooLargeError(DomainError):
    """More than this service takes at once."""

    code = "TOO_LARGE"
    message = "This is larger than what is accepted at once."


class TooManyRequestsError(DomainError):
    """The caller asks too often; `retry_after` is in seconds."""

    code = "TOO_MANY_REQUESTS"
    message = "Too many requests; try again later."

    def __init__(self, *, retry_after: int, message: str | None = None) -> None:
        super().__init__(message, details={"retry_after": retry_after})
        self.retry_after = retry_after


class UnavailableError(DomainError):
    """Something this service leans on does not answer."""

    code = "UNAVAILABLE"
    message = "The service is not ready; try again shortly."
