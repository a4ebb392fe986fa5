"""What a row of the daily model is about, in words for a person, with its input row."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from src.interchange.model import Program
from src.solver.daily.cover import AT_MOST
from src.solver.daily.linear import Tag


def tag_words(program: Program, tag: Tag, on: date, until: date) -> str:
    """The row of a tag that reaches from one date to the other."""
    if tag.kind == "staffing":
        row = program.staffing[int(tag.subject)]
        if tag.detail == AT_MOST:
            what = f"{row.rotation} takes at most {row.max} at work in {row.session}"
            return f"{what} on {on} (staffing.csv:{row.row})"
        return f"{row.rotation} needs {row.min} at work in {row.session} on {on} (staffing.csv:{row.row})"
    if tag.kind == "call":
        call = program.call_by_id[tag.subject]
        if tag.detail == AT_MOST:
            return f"{call.id} takes at most {call.max} on {on} (calls.csv:{call.row})"
        return f"{call.id} needs {call.min} on {on} (calls.csv:{call.row})"
    if tag.kind == "pin":
        return f"{tag.subject} cannot take {tag.detail} on {on} (pins.csv)"
    if tag.kind == "clinic":
        return f"more residents have clinic than its room allows on {on}, {tag.subject} (clinics.csv)"
    return f"{tag.subject} cannot keep {rules_of([tag])} from {on} to {until}"


def rules_of(tags: Iterable[Tag]) -> str:
    """The names of the rules among the tags."""
    named = {"person": "one duty at a time", "days_off": "the most days off", "pin": "the pinned calls"}
    rules = dict.fromkeys(named.get(tag.kind, tag.kind) for tag in tags if tag.kind != "link")
    return ", ".join(rules) or "the rules"
