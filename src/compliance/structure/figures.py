"""A few figures that say at a glance what a schedule is like.

- `intervals`: rows of `assignments.csv`.
- `days_off_given`: local dates of one person whose sessions may be off, and are.
- `hours_per_week_mean`: hours that count to the 80 (duty-hour-rules.md, D2 column A) in all averaging windows
  of at least seven counted days, divided by the counted days of those windows, times seven. Windows are cut
  by rotation (D3); excluded days count on neither side (D4); last year's duty that reaches into the first
  day counts, hours past the year's last day do not.
- `hours_per_week_max_window`: the same for the one window where it is most.
- `hours_in_one_week_max`: the most such hours of one person on the dates of one week, Monday to Sunday.
- `day_off_requests_granted_percent`: of the `day_off` requests; 100 where there are none.
- `vacation_first_choice_granted_percent`: of the `vacation` requests of rank 1; 100 where there are none.

Hours are rounded to two decimals and percentages to one, halves away from zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from src.compliance.structure.clock import seconds_of
from src.compliance.structure.ground import Ground
from src.compliance.structure.wishes import Wishes
from src.compliance.structure.work import PersonWork
from src.interchange.model import DutyType, Request, RequestKind

HOURS = frozenset(
    {
        DutyType.CLINICAL,
        DutyType.EDUCATION,
        DutyType.ADMIN,
        DutyType.IN_HOUSE_CALL,
        DutyType.NIGHT_FLOAT,
        DutyType.TRANSITION,
        DutyType.HOME_CALL_ONSITE,
        DutyType.HOME_CALL_REMOTE_CARE,
        DutyType.CLINICAL_WORK_FROM_HOME,
        DutyType.MOONLIGHTING_INTERNAL,
        DutyType.MOONLIGHTING_EXTERNAL,
        DutyType.RESIDENT_ELECTED_EXTENSION,
    }
)
"""Column A of D2: what counts to the 80 hours."""

LONGEST_SINGLE_WINDOW, WINDOW, WEEK = 31, 28, 7


@dataclass(frozen=True, slots=True)
class Load:
    """What a window of one person holds: seconds of work on so many counted days."""

    seconds: float
    days: int


@dataclass(frozen=True, slots=True)
class PersonLoads:
    """The load of each averaging window of one resident, and of the busiest week, in seconds."""

    windows: tuple[Load, ...]
    busiest_week: float


NONE_KNOWN: Mapping[str, PersonLoads] = {}


def loads_of(ground: Ground, known: Mapping[str, PersonLoads] = NONE_KNOWN) -> Mapping[str, PersonLoads]:
    """How much each resident works; `known` holds it already for some, whose rows are the same."""
    return {
        person: known[person] if person in known else _loads_of(ground, person) for person in ground.residents
    }


def _loads_of(ground: Ground, person: str) -> PersonLoads:
    seconds = _seconds_by_date(ground, person)
    return PersonLoads(tuple(_window_loads(ground, person, seconds)), _busiest_week(seconds))


def figures(
    ground: Ground,
    work: Mapping[str, PersonWork],
    touched: Mapping[str, frozenset[date]],
    loads: Mapping[str, PersonLoads],
) -> dict[str, int | Decimal]:
    """The figures of a schedule by name, in a fixed order."""
    wishes = Wishes(ground, touched)
    busiest_week = max((own.busiest_week for own in loads.values()), default=0.0)
    enough = [load for own in loads.values() for load in own.windows if load.days >= WEEK]
    return {
        "intervals": len(ground.schedule.assignments),
        "days_off_given": sum(len(person_work.days_off) for person_work in work.values()),
        "hours_per_week_mean": _weekly_hours(
            sum(load.seconds for load in enough), sum(load.days for load in enough)
        ),
        "hours_per_week_max_window": max(
            (_weekly_hours(load.seconds, load.days) for load in enough), default=_hours(0)
        ),
        "hours_in_one_week_max": _hours(busiest_week),
        "day_off_requests_granted_percent": _percent(
            wishes, [r for r in ground.program.requests if r.kind is RequestKind.DAY_OFF]
        ),
        "vacation_first_choice_granted_percent": _percent(
            wishes, [r for r in ground.program.requests if r.kind is RequestKind.VACATION and r.rank == 1]
        ),
    }


def _seconds_by_date(ground: Ground, person: str) -> Mapping[date, float]:
    """The work of each local date of the year: overlapping intervals once, cut at local midnight."""
    found: dict[date, float] = defaultdict(float)
    clock = ground.clock
    for start, end in _union(_duty(ground, person)):
        day, last = clock.date_of(start), clock.last_date(end)
        if day == last:
            found[day] += end - start
            continue
        day, last = max(day, ground.program.year_start_date), min(last, ground.program.year_end_date)
        while day <= last:
            found[day] += min(end, clock.midnight(day + timedelta(days=1))) - max(start, clock.midnight(day))
            day += timedelta(days=1)
    return {day: seconds for day, seconds in found.items() if day in ground.block_of}


def _duty(ground: Ground, person: str) -> list[tuple[float, float]]:
    now = [(start, end) for row, start, end in ground.entries_of[person] if row.duty_type in HOURS]
    before = [
        (seconds_of(interval.start_at), seconds_of(interval.end_at))
        for interval in ground.history_of.get(person, ())
        if interval.duty_type in HOURS
    ]
    return sorted(span for span in (*before, *now) if span[0] < span[1])


def _union(spans: Iterable[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """Spans in order of their start, as the spans they cover together."""
    current: tuple[float, float] | None = None
    for start, end in spans:
        if current is not None and start < current[1]:
            current = (current[0], max(current[1], end))
            continue
        if current is not None:
            yield current
        current = (start, end)
    if current is not None:
        yield current


def _window_loads(ground: Ground, person: str, seconds: Mapping[date, float]) -> Iterator[Load]:
    """The load of each averaging window; a date of leave without work is not counted."""
    away = ground.away[person]
    for window in _windows(ground, person):
        counted = [day for day in window if day not in away or seconds.get(day)]
        yield Load(sum(seconds.get(day, 0.0) for day in counted), len(counted))


def _windows(ground: Ground, person: str) -> Iterator[list[date]]:
    """Runs of dates on one rotation; one longer than 31 days in windows of 28.

    What then remains is a window of its own, or, below seven days, joined to the last one.
    """
    for run in _runs(ground, person):
        if len(run) <= LONGEST_SINGLE_WINDOW:
            yield run
            continue
        cuts = list(range(0, len(run), WINDOW))
        if len(run) - cuts[-1] < WEEK:
            cuts.pop()
        for start, end in zip(cuts, [*cuts[1:], len(run)], strict=True):
            yield run[start:end]


def _runs(ground: Ground, person: str) -> Iterator[list[date]]:
    run: list[date] = []
    before: str | None = None
    for block in ground.program.academic_blocks:
        rotation = ground.rotation_in(person, block.number)
        name = None if rotation is None else rotation.id
        if run and name != before:
            yield run
            run = []
        run += block.dates
        before = name
    if run:
        yield run


def _busiest_week(seconds: Mapping[date, float]) -> float:
    weeks: dict[date, float] = defaultdict(float)
    for day, worked in seconds.items():
        weeks[day - timedelta(days=day.weekday())] += worked
    return max(weeks.values(), default=0.0)


def _hours(seconds: float) -> Decimal:
    return (Decimal(seconds) / 3600).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _weekly_hours(seconds: float, days: int) -> Decimal:
    if days == 0:
        return _hours(0)
    return (Decimal(seconds) * WEEK / days / 3600).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _percent(wishes: Wishes, requests: list[Request]) -> Decimal:
    if not requests:
        return Decimal("100.0")
    granted = sum(wishes.is_granted(request) for request in requests)
    return (Decimal(100 * granted) / len(requests)).quantize(Decimal("0.1"), ROUND_HALF_UP)
