"""Reports as CSV: one table that spreadsheets take for what it is."""

from __future__ import annotations

import csv
import io

import pytest

from src.compliance.reports import build_report
from src.compliance.reports.table import COLUMNS, report_csv
from tests.compliance.reports.world import given, waiver


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    text = "".join(report_csv(build_report(given(waiver()))))
    return list(csv.DictReader(io.StringIO(text, newline="")))


def of(rows: list[dict[str, str]], kind: str) -> list[dict[str, str]]:
    return [row for row in rows if row["row"] == kind]


def test_what_it_rests_on_comes_first_then_findings_then_every_number(rows: list[dict[str, str]]) -> None:
    kinds = list(dict.fromkeys(row["row"] for row in rows))
    assert kinds == [
        "report", "pack", "override", "approval", "waiver", "finding", "hours by block", "hours by rotation",
        "hours by person", "measure",
    ]  # fmt: skip
    report = build_report(given(waiver()))
    assert len(of(rows, "measure")) == len(report.measures)
    assert len(of(rows, "finding")) == len(report.findings)


def test_a_finding_has_its_basis_its_words_and_its_waiver(rows: list[dict[str, str]]) -> None:
    hours = next(row for row in of(rows, "finding") if row["rule"] == "US-80")
    assert (hours["basis"], hours["severity"], hours["name"]) == ("schedule", "hard", "Zoë Łukasiewicz")
    assert "R1 worked 80.5 h a week on WARD" in hours["text"]
    assert hours["text"].endswith("Waived: a colleague fell ill")


def test_a_name_or_reason_that_looks_like_a_formula_is_text(rows: list[dict[str, str]]) -> None:
    assert {row["name"] for row in rows if row["person"] == "R3"} >= {"'=HYPERLINK(1)"}
    assert not any(
        cell.startswith(("=", "+", "-", "@"))
        for row in rows
        for column, cell in row.items()
        if column == "name"
    )


def test_a_margin_below_zero_stays_a_number(rows: list[dict[str, str]]) -> None:
    hours = next(row for row in of(rows, "measure") if row["rule"] == "US-80" and row["person"] == "R1")
    assert float(hours["margin"]) < 0


def test_columns_are_those_told() -> None:
    header = next(iter(report_csv(build_report(given())))).splitlines()[0]
    assert header == ",".join(COLUMNS)
