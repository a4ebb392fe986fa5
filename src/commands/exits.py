"""Exit statuses, and what a user's error looks like: a sentence, never a traceback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import NoReturn

import typer

from src.exceptions import DomainError
from src.interchange.issues import FolderRejectedError, ImportIssue
from src.interchange.schedule_files import FolderInUseError


class Exit(IntEnum):
    """What the process ends with."""

    OK = 0
    NOT_LEGAL = 1
    USER_ERROR = 2
    INFEASIBLE = 3
    NOTHING_FOUND = 4


def fail(message: str, status: Exit = Exit.USER_ERROR) -> NoReturn:
    """End with a sentence on standard error."""
    typer.echo(message, err=True)
    raise typer.Exit(status)


def tell_warning(issue: ImportIssue) -> None:
    """Say on standard error what was read but may not be meant."""
    typer.echo(f"{issue.severity}: {issue}", err=True)


@contextmanager
def user_errors() -> Iterator[None]:
    """Turn what a user got wrong into a sentence and exit status 2."""
    try:
        yield
    except FolderRejectedError as error:
        fail("\n".join(str(issue) for issue in error.issues))
    except (DomainError, FolderInUseError) as error:
        fail(str(error))
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        fail(f"{place}{error.strerror or error}")
