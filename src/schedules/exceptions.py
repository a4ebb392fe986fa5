"""What can go wrong with schedules, versions and runs."""

from __future__ import annotations

from src.exceptions import ConflictError, InvalidError, NotFoundError


class ScheduleNotFoundError(NotFoundError):
    """No such schedule, or not one of a program the caller belongs to."""

    code = "SCHEDULE_NOT_FOUND"
    message = "There is no such schedule."


class VersionNotFoundError(NotFoundError):
    """No such version, or not one the caller may read."""

    code = "VERSION_NOT_FOUND"
    message = "There is no such schedule version."


class RunNotFoundError(NotFoundError):
    """No such run, or not one of a program the caller belongs to."""

    code = "RUN_NOT_FOUND"
    message = "There is no such run."


class ScheduleNameTakenError(ConflictError):
    """The program has a schedule of that name."""

    code = "SCHEDULE_NAME_TAKEN"
    message = "The program has a schedule of that name already."


class ScheduleInUseError(ConflictError):
    """The schedule holds versions that were published; they are kept."""

    code = "SCHEDULE_IN_USE"
    message = "The schedule holds published versions or an active run, and cannot be deleted."


class ScheduleArchivedError(ConflictError):
    """An archived schedule is read, not worked on."""

    code = "SCHEDULE_ARCHIVED"
    message = "The schedule is archived."


class VersionNotDraftError(ConflictError):
    """Published and superseded versions never change."""

    code = "VERSION_NOT_DRAFT"
    message = "Only a draft can be changed; make a new version from this one."


class VersionInUseError(ConflictError):
    """A run works from this version."""

    code = "VERSION_IN_USE"
    message = "A run works from this version; wait for it or cancel it."


class RunActiveError(ConflictError):
    """One active run per schedule."""

    code = "RUN_ACTIVE"
    message = "A run of this schedule is queued or running already."


class TooManyRunsError(ConflictError):
    """A limit of active runs per program."""

    code = "TOO_MANY_RUNS"
    message = "The program has as many active runs as are allowed at once."


class RunFinishedError(ConflictError):
    """A run that has ended cannot be cancelled."""

    code = "RUN_FINISHED"
    message = "The run has ended already."


class BadBlocksError(InvalidError):
    """The academic blocks asked for are not blocks of this program."""

    code = "BAD_BLOCKS"
    message = "These are not academic blocks of the program."


class LeaseLostError(Exception):
    """Another worker, or nobody, holds the run now: this one must stop and write nothing."""
