"""`program.toml` and `objective.toml` as they are written, and their entries as a sheet has them."""

from __future__ import annotations

from collections.abc import Iterator

from src.interchange import texts
from src.interchange.model import FORMAT_VERSION, Program, Tier
from src.interchange.objective_tiers import TERMS, VACATION_RANK


def program_toml(program: Program) -> str:
    """The text of `program.toml`; keys without a value are left out."""
    lines = [
        f"format = {FORMAT_VERSION}",
        f"id = {texts.toml_string(program.id)}",
        f"name = {texts.toml_string(program.name)}",
    ]
    if program.specialty is not None:
        lines.append(f"specialty = {texts.toml_string(program.specialty)}")
    lines += [
        f"time_zone = {texts.toml_string(program.time_zone)}",
        f"year_start_date = {program.year_start_date}",
        f"blocks = [{', '.join(map(str, program.blocks))}]",
        f"rule_packs = [{', '.join(map(texts.toml_string, program.rule_packs))}]",
        f"holidays = [{', '.join(map(str, program.holidays))}]",
    ]
    weeks = ", ".join(f"{pgy} = {count}" for pgy, count in sorted(program.vacation_weeks.items()))
    lines.append(f"vacation_weeks = {{ {weeks} }}" if weeks else "vacation_weeks = {}")
    if program.max_on_vacation is not None:
        lines.append(f"max_on_vacation = {program.max_on_vacation}")
    return "\n".join(lines) + "\n"


def program_entries(program: Program) -> Iterator[tuple[str, str]]:
    """The keys and values of the sheet `program`."""
    yield "format", str(FORMAT_VERSION)
    yield "id", program.id
    yield "name", program.name
    yield "specialty", texts.text(program.specialty)
    yield "time_zone", program.time_zone
    yield "year_start_date", str(program.year_start_date)
    yield "blocks", texts.listing(program.blocks)
    yield "rule_packs", texts.listing(program.rule_packs)
    yield "holidays", texts.listing(program.holidays)
    for pgy, count in sorted(program.vacation_weeks.items()):
        yield f"vacation_weeks.{pgy}", str(count)
    yield "max_on_vacation", texts.text(program.max_on_vacation)


def objective_toml(program: Program) -> str:
    """The text of `objective.toml`; empty where there is no tier."""
    return "\n".join("\n".join(["[[tier]]", *_tier_lines(tier), ""]) for tier in program.objective)


def objective_entries(program: Program) -> Iterator[tuple[str, str]]:
    """The keys and values of the sheet `objective`; a tier without terms keeps its number."""
    for index, tier in enumerate(program.objective, start=1):
        terms = dict(_terms(tier))
        if not terms:
            yield f"tier.{index}", ""
        for term, numbers in terms.items():
            yield f"tier.{index}.{term}", texts.listing(numbers)


def _tier_lines(tier: Tier) -> Iterator[str]:
    for term, numbers in _terms(tier):
        yield f"{term} = [{', '.join(numbers)}]" if term == VACATION_RANK else f"{term} = {numbers[0]}"


def _terms(tier: Tier) -> Iterator[tuple[str, list[str]]]:
    """The terms of a tier in the format's order, each with its numbers as text."""
    for term in TERMS:
        weight = tier.weight(term)
        if term == VACATION_RANK and tier.vacation_rank:
            yield term, [texts.number(points) for points in tier.vacation_rank]
        elif weight is not None:
            yield term, [texts.number(weight)]
