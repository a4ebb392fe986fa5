"""What is reported, how overlapping windows become one, and what the engine refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from src.compliance.packs import known_packs, load_pack
from src.compliance.rules import KINDS, Basis, Duty, PersonFacts, judge, judge_person
from src.compliance.rules.failure import Failure, merge_overlapping
from src.interchange.model import DutyType
from src.interchange.schedule import Severity
from tests.compliance.rules.building import CALL, NIGHT, Roster, long_rotation, pack, pack_with, totals


def failure(
    start: int, end: int, severity: Severity = Severity.SOFT, value: int = 1, label: str = "x"
) -> Failure:
    duty = Duty(start, end, DutyType.CLINICAL, f"{label}{start}")
    return Failure(severity, start, end, Decimal(value), Decimal(0), "h", (duty,), f"{label}{start}")


def test_a_legal_year_has_no_finding() -> None:
    roster = long_rotation(28).work([d for d in range(28) if d % 7 not in (3, 4)], "08:00", 9)
    assert roster.judge() == ()


def test_a_person_without_duty_has_no_finding() -> None:
    assert long_rotation(28).judge() == ()


def test_findings_come_in_the_order_of_the_packs_rules() -> None:
    roster = long_rotation(28).work(range(28), "06:00", 17)
    found = [rule for rule, _ in totals(roster.judge())]
    order = [rule.id for rule in pack().rules]
    assert found == sorted(found, key=order.index)
    assert set(found) >= {"US-80", "US-REST8", "US-FREE7"}


def test_a_rule_that_is_not_enabled_is_not_judged() -> None:
    rules = tuple(replace(rule, enabled=rule.id != "US-80") for rule in pack().rules)
    roster = long_rotation(28).work(range(28), "06:00", 17)
    assert "US-80" not in {f.rule for f in roster.judge(replace(pack(), rules=rules))}


def test_an_enabled_rule_the_engine_does_not_know_is_an_error() -> None:
    rules = (replace(pack().rules[0], kind="guess"),)
    with pytest.raises(KeyError, match="guess"):
        long_rotation(28).work(0, "06:00", 5).judge(replace(pack(), rules=rules))


def test_without_packs_nothing_is_judged() -> None:
    assert judge(long_rotation(28).work(range(28), "06:00", 17).facts(), []) == ()


def test_two_packs_are_judged_side_by_side_and_say_whose_finding_it_is() -> None:
    strict = replace(pack_with(weekly_minutes=60), id="strict")
    findings = long_rotation(28).work(range(7), "08:00", 10).found("US-80", pack(), strict)
    assert [finding.pack for finding in findings] == ["strict"]


def test_one_person_judged_alone_has_the_findings_of_the_year() -> None:
    facts = long_rotation(28).work(range(28), "06:00", 17).facts()
    assert judge_person(facts, facts.people[0], [pack()]) == judge(facts, [pack()])


def test_a_person_may_be_judged_with_a_change_that_the_facts_do_not_hold() -> None:
    roster = long_rotation(28).work(range(28), "06:00", 17)
    facts = roster.facts()
    assert judge_person(facts, replace(facts.people[0], duties=()), [pack()]) == ()


def test_judging_changes_nothing() -> None:
    facts = long_rotation(28).work(range(28), "06:00", 17).facts()
    before = repr(facts)
    assert judge(facts, [pack()]) == judge(facts, [pack()])
    assert repr(facts) == before


def test_the_basis_is_said() -> None:
    facts = replace(long_rotation(28).work(range(28), "06:00", 17).facts(), basis=Basis.LOG)
    assert {finding.basis for finding in judge(facts, [pack()])} == {Basis.LOG}


def test_every_kind_of_rule_is_in_use() -> None:
    used = {rule.kind for pack_id in known_packs() for rule in load_pack(pack_id).rules}
    assert used == set(KINDS)


class TestReportedOnlyInWhatIsChecked:
    """A finding is reported only if one of its entries starts in the checked blocks."""

    def roster(self, *checked: int) -> Roster:
        roster = Roster(blocks=(28, 28, 28), rotations=("A", "B", "C"), checked=checked)
        return roster.work(range(84), "06:00", 17)

    def windows(self, roster: Roster) -> list[date]:
        return [finding.window_start_at.date() for finding in roster.found("US-80")]

    def test_all_blocks(self) -> None:
        assert len(self.windows(self.roster())) == 3

    def test_one_block(self) -> None:
        assert self.windows(self.roster(2)) == [date(2026, 7, 29)]

    def test_blocks_apart(self) -> None:
        assert self.windows(self.roster(1, 3)) == [date(2026, 7, 1), date(2026, 8, 26)]

    def test_an_edge_finding_belongs_to_both_blocks(self) -> None:
        roster = Roster(blocks=(28, 28), rotations=("A", "B")).work(27, "15:00", 8).work(28, "06:00", 8)
        for checked in ((1,), (2,)):
            roster.checked = checked
            assert roster.severities("US-REST8") == ["soft"]

    def test_a_finding_of_the_next_block_alone_is_left_out(self) -> None:
        roster = (
            Roster(blocks=(28, 28), rotations=("A", "B"), checked=(1,))
            .work(28, "15:00", 8)
            .work(29, "06:00", 8)
        )
        assert roster.judge() == ()

    def test_a_window_that_straddles_blocks_is_judged_whole(self) -> None:
        """One rotation of two 14-day blocks: the window of 28 days holds the unchecked half as well."""
        roster = Roster(blocks=(14, 14), rotations=("A", "A"), checked=(1,)).work(range(14), "02:00", 22)
        assert roster.found("US-80") == []
        assert roster.work(range(14, 28), "02:00", 5).severities("US-80") == ["hard"]

    def test_an_entry_on_the_last_minute_of_the_year_is_in_it(self) -> None:
        roster = long_rotation(7, pgy=1).work(6, "23:59", 5, DutyType.MOONLIGHTING_EXTERNAL)
        assert roster.severities("US-MOON") == ["hard"]

    def test_an_entry_after_the_year_is_not_in_it(self) -> None:
        assert long_rotation(7, pgy=1).work(7, "00:00", 5, DutyType.MOONLIGHTING_EXTERNAL).judge() == ()


class TestMerging:
    """Overlapping failing windows of one person under one rule are one finding."""

    def test_windows_that_touch_stay_apart(self) -> None:
        assert len(merge_overlapping([failure(0, 10), failure(10, 20)])) == 2

    def test_windows_that_overlap_by_a_minute_are_one(self) -> None:
        [merged] = merge_overlapping([failure(0, 11), failure(10, 20)])
        assert (merged.start, merged.end) == (0, 20)

    def test_a_chain_is_one(self) -> None:
        assert len(merge_overlapping([failure(0, 11), failure(20, 30), failure(10, 21)])) == 1

    def test_a_long_window_swallows_later_short_ones(self) -> None:
        merged = merge_overlapping([failure(0, 100), failure(10, 20), failure(50, 60), failure(100, 110)])
        assert [(m.start, m.end) for m in merged] == [(0, 100), (100, 110)]

    def test_the_most_severe_speaks(self) -> None:
        [merged] = merge_overlapping([failure(0, 11, Severity.INFO, 9), failure(10, 20, Severity.HARD, 1)])
        assert (merged.severity, merged.value, merged.message) == (Severity.HARD, 1, "x10")

    def test_among_equals_the_farthest_from_its_limit_speaks(self) -> None:
        [merged] = merge_overlapping(
            [failure(0, 11, value=1), failure(10, 20, value=5), failure(12, 22, value=2)]
        )
        assert merged.value == 5

    def test_entries_are_those_of_all_each_once(self) -> None:
        [merged] = merge_overlapping([failure(0, 11), failure(10, 20), failure(0, 11)])
        assert [duty.label for duty in merged.duties] == ["x0", "x10"]

    def test_nothing_merges_to_nothing(self) -> None:
        assert merge_overlapping([]) == []


class TestFactsRefuseNonsense:
    """What no rule could judge is refused with the person and the entry named."""

    @pytest.mark.parametrize("end", [100, 99])
    def test_an_entry_that_does_not_end_after_its_start(self, end: int) -> None:
        with pytest.raises(ValueError, match=r"R001: night ends no later than it starts"):
            PersonFacts("R001", 1, (Duty(100, end, NIGHT, "night"),))

    def test_entries_out_of_order(self) -> None:
        with pytest.raises(ValueError, match=r"R001: early is out of order"):
            PersonFacts("R001", 1, (Duty(100, 200, NIGHT, "late"), Duty(50, 60, CALL, "early")))

    def test_entries_of_one_start_in_the_order_of_their_ends(self) -> None:
        with pytest.raises(ValueError, match=r"R001: b is out of order"):
            PersonFacts("R001", 1, (Duty(100, 200, NIGHT, "a"), Duty(100, 150, CALL, "b")))
