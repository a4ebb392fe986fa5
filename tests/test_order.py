"""The order in which files of tests are handed out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.order import LONGEST, longest_first

TESTS = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Item:
    """As much of a test as the order looks at."""

    path: Path
    name: str


def order(*items: Item) -> list[str]:
    given: Any = list(items)
    return [item.name for item in longest_first(given, TESTS)]


def test_long_files_come_first_then_those_of_many_tests() -> None:
    one, many, long = TESTS / "test_a.py", TESTS / "test_b.py", TESTS / LONGEST[1]
    assert order(Item(one, "a"), Item(many, "b1"), Item(many, "b2"), Item(long, "long")) == [
        "long",
        "b1",
        "b2",
        "a",
    ]


def test_the_tests_of_a_file_stay_together_and_in_their_order() -> None:
    a, b = TESTS / "test_a.py", TESTS / "test_b.py"
    assert order(Item(a, "a2"), Item(b, "b1"), Item(a, "a1"), Item(b, "b2")) == ["a2", "a1", "b1", "b2"]


def test_every_long_file_is_there_and_named_once() -> None:
    assert [name for name in LONGEST if not (TESTS / name).is_file()] == []
    assert len(set(LONGEST)) == len(LONGEST)
