"""What can go wrong with programs and their inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from src.exceptions import ConflictError, InvalidError, NotFoundError


class ProgramNotFoundError(NotFoundError):
    """There is no such program, or not for this viewer."""

    code = "PROGRAM_NOT_FOUND"
    message = "There is no such program."


class InputNotFoundError(NotFoundError):
    """The program has no such row, or not for this viewer."""

    code = "INPUT_NOT_FOUND"
    message = "The program has no such row."


class ProgramArchivedError(ConflictError):
    """An archived program is read only."""

    code = "PROGRAM_ARCHIVED"
    message = "The program is archived; bring it back before you change it."


class DuplicateCodeError(ConflictError):
    """Another row of the same kind has the code."""

    code = "DUPLICATE_CODE"


class ReferredToError(ConflictError):
    """Other inputs of the program name the row; `details.errors` says which."""

    code = "REFERRED_TO"
    message = "Other inputs still refer to this; change or remove them first."


class InUseError(ConflictError):
    """A schedule version holds on to it; `details.used` says to what."""

    code = "IN_USE"
    message = "Schedules use this; archive it instead, or delete the schedules first."

    def __init__(self, used: Sequence[Mapping[str, Any]], message: str | None = None) -> None:
        super().__init__(message, details={"used": list(used)})


class InputRejectedError(InvalidError):
    """The program would not read well with the change; `details.errors` names each field and reason."""

    code = "INPUT_REJECTED"
    message = "The program does not hold together with this change."


class UnknownReferenceError(InvalidError):
    """A field names something that the program does not have."""

    code = "UNKNOWN_REFERENCE"

    def __init__(self, field: str, name: str) -> None:
        message = f"The program has no '{name}' to refer to."
        super().__init__(
            message,
            details={"errors": [{"pointer": f"/body/{field}", "code": "unknown_id", "message": message}]},
        )


class ImportRejectedError(InvalidError):
    """The upload has errors; `details.issues` names file, row and column of each."""

    code = "IMPORT_REJECTED"
    message = "The upload has errors; nothing was changed."
