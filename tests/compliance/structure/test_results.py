"""Item 6: what a schedule says of itself is what an independent computation gives."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from src.compliance.structure import Item
from src.interchange.model import Program, Request, RequestKind, Tier
from src.interchange.schedule import (
    DeniedRow,
    FindingRow,
    ResultFile,
    Schedule,
    Scope,
    Severity,
    SolveStatus,
    TierScore,
)
from tests.compliance.structure.world import assert_names, broken, day, desk, legal, messages, small_program

START = datetime(2026, 7, 6, 5, tzinfo=UTC)
FOUND = FindingRow(
    "US-FREE7",
    Severity.SOFT,
    "A",
    START,
    START + timedelta(days=28),
    "3.0",
    "4",
    "CPR 6.21.b",
    "one two",
    row=2,
)
OTHER = replace(FOUND, person="B", row=3)


class TestFindings:
    def names(self, *rows: FindingRow, computed: tuple[FindingRow, ...] = (FOUND, OTHER)) -> list[str]:
        plan = replace(legal(), findings=rows)
        return [
            f"{int(one.item)} {one.file}:{one.row} {one.message}"
            for one in broken(small_program(), plan, tuple(replace(row, row=0) for row in computed))
        ]

    def test_the_same_findings_in_any_order_are_right(self) -> None:
        assert self.names(OTHER, FOUND) == []
        assert self.names(computed=()) == []

    def test_an_absent_file_says_nothing(self) -> None:
        assert broken(small_program(), legal(), (FOUND,)) == ()

    def test_a_dropped_row_is_named_by_rule_and_person(self) -> None:
        assert_names(
            self.names(FOUND), "6 findings.csv:None US-FREE7 soft B from 2026-07-06T05:00+00:00: has no row"
        )

    def test_a_doubled_or_invented_row_is_named(self) -> None:
        assert_names(self.names(FOUND, OTHER, replace(FOUND, row=4)), "6 findings.csv:4")
        assert_names(self.names(FOUND, OTHER, replace(FOUND, rule="US-80", row=4)), "no rule finds this")

    @pytest.mark.parametrize(
        "change",
        [
            {"rule": "US-80"},
            {"severity": Severity.HARD},
            {"person": "nobody"},
            {"window_start_at": START + timedelta(minutes=1)},
            {"window_end_at": START},
        ],
    )
    def test_a_changed_place_makes_another_finding(self, change: dict[str, object]) -> None:
        assert_names(self.names(replace(FOUND, **change), OTHER), "has no row", "6 findings.csv:2")

    @pytest.mark.parametrize("column", ["clause", "entries"])
    def test_another_maker_words_clause_and_entries_as_it_likes(self, column: str) -> None:
        assert self.names(replace(FOUND, **{column: "CPR 6.2x"}), OTHER) == []

    @pytest.mark.parametrize("column", ["value", "limit"])
    def test_a_changed_number_is_named(self, column: str) -> None:
        assert_names(self.names(replace(FOUND, **{column: "99"}), OTHER), f"{column} is '99', not ")

    def test_the_same_number_or_instant_written_otherwise_is_the_same(self) -> None:
        shifted = replace(FOUND, value="3", limit="4.00", window_start_at=START.astimezone())

        assert self.names(shifted, OTHER) == []


SCORED = small_program(
    objective=(
        Tier((("whole_weekends", Decimal(2)),)),
        Tier((("rotation_request", Decimal(1)),)),
    ),
    requests=(Request("A", RequestKind.ROTATION, rotation="DESK", block=1, weight=3),),
)
RIGHT = ResultFile(
    SolveStatus.FEASIBLE,
    Scope.BOTH,
    (1, 2),
    tiers=(TierScore(1, Decimal(8), Decimal(9)), TierScore(2, Decimal("3.0"), None)),
    score_terms={"whole_weekends": Decimal(4), "rotation_request": Decimal(3)},
)


class TestResult:
    def names(self, program: Program = SCORED, **changes: object) -> list[str]:
        return messages(program, replace(legal(), result=replace(RIGHT, **changes)))

    def test_what_is_so_is_right(self) -> None:
        assert self.names() == []

    @pytest.mark.parametrize(
        ("terms", "words"),
        [
            ({"whole_weekends": 4}, "score_terms has no rotation_request; it is 3"),
            ({"whole_weekends": 5, "rotation_request": 3}, "score_terms.whole_weekends is 5, not 4"),
            (
                {"whole_weekends": 4, "rotation_request": Decimal("3.001")},
                "score_terms.rotation_request is 3.001, not 3",
            ),
            ({"whole_weekends": 4, "rotation_request": 3, "fame": 1}, "score_terms.fame is no term"),
        ],
    )
    def test_a_wrong_missing_or_unknown_term_is_named(self, terms: dict[str, Decimal], words: str) -> None:
        told = {term: Decimal(value) for term, value in terms.items()}

        assert_names(self.names(score_terms=told), f"6 result.json:None {words}")

    def test_a_result_that_tells_no_score_tells_no_wrong_one(self) -> None:
        """A maker may write `result.json` for its scope and blocks alone."""
        assert self.names(score_terms={}, tiers=()) == []

    @pytest.mark.parametrize(
        ("tiers", "words"),
        [
            ([(1, 8, 9), (2, 4, None)], ["the objective of tier 2 is 4, not 3"]),
            ([(1, 8, 7), (2, 3, None)], ["the bound of tier 1, 7, is below its objective, 8"]),
            ([(1, 8, 9)], ["tier 2 is missing"]),
            ([(1, 8, 9), (2, 3, 3), (3, 0, 0)], ["the objective has no tier 3"]),
            ([(1, 8, 9), (1, 8, 9), (2, 3, 3)], ["tier 1 is told 2 times"]),
            ([(0, 8, 9), (1, 3, 3)], ["has no tier 0", "tier 1 is 3, not 8", "tier 2 is missing"]),
        ],
    )
    def test_tiers_that_are_not_so_are_named(
        self, tiers: list[tuple[int, int, int | None]], words: list[str]
    ) -> None:
        told = tuple(
            TierScore(tier, Decimal(objective), None if bound is None else Decimal(bound))
            for tier, objective, bound in tiers
        )

        assert_names(self.names(tiers=told), *words)

    def test_optimal_means_that_every_tier_is_proved(self) -> None:
        proved = (TierScore(1, Decimal(8), Decimal(8)), TierScore(2, Decimal(3), Decimal(3)))

        assert self.names(status=SolveStatus.OPTIMAL, tiers=proved) == []
        assert_names(
            self.names(status=SolveStatus.OPTIMAL),
            "status is optimal, but the bound of tier 1 is 9",
            "status is optimal, but the bound of tier 2 is none",
        )

    @pytest.mark.parametrize("status", [SolveStatus.INFEASIBLE, SolveStatus.UNKNOWN])
    def test_a_status_that_leaves_no_schedule_is_named(self, status: SolveStatus) -> None:
        assert_names(
            self.names(status=status), f"6 result.json:None status is {status}, which leaves no schedule"
        )

    def test_result_json_alone_is_nothing_that_holds(self) -> None:
        alone = Schedule(result=replace(RIGHT, status=SolveStatus.INFEASIBLE, tiers=(), score_terms={}))

        assert_names(messages(SCORED, alone), "status is infeasible, which leaves no schedule")

    @pytest.mark.parametrize(
        ("gap", "is_right"), [(None, True), ("0.125", True), ("0.1251", True), ("0.2", False), ("0", False)]
    )
    def test_the_gap_is_that_of_a_tier(self, gap: str | None, *, is_right: bool) -> None:
        lines = self.names(gap=None if gap is None else Decimal(gap))

        assert_names(lines, *([] if is_right else [f"gap is {gap}, which is that of no tier"]))

    def test_blocks_the_year_does_not_have_are_named(self) -> None:
        assert_names(self.names(blocks=(1, 2, 3)), "blocks that the year does not have: 3")


def wish(kind: RequestKind, on: int, rank: int | None = None) -> Request:
    return Request("A", kind, rank, day(on), row=on)


class TestDenied:
    GRANTED = wish(RequestKind.DAY_OFF, 5)
    DENIED = wish(RequestKind.DAY_OFF, 0)
    WEEK = wish(RequestKind.VACATION, 7, 1)
    ROTATION = Request("A", RequestKind.ROTATION, rotation="DESK", block=1, weight=-1, row=9)
    PROGRAM = small_program(requests=(GRANTED, DENIED, WEEK, ROTATION))
    ROWS = (
        DeniedRow("A", RequestKind.DAY_OFF, None, day(0), "at the desk", "AM", row=2),
        DeniedRow("A", RequestKind.VACATION, 1, day(7), "no week due", "", row=3),
        DeniedRow("A", RequestKind.ROTATION, None, None, "nobody else", "", row=4),
    )

    def names(self, *rows: DeniedRow, program: Program = PROGRAM) -> list[str]:
        return messages(program, replace(legal(), denied=rows))

    def test_every_request_not_granted_is_listed(self) -> None:
        assert self.names(*self.ROWS) == []

    def test_an_absent_file_says_nothing(self) -> None:
        assert broken(self.PROGRAM, legal()) == ()

    @pytest.mark.parametrize(
        ("left_out", "words"), [(0, "day_off 2026-07-06"), (1, "vacation"), (2, "DESK in block 1")]
    )
    def test_a_dropped_row_is_named(self, left_out: int, words: str) -> None:
        rows = [row for number, row in enumerate(self.ROWS) if number != left_out]

        lines = self.names(*rows)

        assert_names(lines, words)
        assert "not granted" in lines[0]

    def test_a_doubled_row_is_named(self) -> None:
        assert_names(self.names(*self.ROWS, replace(self.ROWS[0], row=5)), "6 denied.csv:5")

    def test_a_granted_request_is_not_denied(self) -> None:
        granted = DeniedRow("A", RequestKind.DAY_OFF, None, day(5), "?", "", row=5)

        assert_names(
            self.names(*self.ROWS, granted), "6 denied.csv:5 A day_off 2026-07-11: the request is granted"
        )

    @pytest.mark.parametrize(
        "change", [{"person": "B"}, {"kind": RequestKind.CALL}, {"rank": 7}, {"start_date": day(1)}]
    )
    def test_a_row_for_no_request_is_named(self, change: dict[str, object]) -> None:
        lines = self.names(replace(self.ROWS[0], **change), *self.ROWS[1:])

        assert_names(lines, "not granted (requests.csv row 0) and not listed", "6 denied.csv:2")
        assert "there is no such request" in lines[1]

    def test_a_denial_without_a_reason_is_named(self) -> None:
        assert_names(self.names(replace(self.ROWS[0], reason=" "), *self.ROWS[1:]), "gives no reason")


class TestScope:
    """A check judges only what `result.json` says was solved."""

    YEAR = replace(RIGHT, scope=Scope.YEAR, tiers=(), score_terms={})
    FIRST_BLOCK = replace(RIGHT, blocks=(1,), tiers=(), score_terms={})

    def test_a_year_plan_needs_no_days(self) -> None:
        plan = replace(legal(), assignments=(), result=self.YEAR)

        assert broken(small_program(), plan) == ()

    def test_a_year_plan_is_scored_by_the_terms_it_decides(self) -> None:
        result = replace(
            self.YEAR,
            score_terms={"rotation_request": Decimal(3)},
            tiers=(TierScore(1, Decimal(0), None), TierScore(2, Decimal(3), Decimal(3))),
        )

        assert messages(SCORED, replace(legal(), assignments=(), result=result)) == []

    def test_a_year_plan_that_breaks_the_year_is_named(self) -> None:
        plan = replace(legal(), assignments=(), year=legal().year[1:], result=self.YEAR)

        assert_names(messages(small_program(), plan), "1 year.csv:None A block 1: no rotation")

    def test_days_of_blocks_that_were_not_solved_are_not_judged(self) -> None:
        half = tuple(row for row in legal().assignments if row.date < day(7))
        plan = replace(legal(), assignments=half, year=legal().year, result=self.FIRST_BLOCK)

        assert broken(small_program(), plan) == ()
        assert {one.item for one in broken(small_program(), replace(plan, assignments=half[1:]))} == {
            Item.WORK
        }

    def test_years_of_blocks_that_were_not_solved_are_not_judged(self) -> None:
        half = tuple(row for row in legal().assignments if row.date < day(7))
        first = tuple(row for row in legal().year if row.block == 1)

        assert (
            broken(small_program(), replace(legal(), assignments=half, year=first, result=self.FIRST_BLOCK))
            == ()
        )

    def test_a_daily_run_judges_both_layers(self) -> None:
        plan = replace(legal(), result=replace(self.FIRST_BLOCK, scope=Scope.DAILY, blocks=(1, 2)))

        assert broken(small_program(), plan) == ()
        assert broken(small_program(), replace(plan, assignments=plan.assignments[1:])) != ()
        assert broken(small_program(), replace(plan, year=plan.year[1:])) != ()

    def test_no_blocks_named_means_the_whole_year(self) -> None:
        plan = replace(legal(), assignments=(), result=replace(self.FIRST_BLOCK, blocks=()))

        assert len(broken(small_program(), plan)) == 20 + 4

    def test_rows_outside_the_year_are_judged_whatever_was_solved(self) -> None:
        rows = (*(row for row in legal().assignments if row.date < day(7)), *desk("A", 99))

        assert_names(
            messages(small_program(), replace(legal(), assignments=rows, result=self.FIRST_BLOCK)),
            "the date is not in the year",
        )
