"""What can go wrong with assignments."""

from __future__ import annotations

from src.exceptions import ConflictError, InvalidError, NotFoundError


class AssignmentNotFoundError(NotFoundError):
    """No such assignment, or not one the caller may read."""

    code = "ASSIGNMENT_NOT_FOUND"
    message = "There is no such assignment."


class AssignmentConflictError(ConflictError):
    """The person is busy then; `details.conflicts` names the assignments in the way."""

    code = "ASSIGNMENT_CONFLICT"
    message = "The person has another assignment at that time."


class AcgmeViolationError(InvalidError):
    """The change breaks a hard duty-hour rule, or makes a breach worse; `details.findings` says which."""

    code = "ACGME_VIOLATION"
    message = "The change breaks a duty-hour rule that must hold."


class AssignmentInvalidError(InvalidError):
    """The assignment names something that the program does not have, or contradicts itself."""

    code = "ASSIGNMENT_INVALID"
    message = "The assignment does not fit the program."
