"""The model of the days allows what the judge of the packs allows, and nothing else."""

from __future__ import annotations

import random
from datetime import date
from zlib import crc32

import pytest

from src.compliance.packs import known_packs
from src.interchange.model import RuleOverride
from tests.solver.daily.limit_programs import Compared, random_plan, random_program

QUIET = {"acgme-an", "acgme-dr", "acgme-fm", "acgme-gs", "acgme-ob", "acgme-pd", "acgme-psy"}
"""Packs that ship without a rule a plan can break."""
PROGRAMS, LIVES = 3, 4
ALWAYS = (date(2020, 1, 1), date(2030, 12, 31))

OTHERWISE: dict[str, list[tuple[str | None, str, int | bool]]] = {
    "months": [(None, "window_mode", 4), (None, "weekly_minutes", 2700)],
    "blocks": [(None, "window_mode", 3), (None, "free_period_every_days", 5)],
    "tails": [(None, "window_mode", 2), (None, "call_every_days", 5)],
    "dates": [(None, "free_basis", 2), (None, "leave_is_left_out", False)],
    "mornings": [(None, "window_edge_minutes", 420), (None, "weekly_minutes", 2700)],
}
"""The common requirements over other windows."""

SWITCHED: dict[str, list[tuple[str | None, str, int | bool]]] = {
    "acgme-em": [("EM-72", "enabled", True), ("EM-EQ", "enabled", True), ("EM-12", "most_minutes", 480)],
    "eu-wtd": [("EU-48", "reference_days", 60), ("EU-N8", "reference_days", 60), ("EU-35", "rests", 2)],
    "nz-rmo": [("NZ-4N", "enabled", True), ("NZ-16", "minutes", 1600), ("NZ-WE", "most", 3)],
    "uk-2019": [("UK-13", "minutes", 1600), ("UK-LONG", "most", 2), ("UK-WE", "one_in", 1)],
    "uk-2016": [("UK-48", "rolling", True), ("UK-48", "reference_days", 28), ("UK-46", "least_nights", 2)],
    "ca-qc": [("CA-QC", "minutes", 1600), ("CA-QC-DAY", "minutes", 900), ("CA-QC-WE", "least", 1)],
    "ca-on-paro": [("CA-ON-24-AN", "enabled", True), ("CA-ON-WE", "least", 1), ("CA-ON-IH", "every", 8)],
}
"""Rules that ship disabled, and numbers under which more lives are legal."""


def compare(pack: str, seed: int, *changes: tuple[str | None, str, int | bool]) -> tuple[int, int]:
    """Some lives of some programs: how many were allowed and how many not, model and judge agreeing."""
    dice = random.Random(seed)  # noqa: S311 - chance, not secrecy
    overrides = tuple(
        RuleOverride(pack, rule, name, value, "tried out", "DIO", *ALWAYS, row=row)
        for row, (rule, name, value) in enumerate(changes, start=2)
    )
    allowed = forbidden = 0
    for _ in range(PROGRAMS):
        program = random_program(dice, pack, rule_overrides=overrides)
        compared = Compared(program, random_plan(dice, program))
        for _ in range(LIVES if compared.is_possible else 0):
            life = compared.life(dice)
            is_allowed, broken = compared.is_allowed(life), compared.hard_rules(life)
            assert is_allowed is not bool(broken), broken or "forbidden, though the judge finds nothing"
            allowed, forbidden = allowed + is_allowed, forbidden + (not is_allowed)
    return allowed, forbidden


@pytest.mark.parametrize("pack", sorted(set(known_packs()) - QUIET))
def test_a_model_allows_what_the_judge_of_its_pack_allows(pack: str) -> None:
    compare(pack, crc32(pack.encode()))


@pytest.mark.parametrize("name", OTHERWISE)
def test_the_common_requirements_over_other_windows(name: str) -> None:
    compare("acgme-cpr-2023", crc32(name.encode()), *OTHERWISE[name])


@pytest.mark.parametrize("pack", SWITCHED)
def test_numbers_set_otherwise_and_rules_switched_on(pack: str) -> None:
    compare(pack, crc32(pack.encode()) + 1, *SWITCHED[pack])


def test_both_answers_are_met() -> None:
    """The comparison says something only where lives are forbidden and where they are allowed."""
    allowed, forbidden = zip(*(compare("nz-rmo", seed) for seed in range(3)), strict=True)
    assert sum(allowed) > 0
    assert sum(forbidden) > 0
