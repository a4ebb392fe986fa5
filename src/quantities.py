"""Numbers of things in sentences for people."""

from __future__ import annotations

from decimal import Decimal


def count(number: int | Decimal, noun: str, plural: str | None = None) -> str:
    """A number with its noun: "1 day", "3 days"; `plural` where it is more than an "s" behind the noun."""
    return f"{number} {noun if number == 1 else plural or f'{noun}s'}"
