"""What a spreadsheet would compute is marked, and comes back as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.spreadsheets import plain_text, safe_text


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_texts_that_spreadsheets_compute_are_marked(text: str) -> None:
    assert safe_text(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=b", "1-2", " =1", "Ωmega", "'", "'tis late"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert safe_text(text) == text
    assert plain_text(text) == text


@given(st.text(alphabet="=+-@'a \t", max_size=6).filter(lambda text: not text.startswith("'")))
def test_a_marked_text_comes_back(text: str) -> None:
    assert plain_text(safe_text(text)) == text
