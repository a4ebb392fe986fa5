"""The process's one event loop, as whoever works in another thread sees it."""

from __future__ import annotations

from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, Protocol


class Runner(Protocol):
    """Runs coroutines on the process's one event loop, from another thread."""

    def run[Value](self, coroutine: Coroutine[Any, Any, Value]) -> Value:
        """Wait for the coroutine's value."""

    def start(self, coroutine: Coroutine[Any, Any, None]) -> Future[None]:
        """Start the coroutine and go on."""
