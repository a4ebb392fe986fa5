"""Runs migrations: one at a time on a database, never waiting long for a lock, all of them or none.

The database is that of the settings, or the one a caller puts into the configuration's attributes as
`database_url` (the tests do; they also shorten `lock_timeout`). Two upgrades at once queue up behind an
advisory lock, which belongs to the connection and so ends with it.
"""

from __future__ import annotations

from typing import Any, Literal

import sqlalchemy as sa
import sqlmodel
from alembic import context
from alembic.autogenerate.api import AutogenContext

from src.config import get_settings
from src.registry import metadata

LOCK_ID = 7_405_617_301
LOCK_TIMEOUT = "5s"
"""How long a statement waits for a table: a migration gives up rather than holding up everyone behind it."""
STATEMENT_TIMEOUT = "300s"
QUEUE_TIMEOUT = "600s"
"""How long an upgrade waits for another one to finish."""


def database_url() -> sa.URL:
    """The URL for psycopg: migrations are plain, blocking work."""
    given = context.config.attributes.get("database_url") or get_settings().database_url.get_secret_value()
    return sa.make_url(given).set(drivername="postgresql+psycopg")


def render_item(kind: str, item: Any, autogen_context: AutogenContext) -> str | Literal[False]:
    """Write SQLModel's strings with their import, which autogenerate forgets."""
    if kind == "type" and isinstance(item, sqlmodel.AutoString):
        autogen_context.imports.add("import sqlmodel")
        return f"sqlmodel.AutoString(length={item.length})" if item.length else "sqlmodel.AutoString()"
    return False


def configure(**target: Any) -> None:
    context.configure(
        target_metadata=metadata,
        render_item=render_item,
        compare_type=True,
        compare_server_default=True,
        transaction_per_migration=False,
        **target,
    )


def run_online() -> None:
    engine = sa.create_engine(database_url(), poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text(f"SET statement_timeout = '{QUEUE_TIMEOUT}'"))
        connection.execute(sa.text("SELECT pg_advisory_lock(:id)"), {"id": LOCK_ID})
        lock_timeout = context.config.attributes.get("lock_timeout", LOCK_TIMEOUT)
        connection.execute(sa.text(f"SET lock_timeout = '{lock_timeout}'"))
        connection.execute(sa.text(f"SET statement_timeout = '{STATEMENT_TIMEOUT}'"))
        connection.commit()
        configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


def run_offline() -> None:
    """Print the SQL, with the same limits, for someone who applies it by hand."""
    configure(url=database_url(), literal_binds=True, dialect_opts={"paramstyle": "named"})
    with context.begin_transaction():
        context.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        context.execute(f"SET LOCAL statement_timeout = '{STATEMENT_TIMEOUT}'")
        context.execute(f"SELECT pg_advisory_xact_lock({LOCK_ID})")
        context.run_migrations()


if context.is_offline_mode():
    run_offline()
else:
    run_online()
