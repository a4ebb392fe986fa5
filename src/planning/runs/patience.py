"""Patience with the database: what passes by itself is tried again, so that minutes of solving are not lost.

A lost connection, a server that restarts, a deadlock with an edit or a statement that took too long pass;
what the database refuses for its content does not.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

PASSING_KINDS = ("08", "40", "53", "55", "57")
"""Classes of SQLSTATE: connection, rolled back, resources, lock not to be had, operator (timeouts)."""
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 2.0

_log = structlog.get_logger(__name__)


def passes(error: BaseException) -> bool:
    """Whether the same statements may well succeed a little later."""
    if isinstance(error, IntegrityError):
        return False
    if isinstance(error, DBAPIError):
        sqlstate = str(getattr(error.orig, "sqlstate", None) or "")
        return not sqlstate or error.connection_invalidated or sqlstate[:2] in PASSING_KINDS
    return isinstance(error, PoolTimeoutError | OSError)


async def patiently[Value](attempt: Callable[[], Awaitable[Value]], *, seconds: float) -> Value:
    """The value of the first attempt that succeeds; each must be a transaction of its own.

    Raises at once what does not pass by itself, and what does once `seconds` are over.
    """
    until = time.monotonic() + seconds
    pause = FIRST_PAUSE_SECONDS
    while True:
        try:
            return await attempt()
        except (SQLAlchemyError, OSError) as error:
            if not passes(error) or time.monotonic() + pause > until:
                raise
            _log.warning("database_tried_again", error=type(error).__name__, exc_info=True)
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
