"""Settings of schedules and runs."""

from __future__ import annotations

from functools import lru_cache

from pydantic import Field

from src.config import RoundsSettings
from src.cores import threads_by_default


class ScheduleSettings(RoundsSettings):
    """Limits of runs. Seconds throughout.

    A run whose worker died is taken up again when its lease has run out, its last message is
    `run_resend_after_seconds` old and a sweep has passed. While a run waits behind others its message is sent
    again that often; the surplus is claimed by nobody. The best schedule found so far is kept no more often
    than every `run_checkpoint_seconds`. A run asks up to `run_helpers` other workers to solve parts of it.
    """

    run_default_seconds: int = Field(default=300, ge=1)
    run_max_seconds: int = Field(default=3600, ge=1)
    run_lease_seconds: float = Field(default=8.0, gt=1)
    run_beat_seconds: float = Field(default=0.3, gt=0)
    run_checkpoint_seconds: float = Field(default=10.0, ge=0)
    run_resend_after_seconds: float = Field(default=10.0, gt=0)
    run_max_attempts: int = Field(default=3, ge=1)
    run_helpers: int = Field(default=3, ge=0, le=64)
    runs_per_program: int = Field(default=3, ge=1)
    sweep_seconds: float = Field(default=3.0, gt=0)
    solver_workers: int = Field(default_factory=threads_by_default, ge=1, le=64)
    solver_memory_mb: int = Field(default=3000, ge=256)


@lru_cache
def get_schedule_settings() -> ScheduleSettings:
    return ScheduleSettings()
