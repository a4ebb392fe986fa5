"""Whom a rule may find something on: for each kind of rule that has a screen, one pass over all people.

A screen never misses: whoever the rule itself finds something on is among those it names. Most name nobody
else; each says in a line what it tests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from src.compliance.rules.columns import Integers
from src.compliance.rules.duty_types import MOONLIGHTING
from src.compliance.rules.model import Rule
from src.compliance.rules.registry import EXCEPTED_HOURS
from src.compliance.rules.screen_time import Flags, Line
from src.compliance.rules.screen_windows import LANE, Windows
from src.interchange.model import DutyType, RuleApprovalKind

type Screen = Callable[[Line, Rule], Flags]


def weekly_hours(line: Line, _rule: Rule) -> Flags:
    """A window holds more minutes than the weekly ones times its counted days."""

    def fails(windows: Windows) -> Flags:
        worked = line.hours.minutes_until(windows.end) - line.hours.minutes_until(windows.start)
        return 7 * worked > line.parameters.weekly_minutes * windows.counted

    return _people_of_windows(line, fails)


def rest_between(line: Line, _rule: Rule) -> Flags:
    """A period begins sooner after the one before than the least rest."""
    periods = line.rest_periods
    return _people(line, periods.person[periods.followed_within(line.parameters.min_rest_minutes)])


def rest_after_call(line: Line, _rule: Rule) -> Flags:
    """Work follows a long period with in-house call sooner than the rest after call."""
    periods = line.periods
    long = periods.end - periods.start >= line.parameters.rest_after_call_trigger_minutes
    soon = periods.followed_within(line.parameters.rest_after_call_minutes)
    return _people(line, periods.person[long & periods.has_in_house_call & soon])


def continuous_duty(line: Line, _rule: Rule) -> Flags:
    """A period is longer than 28 h, or holds other work than hand-over and education after hour 24."""
    periods, most = line.periods, line.parameters.continuous_minutes
    too_long = periods.end - periods.start > most + line.parameters.transition_minutes
    return _people(line, periods.person[too_long | (periods.care_end - periods.start > most)])


def free_days(line: Line, _rule: Rule) -> Flags:
    """A window holds fewer free days than its counted days ask for, rounded up."""
    parameters, every = line.parameters, line.parameters.free_period_every_days
    found = np.zeros(line.people, dtype=bool)
    for windows, pieces in zip(line.windows, line.free_pieces, strict=True):
        full_month = (
            (parameters.window_days < windows.days)
            & (windows.days <= parameters.longest_single_window_days)
            & (windows.counted == windows.days)
        )
        rounded_down = full_month | windows.stand_for_blocks
        needed = np.where(rounded_down, windows.counted // every, -(-windows.counted // every))
        found[windows.person[pieces.total(windows, pieces.days) < needed]] = True
    return found


def postcall_free_days(line: Line, _rule: Rule) -> Flags:
    """More free pieces of a window by rotation begin as a long call ends than are tolerated."""
    windows, pieces = line.windows[0], line.free_pieces[0]
    after_call = np.isin(pieces.start, line.long_call_ends).astype(np.int64)
    return _people(
        line, windows.person[pieces.total(windows, after_call) > line.parameters.max_postcall_free]
    )


def elected_extensions(line: Line, _rule: Rule) -> Flags:
    """Someone has elected to stay at all."""
    return _people(line, line.person[line.is_any((DutyType.RESIDENT_ELECTED_EXTENSION,))])


def moonlighting(line: Line, rule: Rule) -> Flags:
    """Someone moonlights at all: of a PGY that may not, or anybody where approvals are asked for."""
    asked = rule.choice("approval_is_asked") or any(
        approval.kind is RuleApprovalKind.MOONLIGHTING for approval in line.columns.frame.approvals
    )
    least = line.parameters.moonlighting_min_pgy
    may_not = np.array([p.pgy is not None and p.pgy < least for p in line.columns.profiles], dtype=bool)
    return (may_not | asked) & _people(line, line.person[line.is_any(MOONLIGHTING)])


def nights_in_row(line: Line, _rule: Rule) -> Flags:
    """More nights of night float begin on dates in a row than allowed."""
    nights, most = line.days_of(DutyType.NIGHT_FLOAT), line.parameters.max_nights_in_row
    late = nights[most:]
    return _people(line, late[late - nights[: len(late)] == most] // LANE)


def free_among_nights(line: Line, _rule: Rule) -> Flags:
    """Between two free gaps lie 7 dates on which none begins, and a night of night float in them."""
    nights, (starts, ends) = line.days_of(DutyType.NIGHT_FLOAT), line.free_gaps
    person, person_before = (starts[1:] + LANE // 2) // LANE, (ends[:-1] + LANE // 2) // LANE
    same = person == person_before
    person, next_start, gap_end = person[same], starts[1:][same], ends[:-1][same]
    first = _first_day_from(line, person, gap_end - line.parameters.free_period_minutes + 1)
    after = _first_day_from(line, person, next_start + 1) - 1
    night_between = np.searchsorted(nights, after) > np.searchsorted(nights, first)
    return _people(line, person[night_between & (after - first >= line.parameters.night_float_window_days)])


def call_frequency(line: Line, _rule: Rule) -> Flags:
    """A window holds more dates of in-house call than its counted days divided by three."""
    calls = line.days_of(DutyType.IN_HOUSE_CALL, line.parameters.call_date_cut_minutes)

    def fails(windows: Windows) -> Flags:
        first = windows.first_day + windows.person * LANE
        held = np.searchsorted(calls, first + windows.days) - np.searchsorted(calls, first)
        return line.parameters.call_every_days * held > windows.counted

    return _people_of_windows(line, fails)


SCREENS: Mapping[str, Screen] = MappingProxyType(
    {
        "weekly_hours": weekly_hours,
        EXCEPTED_HOURS: weekly_hours,  # an exception is never below the weekly hours
        "elected_extensions": elected_extensions,
        "rest_between": rest_between,
        "rest_after_call": rest_after_call,
        "free_days": free_days,
        "postcall_free_days": postcall_free_days,
        "continuous_duty": continuous_duty,
        "moonlighting": moonlighting,
        "nights_in_row": nights_in_row,
        "free_among_nights": free_among_nights,
        "call_frequency": call_frequency,
    }
)
"""The screens by kind of rule; a rule of another kind is judged for everyone."""


def _people_of_windows(line: Line, fails: Callable[[Windows], Flags]) -> Flags:
    """Whose windows fail, by rotation or of the blocks in place of small ones."""
    by_rotation, blocks = line.windows
    return _people(line, by_rotation.person[fails(by_rotation)]) | _people(line, blocks.person[fails(blocks)])


def _first_day_from(line: Line, person: Integers, minutes: Integers) -> Integers:
    """The first date, on the line, that begins at those minutes or later, the calendar's edges at most."""
    calendar = line.columns.frame.calendar
    index = np.searchsorted(line.columns.midnights, minutes - person * LANE, side="left")
    return np.minimum(index + calendar.first_day, calendar.last_day + 1) + person * LANE


def _people(line: Line, positions: Integers) -> Flags:
    found = np.zeros(line.people, dtype=bool)
    found[positions] = True
    return found
