"""EM-60 and EM-72: weekly hours on rotations in an emergency department, averaged over the rotation.

EM-60 counts scheduled clinical time in the department and leaves out what overruns it; EM-72 counts all that
counts to the 80 hours. Windows are those by rotation, whatever the pack averages other rules over: a block
that mixes rotations would dilute the department's hours. So a window of fewer than 7 counted days is told for
information only, and no block stands in for it.
"""

from __future__ import annotations

from collections.abc import Iterator

from src.compliance.rules.averaged import hours_of_window
from src.compliance.rules.choices import Care
from src.compliance.rules.failure import Judged
from src.compliance.rules.model import Duty, Rule
from src.compliance.rules.timeline import MergedTime
from src.compliance.rules.view import PersonView
from src.compliance.rules.windows import AveragingWindow


def em_60(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Each window of an emergency rotation; a failure with too much scheduled time in the department."""
    windows = _emergency_windows(view)
    duties = view.scheduled_care(Care.EMERGENCY) if windows else []
    yield from _judged(view, rule, windows, duties, MergedTime(duties), "was scheduled in the ED for")


def em_72(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Each window of an emergency rotation; a failure with too many hours of any kind."""
    yield from _judged(view, rule, _emergency_windows(view), view.hours_duties, view.hours, "worked")


def _emergency_windows(view: PersonView) -> list[AveragingWindow]:
    return [
        window for window in view.rotation_windows if view.care_of_rotation(window.rotation) is Care.EMERGENCY
    ]


def _judged(
    view: PersonView,
    rule: Rule,
    windows: list[AveragingWindow],
    duties: list[Duty],
    worked: MergedTime,
    what: str,
) -> Iterator[Judged]:
    weekly = rule.known("weekly_minutes")
    if weekly is not None:
        for window in windows:
            yield hours_of_window(view, rule, window, worked, duties, weekly, what=what)
