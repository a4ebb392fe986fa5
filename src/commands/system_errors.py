"""What is wrong with the system around a command, in a sentence: settings, database, Redis."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import ValidationError

from src.commands.exits import fail
from src.config import Settings, get_settings
from src.exceptions import DomainError
from src.schemas import own_words


@contextmanager
def system_errors() -> Iterator[None]:
    """Turn an error of database, migrations or domain into a sentence and exit status 2."""
    from alembic.util import CommandError  # here, because half of the commands need neither
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError

    try:
        yield
    except DomainError as error:
        fail(str(error))
    except CommandError as error:
        fail(f"The migrations cannot be run: {error}")
    except DBAPIError as error:
        fail(f"The database does not do what is asked: {str(error.orig).strip().splitlines()[0]}")
    except SQLAlchemyError as error:
        fail(f"DATABASE_URL cannot be used: {error}")
    except OSError as error:
        fail(f"The database does not answer: {error.strerror or error}")


def settings_or_fail() -> Settings:
    """The settings that all processes share."""
    with setting_errors():
        return get_settings()


@contextmanager
def setting_errors() -> Iterator[None]:
    """Name every setting that cannot be used and end with exit status 2."""
    try:
        yield
    except ValidationError as error:
        fail("\n".join(_setting_error(details["loc"], details["msg"]) for details in error.errors()))


def _setting_error(place: tuple[int | str, ...], message: str) -> str:
    name = ".".join(str(part) for part in place)
    return f"The settings cannot be used: {name + ': ' if name else ''}{own_words(message)}."
