"""The staff rostering instances: what is read, what is refused with its line, and how a roster is judged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.curtois_qu.adapter import to_problem, to_roster
from benchmarks.curtois_qu.checker import check
from benchmarks.curtois_qu.reader import InstanceError, parse, read
from benchmarks.curtois_qu.run import keep, kept_runs, main, missing, solve_one, table
from src.solver.roster.problem import price_of

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "benchmarks" / "curtois-qu"

TEXT = """SECTION_HORIZON
# days
7

SECTION_SHIFTS
E,480,
L,600,E

SECTION_STAFF
A,E=7|L=2,3360,960,3,2,2,1
B,E=7|L=7,3360,0,5,1,1,0

SECTION_DAYS_OFF
A,0

SECTION_SHIFT_ON_REQUESTS
A,2,L,3

SECTION_SHIFT_OFF_REQUESTS
B,0,E,4

SECTION_COVER
0,E,1,100,1
2,L,2,50,2
2,E,0,50,2
"""
GOOD: dict[str, list[str | None]] = {
    "A": [None, "E", "L", "L", None, None, None],
    "B": ["E", "E", None, "L", None, None, None],
}


def test_every_section_is_read() -> None:
    """Numbers, maxima, days off and requests land where they belong."""
    instance = parse(TEXT)
    assert instance.horizon == 7
    assert [(shift.id, shift.minutes, shift.not_next) for shift in instance.shifts] == [
        ("E", 480, ()),
        ("L", 600, ("E",)),
    ]
    first = instance.staff[0]
    assert first.max_shifts == {"E": 7, "L": 2}
    assert (first.max_minutes, first.min_minutes, first.max_consecutive) == (3360, 960, 3)
    assert (first.min_consecutive, first.min_days_off, first.max_weekends, first.days_off) == (2, 2, 1, (0,))
    assert [wish.weight for wish in instance.on_requests + instance.off_requests] == [3, 4]
    assert len(instance.cover) == 3


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("SECTION_HORIZON\n", "5\nSECTION_HORIZON\n", "line 1: text before the first section"),
        ("# days\n7\n", "# days\nseven\n", "line 3: the horizon is 'seven'"),
        ("# days\n7\n", "# days\n0\n", "line 3: the horizon has no day"),
        ("# days\n7\n", "# days\n7\n8\n", "line 4: SECTION_HORIZON holds one number"),
        ("# days\n7\n", "# days\n", "holds one number, not 0 lines"),
        ("SECTION_SHIFTS", "SECTION_DUTIES", "line 5: unknown section SECTION_DUTIES"),
        ("SECTION_COVER", "SECTION_SHIFTS", "line 22: SECTION_SHIFTS is there twice"),
        ("E,480,", "E,480", "line 6: 2 fields where 3"),
        ("E,480,", "E,0,", "line 6: a shift needs an id and a length"),
        ("E,480,", "L,480,", "line 7: L is there twice"),
        ("L,600,E", "L,600,X", "line 7: unknown shift 'X'"),
        ("L,600,E", "L,-600,E", "line 7: the length is negative"),
        ("3360,960,3,2,2,1", "3360,960,3,2,2", "line 10: 7 fields where 8"),
        ("3360,960,3,2,2,1", "3360,9x,3,2,2,1", "line 10: MinTotalMinutes is '9x'"),
        ("3360,960,3,2,2,1", "900,960,3,2,2,1", "line 10: a maximum is below its minimum"),
        ("3360,960,3,2,2,1", "3360,960,3,0,2,1", "line 10: a shortest run is below one day"),
        ("A,E=7|L=2", "A,E=7|L", "line 10: 'L' is not shift=maximum"),
        ("A,E=7|L=2", "A,E=7|E=2", "line 10: two maxima for E"),
        ("A,E=7|L=2", "A,E=7", "line 10: no maximum for L"),
        ("B,E=7|L=7", "A,E=7|L=7", "line 11: A is there twice"),
        ("A,0\n", "C,0\n", "line 14: unknown employee 'C'"),
        ("A,0\n", "A\n", "line 14: A has no day"),
        ("A,0\n", "A,0\nA,1\n", "line 15: days off of A are there twice"),
        ("A,0\n", "A,7\n", "line 14: day 7 lies outside the horizon of 7 days"),
        ("A,2,L,3", "A,2,L", "line 17: 3 fields where 4"),
        ("A,2,L,3", "Z,2,L,3", "line 17: unknown employee 'Z'"),
        ("B,0,E,4", "B,0,X,4", "line 20: unknown shift 'X'"),
        ("B,0,E,4", "B,0,E,four", "line 20: the weight is 'four'"),
        ("2,L,2,50,2", "9,L,2,50,2", "line 24: day 9 lies outside"),
        ("2,L,2,50,2", "2,L,2,50", "line 24: 4 fields where 5"),
        ("2,L,2,50,2", "0,E,2,50,2", "line 24: 0,E is there twice"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(old: str, new: str, message: str) -> None:
    """Nothing malformed is skipped or guessed."""
    assert old in TEXT
    with pytest.raises(InstanceError) as caught:
        parse(TEXT.replace(old, new, 1))
    assert message in str(caught.value)


def test_a_missing_section_is_named() -> None:
    """The end of the file is too early to know the cover."""
    with pytest.raises(InstanceError, match="ends without SECTION_COVER"):
        parse(TEXT[: TEXT.index("SECTION_COVER")])


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 are no instance."""
    path = tmp_path / "Instance1.txt"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InstanceError, match="not UTF-8"):
        read(path)


def test_a_legal_roster_has_only_its_penalty() -> None:
    """E on day 0 against B's wish (4), one L too few on day 2 (50); the other wish is kept."""
    verdict = check(parse(TEXT), GOOD)
    assert verdict.broken == ()
    assert verdict.penalty == 54


@pytest.mark.parametrize(
    ("employee", "days", "what"),
    [
        ("A", ["E", "E", "E", None, None, None, None], "A: works on day off 0"),
        ("A", [None, "L", "E", None, None, None, None], "A: E after L on day 2"),
        ("A", [None, "L", "L", "L", None, None, None], "A: 3 × L, at most 2"),
        ("A", [None, "E", None, None, None, None, None], "A: only 1 shifts in a row from day 1"),
        ("A", [None, "E", "E", None, "E", "E", None], "A: only 1 days off in a row from day 3"),
        ("A", [None, "E", "E", "E", "E", None, None], "A: 4 shifts in a row from day 1"),
        ("A", [None, None, None, None, None, None, "E"], "A: 480 minutes outside 960–3360"),
        ("B", ["E", "E", None, None, None, None, "E"], "B: 1 weekends, at most 0"),
        ("B", ["E", "E"], "B: 2 days instead of 7"),
        ("B", ["E", "N", None, None, None, None, None], "B: unknown shift N"),
        ("C", [None] * 7, "C: not in both roster and staff"),
    ],
)
def test_each_broken_rule_is_named(employee: str, days: list[str | None], what: str) -> None:
    """One change to a legal roster, one sentence."""
    assert what in check(parse(TEXT), {**GOOD, employee: days}).broken


def test_runs_at_the_edges_need_not_reach_their_minimum() -> None:
    """A single shift on the last day and a single day off on the first are legal."""
    instance = parse(TEXT)
    edges: list[str | None] = [None, "E", "E", None, None, None, "E"]
    assert check(instance, {**GOOD, "A": edges}).broken == ()


def test_too_many_cost_their_weight() -> None:
    """Two E too many on day 2 (2 each), two L missing (50 each), the wish of A (3), that of B (4)."""
    roster = {
        **GOOD,
        "A": [None, "E", "E", "E", None, None, None],
        "B": ["E", "E", "E", None, None, None, None],
    }
    assert check(parse(TEXT), roster).penalty == 4 + 100 + 3 + 4


def test_engine_and_checker_agree_on_the_price() -> None:
    """The same roster costs the same in both."""
    instance = parse(TEXT)
    marks = {None: 0, "E": 1, "L": 2}
    rows = [tuple(marks[day] for day in GOOD[name]) for name in ("A", "B")]
    assert price_of(to_problem(instance), rows) == check(instance, GOOD).penalty
    assert to_roster(instance, rows) == GOOD


@pytest.mark.shared_data
def test_a_whole_run_is_legal_and_proved() -> None:
    """The first instance, from file to row of the table."""
    if not SHARED.exists():
        pytest.skip("the shared instances are not beside the checkout")
    run = solve_one(SHARED, 3, 60)
    assert run["check"] == "legal"
    assert run["bound"] <= run["price"]
    assert run["status"] == "optimal"
    assert "| 1001 | ≤ 1006 met | 1001 | 0.00 % | 1001 | 0.00 % |" in table([run], {3: 1001})


def test_a_run_without_a_roster_is_a_row_too() -> None:
    """Nothing found is told as such."""
    run = {
        "instance": 5, "size": "28 × 16 × 2", "limit": 60, "price": None, "bound": None, "found": [],
        "seconds": 60.0, "memory_mb": 10, "load": 1.0, "check": "no roster",
    }  # fmt: skip
    assert "| – | ≤ 1148 not met | – | – | 1143 | – | – | – |" in table([run], {5: 1143})


def made(instance: int, limit: float, commit: str, price: int = 10) -> dict[str, Any]:
    return {
        "instance": instance, "size": "7 × 2 × 2", "limit": limit, "price": price, "bound": 9, "seconds": 1.0,
        "found": [[0.5, price]], "memory_mb": 10, "load": 1.0, "check": "legal", "commit": commit,
    }  # fmt: skip


def test_a_row_is_missing_where_it_was_made_by_another_engine_or_in_another_time() -> None:
    """Commit, instance and limit must all be those asked for."""
    runs = [made(1, 60, "now"), made(2, 60, "then"), made(3, 600, "now")]
    assert missing([(1, 60), (2, 60), (3, 60), (3, 600)], runs, "now") == [(2, 60), (3, 60)]


def test_a_run_again_replaces_its_row_and_no_other(tmp_path: Path) -> None:
    """Rows and table are written again; each row tells its commit."""
    (tmp_path / "best_known.csv").write_text("instance,best_known\n1,9\n2,9\n", encoding="utf-8")
    for run in (made(1, 60, "then"), made(2, 60, "then"), made(1, 60, "now", 9)):
        keep(tmp_path, run, tmp_path)
    assert [(run["instance"], run["commit"]) for run in kept_runs(tmp_path)] == [(1, "now"), (2, "then")]
    page = (tmp_path / "curtois_qu.md").read_text(encoding="utf-8")
    assert page.count("| legal |") == 2
    assert "| now |" in page


def test_large_instances_are_held_to_their_own_targets() -> None:
    """A target missed is told as such; where none was set there is a dash."""
    page = table([made(19, 600, "now", 3300), made(13, 60, "now", 3300)], {})
    assert "| 3300 | ≤ 3220 not met |" in page
    assert "| 3300 | – |" in page


@pytest.mark.parametrize("argument", ["x", "1:soon", "1:0", "1:-5", "1:inf", "1:nan"])
def test_what_is_no_run_is_refused(argument: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The argument is named."""
    with pytest.raises(SystemExit):
        main(["folder", argument])
    assert argument in capsys.readouterr().err
