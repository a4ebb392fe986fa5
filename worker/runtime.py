"""One event loop and one engine a process.

The loop runs in a thread of its own, so that heartbeats go on while the task's thread is in the solver, and
so that the pooled asyncpg engine always meets the loop it was made on.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any

from src.config import Settings, get_settings
from src.database import SessionMaker, create_engine, create_session_maker

POOL_SIZE = 3
CLOSE_TIMEOUT_SECONDS = 5.0


class Runtime:
    """A process's event loop, engine and session maker."""

    def __init__(self, settings: Settings) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="rounds-loop", daemon=True)
        self._thread.start()
        self._engine = create_engine(settings, pool_size=POOL_SIZE)
        self.session_maker: SessionMaker = create_session_maker(self._engine)

    def run[Value](self, coroutine: Coroutine[Any, Any, Value]) -> Value:
        """Wait, in this thread, for a coroutine on the loop; raises what it raises."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def start(self, coroutine: Coroutine[Any, Any, None]) -> Future[None]:
        """Start a coroutine on the loop and go on."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def close(self) -> None:
        """Give the connections back and end the loop."""
        asyncio.run_coroutine_threadsafe(self._engine.dispose(), self._loop).result(CLOSE_TIMEOUT_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(CLOSE_TIMEOUT_SECONDS)
        self._loop.close()


_runtime: Runtime | None = None


def open_runtime() -> Runtime:
    """The runtime of this process, made on first use: after the fork, never before."""
    global _runtime  # noqa: PLW0603  # one a process is the point
    if _runtime is None:
        _runtime = Runtime(get_settings())
    return _runtime


def close_runtime() -> None:
    """Close the runtime when the process ends."""
    global _runtime  # noqa: PLW0603  # one a process is the point
    if _runtime is not None:
        _runtime.close()
        _runtime = None
