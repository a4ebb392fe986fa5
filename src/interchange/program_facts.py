"""Reads `program.toml`: what a program is called, where its clocks run, and how its year is cut."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType

from src.interchange import limits, values
from src.interchange.documents import Document
from src.interchange.issues import IssueCode
from src.interchange.model import FORMAT_VERSION
from src.quantities import count

REQUIRED_KEYS = ("format", "id", "name", "time_zone", "year_start_date", "blocks")
OPTIONAL_KEYS = ("specialty", "rule_packs", "holidays", "vacation_weeks", "max_on_vacation")


@dataclass(frozen=True, slots=True)
class ProgramFacts:
    """The values of `program.toml`; one that must be set is None after a fault, which the log then names."""

    id: str | None = None
    name: str | None = None
    time_zone: str | None = None
    year_start_date: date | None = None
    blocks: tuple[int, ...] | None = None
    specialty: str | None = None
    rule_packs: tuple[str, ...] = ()
    holidays: tuple[date, ...] = ()
    vacation_weeks: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))
    max_on_vacation: int | None = None

    @property
    def year_end_date(self) -> date | None:
        """The last local date of the year, where start and blocks are known."""
        if self.year_start_date is None or self.blocks is None:
            return None
        return self.year_start_date + timedelta(days=sum(self.blocks) - 1)


def read_program_facts(document: Document) -> ProgramFacts:
    """The facts of a program, with every fault of theirs in the document's log."""
    if not document.is_whole:
        return ProgramFacts()
    for key in REQUIRED_KEYS:
        if not document.has(key):
            document.reject(IssueCode.MISSING_VALUE, key, f"{key} must be set")
    _warn_of_unknown_keys(document)
    version = document.integer("format", 0, limits.MAX_COUNT)
    if version is not None and version != FORMAT_VERSION:
        message = f"format {version} is not known; this is format {FORMAT_VERSION}"
        document.reject(IssueCode.BAD_VALUE, "format", message)
    facts = ProgramFacts(
        id=_identifier(document, "id", document.text("id")),
        name=document.text("name"),
        time_zone=_time_zone(document),
        year_start_date=document.day("year_start_date"),
        blocks=_blocks(document),
        specialty=document.text("specialty"),
        rule_packs=_rule_packs(document),
        holidays=_holidays(document),
        vacation_weeks=_vacation_weeks(document),
        max_on_vacation=document.integer("max_on_vacation", 0, limits.MAX_COUNT),
    )
    _warn_of_holidays_outside(document, facts)
    return facts


def _warn_of_unknown_keys(document: Document) -> None:
    known = {*REQUIRED_KEYS, *OPTIONAL_KEYS}
    for key in document.entries:
        if key not in known and not key.startswith("vacation_weeks."):
            document.remark(IssueCode.UNKNOWN_KEY, key, f"the key {key} is unknown and is not read")


def _identifier(document: Document, key: str, text: str | None) -> str | None:
    if text is not None and not values.is_id(text):
        message = f"'{text[:60]}' is no id: at most {limits.MAX_ID_LENGTH} letters, digits, _ and -"
        document.reject(IssueCode.BAD_VALUE, key, message)
        return None
    return text


def _time_zone(document: Document) -> str | None:
    name = document.text("time_zone")
    if name is not None and not values.is_time_zone(name):
        message = f"'{name[:60]}' is no time zone of the IANA list, such as America/Chicago"
        document.reject(IssueCode.BAD_VALUE, "time_zone", message)
        return None
    return name


def _blocks(document: Document) -> tuple[int, ...] | None:
    if not document.has("blocks"):
        return None
    blocks = document.integers("blocks", 1, limits.MAX_BLOCK_DAYS)
    if blocks is None:
        return None
    if not blocks:
        message = "must be a list of the days of each block"
        document.reject(IssueCode.MISSING_VALUE, "blocks", message)
        return None
    if len(blocks) > limits.MAX_BLOCKS or sum(blocks) > limits.MAX_YEAR_DAYS:
        message = f"{count(len(blocks), 'block')} of {sum(blocks)} days in all, which is no year"
        document.reject(IssueCode.OUT_OF_RANGE, "blocks", message)
        return None
    return blocks


def _rule_packs(document: Document) -> tuple[str, ...]:
    packs = tuple(sorted(set(document.texts("rule_packs"))))
    seen: set[str] = set()
    for pack in packs:
        identifier = values.pack_id(pack)
        if not values.is_pack(pack):
            message = f"'{pack[:60]}' is no rule pack: its id, or its id and a version as id@version"
            document.reject(IssueCode.BAD_VALUE, "rule_packs", message)
        elif identifier in seen:
            message = f"the rule pack {identifier} is there in two versions"
            document.reject(IssueCode.DUPLICATE, "rule_packs", message)
        seen.add(identifier)
    return packs


def _vacation_weeks(document: Document) -> Mapping[int, int]:
    if document.has("vacation_weeks") and document.entries["vacation_weeks"].value != {}:
        message = "must be a table of PGY = weeks, such as { 1 = 3, 2 = 4 }"
        document.reject(IssueCode.BAD_VALUE, "vacation_weeks", message)
    found: dict[int, int] = {}
    for key, name in document.children("vacation_weeks"):
        pgy = values.parse_integer(name)
        weeks = document.integer(key, 0, limits.MAX_YEAR_DAYS // 7)
        if pgy is None or not 1 <= pgy <= limits.MAX_PGY:
            document.reject(IssueCode.BAD_VALUE, key, f"'{name}' is no PGY from 1 to {limits.MAX_PGY}")
        elif weeks is not None:
            found[pgy] = weeks
    return MappingProxyType(dict(sorted(found.items())))


def _holidays(document: Document) -> tuple[date, ...]:
    named = document.days("holidays")
    found = tuple(sorted(set(named)))
    if len(found) < len(named):
        document.remark(IssueCode.DUPLICATE, "holidays", "a date is there twice; it counts once")
    return found


def _warn_of_holidays_outside(document: Document, facts: ProgramFacts) -> None:
    first, last = facts.year_start_date, facts.year_end_date
    if first is None or last is None:
        return
    for day in facts.holidays:
        if not first <= day <= last:
            message = f"{day} lies outside the year, {first} to {last}, and has no effect"
            document.remark(IssueCode.NO_EFFECT, "holidays", message)
