"""What can go wrong with waivers."""

from __future__ import annotations

from src.exceptions import ConflictError, InvalidError, NotFoundError


class WaiverNotFoundError(NotFoundError):
    """The program has no such waiver, or not for this viewer."""

    code = "WAIVER_NOT_FOUND"
    message = "The program has no such waiver."


class WaiverInvalidError(InvalidError):
    """The waiver speaks of somebody or some rule that is not there, or has ended before it began."""

    code = "WAIVER_INVALID"
    message = "The waiver cannot be granted as it stands."


class WaiverRevokedError(ConflictError):
    """A waiver is revoked once."""

    code = "WAIVER_REVOKED"
    message = "The waiver is revoked already."
