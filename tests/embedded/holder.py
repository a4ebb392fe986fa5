"""A program that starts the embedded servers, says where they are, and stays until it is ended.

Arguments: data folder, then any of `throwaway`, `fork` (a child that inherits every handle stays too) and
`thread` (a thread that ends at once does the starting).
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

from src.embedded import Embedded, EmbeddedError, start_embedded


def main() -> int:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # under nohup it comes ignored
    folder, *words = sys.argv[1:]
    started: list[Embedded] = []

    def start() -> None:
        started.append(start_embedded(Path(folder), throwaway="throwaway" in words))

    try:
        if "thread" in words:
            thread = threading.Thread(target=start)
            thread.start()
            thread.join()
        else:
            start()
    except EmbeddedError as error:
        sys.stdout.write(json.dumps({"error": str(error)}) + "\n")
        return 1
    (servers,) = started
    child = 0
    if "fork" in words:
        child = os.fork()
        if child == 0:
            time.sleep(30)
            os._exit(0)
    facts = {
        "database_url": servers.database_url,
        "redis_url": servers.redis_url,
        "pids": [servers.guard_pid, servers.postgres_pid, servers.redis_pid],
        "identity": servers.identity,
        "child": child,
    }
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()
    sys.stdin.read()
    servers.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
