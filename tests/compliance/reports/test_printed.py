"""Reports as PDF, read back: words of all scripts, numbered pages, the same bytes for the same report."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from pypdf import PdfReader

from src.compliance.reports import Report, ReportScope, build_report, printed
from src.compliance.reports.printed import MOST_OF_A_RULE, report_pdf
from tests.compliance.reports.world import given, waiver


def pages(content: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages]


@pytest.fixture(scope="module")
def report() -> Report:
    return build_report(given(waiver()))


@pytest.fixture(scope="module")
def text(report: Report) -> str:
    return " ".join(pages(report_pdf(report)))


def test_names_of_any_script_are_printed_as_they_are(text: str) -> None:
    assert "Zoë Łukasiewicz (R1)" in text
    assert "Иван <b>Петров</b>" in text
    assert "=HYPERLINK(1)" in text


def test_findings_overrides_approvals_and_waivers_are_there(text: str) -> None:
    assert "R1 worked 80.5 h a week on WARD" in text
    assert "min_rest_minutes = 600" in text
    assert "-union (GMEC)" in text
    assert "moonlighting R2" in text
    assert "a colleague fell ill (pd@x.org)" in text
    assert "1 hard finding (1 waived)" in text
    assert "All of it rests on the schedule as planned." in text


def test_what_there_is_none_of_is_said() -> None:
    bare = replace(build_report(given()), overrides=(), approvals=(), findings=(), closest_calls=())
    text = " ".join(pages(report_pdf(bare)))
    assert "No overrides, no approvals, no waivers." in text
    assert "Findings None." in text


def test_pages_are_numbered_to_the_last(report: Report) -> None:
    many = replace(report, findings=report.findings * 30)
    found = pages(report_pdf(many))
    assert len(found) > 2
    for number, page in enumerate(found, start=1):
        assert f"Page {number} of {len(found)}" in page


def test_the_same_report_gives_the_same_bytes(report: Report) -> None:
    assert report_pdf(report) == report_pdf(build_report(given(waiver())))


def test_its_metadata_name_the_report_and_no_time_of_printing(report: Report) -> None:
    metadata = PdfReader(io.BytesIO(report_pdf(report))).metadata
    assert metadata is not None
    assert metadata.title == f"Compliance report: {report.subject}"
    assert metadata.creation_date is not None
    assert metadata.creation_date.year == 2000


def test_long_lists_end_with_how_many_more_there_are(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printed, "MOST_ROWS", 20)
    some = replace(report, findings=(report.findings[0],) * 27)
    assert "and 7 more: the CSV of this report has them all" in " ".join(pages(report_pdf(some)))


def test_no_rule_fills_the_closest_calls_alone(report: Report) -> None:
    one = report.closest_calls[0]
    many = replace(report, findings=(), closest_calls=(one,) * 30)
    assert f"and {30 - MOST_OF_A_RULE} more" in " ".join(pages(report_pdf(many)))


def test_a_trend_is_drawn_where_there_is_more_than_one_block(report: Report) -> None:
    line = report.trend[0]
    two = replace(report, trend=(line, replace(line, key="2", mean_hours=None, most_hours=None)))
    text = " ".join(pages(report_pdf(two)))
    assert "Trend over academic blocks" in text
    assert "Block 2" in text
    assert "limit 80 h" in text
    assert "Trend" not in " ".join(pages(report_pdf(report)))


def test_a_residents_report_names_the_resident() -> None:
    own = build_report(given(), ReportScope.PERSON, person="R2")
    text = " ".join(pages(report_pdf(own)))
    assert "Resident compliance report Иван <b>Петров</b> (R2)" in text
    assert "R1" not in text
