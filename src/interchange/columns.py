"""Which files the format knows and which columns each has, in the order an export writes them.

A column may be left out only where each of its cells may be empty and an empty cell changes nothing; a list
(weekdays, PGYs, rotations, blocks) must be there, since leaving it out would silently mean "all".
"""

from __future__ import annotations

from dataclasses import dataclass

from src.interchange import limits


@dataclass(frozen=True, slots=True)
class TableFormat:
    """One CSV file or sheet: its name without suffix, its columns, and those that may be left out.

    `cell_limit` is the longest text of a cell, in characters; lists may be longer.
    """

    name: str
    columns: tuple[str, ...]
    optional: frozenset[str] = frozenset()
    cell_limit: int = limits.MAX_CELL_LENGTH

    @property
    def file(self) -> str:
        return f"{self.name}.csv"

    def limit_of(self, column: str) -> int:
        """The longest text a cell of that column may hold, in characters."""
        return max(self.cell_limit, limits.MAX_LIST_LENGTH) if column in _LISTS else self.cell_limit


_LISTS = frozenset({"weekdays", "pgys", "blocks", "rotations", "value"})


def _table(
    name: str, columns: str, optional: str = "", cell_limit: int = limits.MAX_CELL_LENGTH
) -> TableFormat:
    return TableFormat(name, tuple(columns.split()), frozenset(optional.split()), cell_limit)


PEOPLE = _table(
    "people", "id name kind pgy track email start_date end_date", "track email start_date end_date"
)
ROTATIONS = _table(
    "rotations",
    "id name setting site vacation_weeks_max clinic max_consecutive group max_days_off",
    "site vacation_weeks_max clinic max_consecutive group max_days_off",
)
TEMPLATES = _table(
    "templates",
    "rotation weekdays session start hours duty_type may_be_off holidays",
    "may_be_off holidays",
)
STAFFING = _table("staffing", "rotation weekdays session pgys min max")
COVERAGE = _table("coverage", "rotation pgys blocks min max")
REQUIREMENTS = _table(
    "requirements",
    "pgys track rotation min_blocks max_blocks first_block last_block",
    "track first_block last_block",
)
SUCCESSIONS = _table("successions", "from to pgys")
CALLS = _table(
    "calls",
    "id name duty_type weekdays holidays start hours handover_hours min max pgys rotations points post_call",
    "handover_hours points",
)
CLINICS = _table("clinics", "person weekday session start hours max_at_once", "max_at_once")
REQUESTS = _table(
    "requests",
    "person kind rank start_date end_date rotation block weight",
    "rank start_date end_date rotation block weight",
)
ABSENCES = _table("absences", "person kind start_date end_date status")
PINS = _table("pins", "person block rotation date call", "block rotation date call")
HISTORY = _table("history", "person start_at end_at duty_type")
HISTORY_COUNTS = _table("history_counts", "person kind count")
RULE_OVERRIDES = _table(
    "rule_overrides", "pack rule parameter value reason approved_by start_date end_date", "rule"
)
RULE_APPROVALS = _table(
    "rule_approvals",
    "kind person rotation weekly_hours reason approved_by start_date end_date",
    "person rotation weekly_hours",
)

PROGRAM_TABLES = (
    PEOPLE,
    ROTATIONS,
    TEMPLATES,
    STAFFING,
    COVERAGE,
    REQUIREMENTS,
    SUCCESSIONS,
    CALLS,
    CLINICS,
    REQUESTS,
    ABSENCES,
    PINS,
    HISTORY,
    HISTORY_COUNTS,
    RULE_OVERRIDES,
    RULE_APPROVALS,
)
TABLES_WHERE_THERE_ARE_ROWS = frozenset({RULE_OVERRIDES.name, RULE_APPROVALS.name})
"""Tables that came later: an export has them only where they say something, so that a folder without such
rows is what it always was."""

PROGRAM_DOCUMENT = "program"
OBJECTIVE_DOCUMENT = "objective"
PROGRAM_DOCUMENTS = (PROGRAM_DOCUMENT, OBJECTIVE_DOCUMENT)
REQUIRED_PROGRAM_PARTS = (PROGRAM_DOCUMENT, PEOPLE.name, ROTATIONS.name, TEMPLATES.name)
KEY_VALUE = _table("key_value", "key value")
"""A TOML file as a sheet."""

YEAR = _table("year", "person block rotation")
VACATIONS = _table("vacations", "person week_start_date request_rank", "request_rank")
ASSIGNMENTS = _table("assignments", "person date session kind id start_at end_at duty_type")
UNMET = _table("unmet", "what id date_or_block session pgys needed got")
DENIED = _table(
    "denied",
    "person kind rank start_date reason blocking",
    "rank start_date",
    cell_limit=limits.MAX_EVIDENCE_LENGTH,
)
FINDINGS = _table(
    "findings",
    "rule severity person window_start_at window_end_at value limit clause entries",
    cell_limit=limits.MAX_EVIDENCE_LENGTH,
)

SCHEDULE_TABLES = (YEAR, VACATIONS, ASSIGNMENTS, UNMET, DENIED, FINDINGS)
REQUIRED_SCHEDULE_TABLES = (YEAR, VACATIONS, ASSIGNMENTS)
RESULT_FILE = "result.json"
CERTIFICATE_FILE = "certificate.json"
