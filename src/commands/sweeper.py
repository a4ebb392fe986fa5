"""`rounds sweeper`: sends again what was lost, forgets what is old. Several may run."""

from __future__ import annotations

import asyncio
import signal

import structlog

from src.commands.system_errors import setting_errors, settings_or_fail
from src.config import Settings
from src.database import SessionMaker, create_engine, create_session_maker, transaction
from src.logs import configure_logging

_TIDY_SECONDS = 3600.0

_log = structlog.get_logger(__name__)


def sweeper() -> None:
    """Send lost messages again and take up the runs of dead workers, until told to stop."""
    settings = settings_or_fail()
    configure_logging(settings.log_level)
    asyncio.run(_sweep(settings))


async def _sweep(settings: Settings) -> None:
    from src import registry  # noqa: F401  # every table, so that the ones that are swept can be joined
    from src.schedules.config import get_schedule_settings
    from src.schedules.sweeper import sweep_forever

    with setting_errors():
        schedule_settings = get_schedule_settings()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    engine = create_engine(settings, pool_size=1)
    maker = create_session_maker(engine)
    try:
        await asyncio.gather(sweep_forever(maker, schedule_settings, stop), tidy_forever(maker, stop))
    finally:
        await engine.dispose()


async def tidy_forever(maker: SessionMaker, stop: asyncio.Event) -> None:
    """Forget what is old once an hour; a database that is away is waited for."""
    from src.auth.housekeeping import tidy

    while not stop.is_set():
        try:
            async with transaction(maker) as session:
                sign_ins, answers = await tidy(session)
            _log.info("old_rows_forgotten", sign_ins=sign_ins, answers=answers)
        except Exception:  # noqa: BLE001  # drivers raise their own kinds; the next pass tries again
            _log.warning("tidying_failed", exc_info=True)
        try:
            await asyncio.wait_for(stop.wait(), timeout=_TIDY_SECONDS)
        except TimeoutError:
            continue
