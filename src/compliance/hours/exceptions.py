"""What can go wrong with worked hours."""

from __future__ import annotations

from src.exceptions import ConflictError, InvalidError, NotFoundError


class ResidentNotFoundError(NotFoundError):
    """There is no such resident, or not for this viewer."""

    code = "RESIDENT_NOT_FOUND"
    message = "There is no such resident."


class SheetNotFoundError(NotFoundError):
    """There is no such sheet, or not for this viewer."""

    code = "HOUR_SHEET_NOT_FOUND"
    message = "There is no such sheet of hours."


class EntryNotFoundError(NotFoundError):
    """There is no such entry, or not for this viewer."""

    code = "HOUR_ENTRY_NOT_FOUND"
    message = "There is no such entry of hours."


class SheetOverlapError(ConflictError):
    """The resident has a sheet for some of the same dates; `details.sheets` names them."""

    code = "HOUR_SHEET_OVERLAP"
    message = "There is a sheet for some of these dates already."


class SheetClosedError(ConflictError):
    """The sheet is submitted or locked: nothing in it changes until a coordinator reopens it."""

    code = "HOUR_SHEET_CLOSED"
    message = "The sheet is handed in; a coordinator can reopen it, with a reason."


class SheetStateError(ConflictError):
    """The sheet cannot go from its present state to the wanted one."""

    code = "HOUR_SHEET_STATE"
    message = "The sheet is not in a state in which this can be done."


class SheetNotOverError(ConflictError):
    """The sheet's last date is not over: what is still to come would be handed in as nothing."""

    code = "HOUR_SHEET_NOT_OVER"
    message = "The last date of the sheet is not over yet."


class UnconfirmedEntriesError(ConflictError):
    """Copies of the schedule nobody confirmed or changed; `details.entries` names them."""

    code = "HOUR_ENTRIES_UNCONFIRMED"
    message = "Some entries are copies of the schedule that were neither confirmed nor changed."


class SheetNotEmptyError(ConflictError):
    """A sheet with entries, or one that was once handed in, is not removed."""

    code = "HOUR_SHEET_NOT_EMPTY"
    message = "Only an open sheet without entries can be removed."


class HoursInvalidError(InvalidError):
    """Entries that cannot be; `details.errors` names each field with its reason."""

    code = "HOURS_INVALID"
    message = "Some of the hours cannot be accepted."


class HoursImportRejectedError(InvalidError):
    """The upload has errors; `details.issues` names row and column of each. Nothing was written."""

    code = "HOURS_IMPORT_REJECTED"
    message = "The upload has errors; nothing was written."


class NothingPublishedError(ConflictError):
    """No published schedule says what was planned on the sheet's dates."""

    code = "NOTHING_PUBLISHED"
    message = "No published schedule with days covers the dates of the sheet."
