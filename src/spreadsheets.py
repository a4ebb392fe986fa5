"""Texts in tables that people open in a spreadsheet, which takes some of them for formulas.

The program and schedule folders are not among them: their files are exact, and are read back by machines.
"""

from __future__ import annotations

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_MARK = "'"


def safe_text(text: str) -> str:
    """The text as no spreadsheet takes it for a formula: with an apostrophe before what would begin one."""
    return f"{_MARK}{text}" if text.startswith(_FORMULA) else text


def plain_text(text: str) -> str:
    """What `safe_text` was given; an apostrophe before anything else is a part of the text."""
    return text[1:] if text.startswith(_MARK) and text[1:].startswith(_FORMULA) else text
