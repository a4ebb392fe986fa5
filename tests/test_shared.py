"""Every test that reads the shared programs looks for them in one place, or it would be skipped unseen."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).resolve().parent
BESIDE_THE_CHECKOUT = TESTS.parent.parent
_UPWARDS = re.compile(r'\.parents\[(\d)\](\.parent)? / "shared"')


def test_the_shared_data_are_looked_for_beside_the_checkout() -> None:
    looked_for = {
        str(path.relative_to(TESTS)): path.parents[int(steps)].parent if more else path.parents[int(steps)]
        for path in TESTS.rglob("test_*.py")
        for steps, more in _UPWARDS.findall(path.read_text())
    }
    assert looked_for
    assert {name: place for name, place in looked_for.items() if place != BESIDE_THE_CHECKOUT} == {}
