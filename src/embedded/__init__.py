"""Real PostgreSQL and real Redis from wheels, for the demo and the tests.

Production sets DATABASE_URL and REDIS_URL instead; nothing else differs. Proved on Linux x86-64, as root and
as an ordinary user. For Linux aarch64 and macOS there are wheels, but nobody has tried them; without Linux's
parent-death signal a killed guard (not a killed parent) can leave a server behind, which the next start on
its data ends. Windows has no wheels.
"""

from src.embedded.servers import Embedded, EmbeddedError, start_embedded

__all__ = ["Embedded", "EmbeddedError", "start_embedded"]
