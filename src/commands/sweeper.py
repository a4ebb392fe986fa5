"""`rounds sweeper`: looks at the rows and sends again what was lost. Several may run."""

from __future__ import annotations

import asyncio
import signal

from src.commands.system_errors import settings_or_fail
from src.config import Settings
from src.logs import configure_logging


def sweeper() -> None:
    """Send lost messages again and take up the runs of dead workers, until told to stop."""
    settings = settings_or_fail()
    configure_logging(settings.log_level)
    asyncio.run(_sweep(settings))


async def _sweep(settings: Settings) -> None:
    from src import registry  # noqa: F401  # every table, so that the ones that are swept can be joined
    from src.database import create_engine, create_session_maker
    from src.schedules.config import get_schedule_settings
    from src.schedules.sweeper import sweep_forever

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    engine = create_engine(settings, pool_size=1)
    try:
        await sweep_forever(create_session_maker(engine), get_schedule_settings(), stop)
    finally:
        await engine.dispose()
