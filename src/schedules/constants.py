"""The words of schedules and runs."""

from __future__ import annotations

from enum import StrEnum


class VersionState(StrEnum):
    """draft → published → superseded; published and superseded content never changes."""

    DRAFT = "draft"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


class RunKind(StrEnum):
    GENERATE = "generate"
    REPAIR = "repair"


class RunState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    INFEASIBLE = "infeasible"
    FAILED = "failed"
    CANCELLED = "cancelled"


ACTIVE_RUN_STATES = frozenset({RunState.QUEUED, RunState.RUNNING})
FINAL_RUN_STATES = frozenset(RunState) - ACTIVE_RUN_STATES

RUN_TASK = "rounds.run"
"""The name under which the worker knows the job; the API never imports the worker."""

PART_TASK = "rounds.part"
"""The name under which workers know a part of another worker's run."""
