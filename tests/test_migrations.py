"""Migrations go up, down and up again, with and without data, one at a time, and say what the tables say."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel.ext.asyncio.session import AsyncSession

from src.schedules.constants import VersionState
from tests.factories.auth import admin_headers
from tests.factories.schedules_db import store_run, store_ward

ROOT = Path(__file__).resolve().parent.parent
LOCK_ID = 7_405_617_301


def config_for(url: str) -> Config:
    config = Config(ROOT / "alembic.ini")
    config.attributes["database_url"] = url
    return config


def plain(url: str) -> str:
    return sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def things(url: str) -> list[tuple[object, ...]]:
    """Everything in the schema `public` (2200) that a migration can make, with the names it has."""
    with psycopg.connect(plain(url)) as connection:
        return connection.execute(
            "SELECT kind, name FROM ("
            " SELECT 'relation' AS kind, relname::text AS name, relnamespace AS home FROM pg_class UNION ALL"
            " SELECT 'function', proname, pronamespace FROM pg_proc UNION ALL"
            " SELECT 'trigger', tgname, 2200 FROM pg_trigger WHERE NOT tgisinternal UNION ALL"
            " SELECT 'constraint', conname, connamespace FROM pg_constraint UNION ALL"
            " SELECT 'type', typname, typnamespace FROM pg_type WHERE typtype IN ('e', 'd')) AS found"
            " WHERE home = 2200 AND name NOT LIKE 'alembic_version%' ORDER BY 1, 2"
        ).fetchall()


def test_there_is_exactly_one_newest_migration() -> None:
    heads = ScriptDirectory.from_config(Config(ROOT / "alembic.ini")).get_heads()
    assert len(heads) == 1


def test_files_are_named_by_date_and_say_what_they_do() -> None:
    for path in (ROOT / "alembic" / "versions").glob("*.py"):
        year, month, rest = path.stem.split("-", 2)
        assert year.isdecimal()
        assert month.isdecimal()
        assert rest[:2].isdecimal()
        assert rest[2] == "_"
        assert len(rest) > 4


def test_the_folder_is_no_package_that_would_hide_the_tool() -> None:
    assert not (ROOT / "alembic" / "__init__.py").exists()


def test_up_down_and_up_again_leaves_no_difference(empty_database_url: str) -> None:
    config = config_for(empty_database_url)
    command.upgrade(config, "head")
    first = things(empty_database_url)
    command.downgrade(config, "base")
    assert things(empty_database_url) == []
    command.upgrade(config, "head")
    assert things(empty_database_url) == first
    assert first


def test_every_step_goes_down_and_up_by_itself(empty_database_url: str) -> None:
    config = config_for(empty_database_url)
    script = ScriptDirectory.from_config(config)
    for revision in reversed(list(script.walk_revisions())):
        command.upgrade(config, revision.revision)
        after = things(empty_database_url)
        command.downgrade(config, "-1")
        command.upgrade(config, revision.revision)
        assert things(empty_database_url) == after


async def test_a_database_full_of_data_goes_down_and_up(
    fresh_database_url: str, fresh_session_maker: async_sessionmaker[AsyncSession]
) -> None:
    """With users, a program, a published version and a run in it; what is published refuses all else."""
    async with fresh_session_maker() as session:
        await admin_headers(session)
        _, schedule, _ = await store_ward(session, state=VersionState.PUBLISHED)
        await store_run(session, schedule)
    config = config_for(fresh_database_url)
    await asyncio.to_thread(command.downgrade, config, "base")
    assert things(fresh_database_url) == []
    await asyncio.to_thread(command.upgrade, config, "head")
    await asyncio.to_thread(command.check, config)


def test_nothing_is_left_for_autogenerate_to_find(fresh_database_url: str) -> None:
    command.check(config_for(fresh_database_url))


def test_a_table_that_no_migration_makes_is_found(empty_database_url: str) -> None:
    with pytest.raises(CommandError):
        command.check(config_for(empty_database_url))


def test_a_second_upgrade_waits_for_the_first(empty_database_url: str) -> None:
    """Whoever holds the lock is let finish; the other then finds the work done."""
    with psycopg.connect(plain(empty_database_url), autocommit=True) as holder:
        holder.execute("SELECT pg_advisory_lock(%s)", (LOCK_ID,))
        waiting = threading.Thread(target=command.upgrade, args=(config_for(empty_database_url), "head"))
        waiting.start()
        deadline = time.monotonic() + 20
        while not blocked(holder) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert blocked(holder)
        assert things(empty_database_url) == []
    waiting.join(30)
    assert things(empty_database_url) != []


def test_the_script_for_applying_by_hand_has_the_same_limits(
    fresh_database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command.upgrade(config_for(fresh_database_url), "head", sql=True)
    script = capsys.readouterr().out
    assert "SET LOCAL lock_timeout = '5s'" in script
    assert "SET LOCAL statement_timeout = '300s'" in script
    assert f"pg_advisory_xact_lock({LOCK_ID})" in script


def blocked(connection: psycopg.Connection[tuple[object, ...]]) -> int:
    row = connection.execute(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    ).fetchone()
    assert row is not None
    return int(str(row[0]))


def test_two_upgrades_at_once_both_succeed(empty_database_url: str) -> None:
    code = (
        "import sys; from alembic import command; from alembic.config import Config;"
        "config = Config(sys.argv[1]); config.attributes['database_url'] = sys.argv[2];"
        "command.upgrade(config, 'head')"
    )
    running = [
        subprocess.Popen(  # noqa: S603  # this interpreter and code from above
            [sys.executable, "-c", code, str(ROOT / "alembic.ini"), empty_database_url], cwd=ROOT
        )
        for _ in range(2)
    ]
    assert [process.wait(60) for process in running] == [0, 0]
    command.check(config_for(empty_database_url))


def test_a_migration_gives_up_on_a_table_that_is_in_use(fresh_database_url: str) -> None:
    """A long query must not make every later one wait behind a migration."""
    with psycopg.connect(plain(fresh_database_url)) as user:
        user.execute("LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE")
        config = config_for(fresh_database_url)
        config.attributes["lock_timeout"] = "200ms"
        with pytest.raises(sa.exc.OperationalError, match="lock timeout"):
            command.downgrade(config, "base")
    assert things(fresh_database_url) != []
