"""What the engine is asked: a frozen problem, and how long and how openly it may work on it.

Minutes are whole minutes of elapsed time. Nothing here performs I/O or reads a clock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from src.interchange.model import Program
from src.interchange.schedule import Schedule, Scope
from src.solver.limit_rows import ADVISED_KINDS, COMMON_KINDS, LimitRow
from src.solver.parts.part import Elsewhere


@dataclass(frozen=True, slots=True)
class Limits:
    """The duty-hour limits the engine must keep, as data of the program's rule packs.

    Hard: `weekly_minutes` (averaged per window), `rest_after_call_minutes` after a period of at least
    `rest_after_call_trigger_minutes` with in-house call, `continuous_minutes` of clinical work plus
    `transition_minutes`, one free period of `free_period_minutes` per seven days on average, calls at most
    every `call_every_days`-th night on average. Soft (advisories): `min_rest_minutes`, `max_nights_in_row`,
    `max_postcall_free` per window.

    `keeps` and `advises` name the kinds of these that hold at all; `rows` are the hard rules of other packs.
    `common` are the rules that the numbers of `keeps` come from, to name them by.
    """

    weekly_minutes: int = 80 * 60
    window_days: int = 28
    longest_single_window_days: int = 31
    min_window_days: int = 7
    merge_gap_minutes: int = 30
    rest_after_call_trigger_minutes: int = 24 * 60
    rest_after_call_minutes: int = 14 * 60
    continuous_minutes: int = 24 * 60
    transition_minutes: int = 4 * 60
    free_period_minutes: int = 24 * 60
    call_every_days: int = 3
    call_date_cut_minutes: int = 6 * 60
    min_rest_minutes: int = 8 * 60
    max_nights_in_row: int = 6
    max_postcall_free: int = 1
    keeps: frozenset[str] = COMMON_KINDS
    advises: frozenset[str] = ADVISED_KINDS
    rows: tuple[LimitRow, ...] = ()
    common: tuple[LimitRow, ...] = field(default=(), compare=False, repr=False)


ScheduleSink = Callable[[Schedule], None]
"""Called from the run's thread; must be quick and must not raise."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A question for the engine.

    `blocks` are the academic blocks to solve (empty = all). `year_plan` fixes `year` and `vacations` (needed
    when `scope` is daily). `base` is an existing schedule: what it holds outside `blocks` stays and is
    carried over; inside it serves as a warm start. `start` is a schedule to start from as far as it fits
    (yesterday's, an imported one, what a failed run left); it binds nothing. `known` is a schedule that was
    judged legal, which the answer is never worse than. `kept` is handed every whole
    schedule as it is found, so that somebody can take it up where the run was killed. `elsewhere` are others
    who may solve parts of the run. `allow_unmet` lets demand stay open at its weight in the objective.
    `deterministic_limit` (CP-SAT's deterministic seconds, with one worker) makes equal seeds give equal
    results whatever the machine's load; otherwise `time_limit_seconds` of the injected clock rules.
    """

    program: Program
    limits: Limits = field(default_factory=Limits)
    scope: Scope = Scope.BOTH
    blocks: tuple[int, ...] = ()
    year_plan: Schedule | None = None
    base: Schedule | None = None
    start: Schedule | None = None
    known: Schedule | None = None
    kept: ScheduleSink | None = None
    allow_unmet: bool = False
    seed: int = 1
    workers: int = 4
    time_limit_seconds: float = 600.0
    deterministic_limit: float | None = None
    memory_limit_mb: int = 3000
    elsewhere: Elsewhere | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of a run, as shown to those who wait for it.

    `phase` is a word for a person ("year plan", "days and calls 3/13"), `fraction` in 0…1. `score`, `bound`
    and `gap` speak of the tier `tier` of layer `layer`; None = not known yet.
    """

    seconds: float
    phase: str
    fraction: float
    layer: str | None = None
    tier: int | None = None
    score: float | None = None
    bound: float | None = None
    gap: float | None = None


ProgressSink = Callable[[Progress], None]
"""Called from any solver thread; must be quick and must not raise."""
