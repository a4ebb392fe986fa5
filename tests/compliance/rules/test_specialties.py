"""Internal and family medicine, and the night float of the other Review Committees."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from src.compliance.packs import known_packs, load_pack, packs_of
from src.compliance.packs.chosen import OverrideInvalidError
from src.compliance.rules import Care, Finding
from src.interchange.model import Program, RuleOverride
from tests.compliance.rules.building import CALL, NIGHT, Roster, long_rotation, pack_of

IM, FM = load_pack("acgme-im"), load_pack("acgme-fm")
CARE = {"NF": Care.NIGHT_FLOAT, "NF2": Care.NIGHT_FLOAT, "ICU": Care.CRITICAL, "clinic": Care.CLINIC}

SPECIALTIES = [
    "acgme-em",
    "acgme-im",
    "acgme-fm",
    "acgme-gs",
    "acgme-pd",
    "acgme-ob",
    "acgme-psy",
    "acgme-an",
    "acgme-dr",
]


def test_of_the_specialties_only_what_is_sure_enough_is_on() -> None:
    """The rest ships switched off, each with the reason."""
    rules = [rule for pack_id in SPECIALTIES for rule in load_pack(pack_id).rules]
    assert {rule.id for rule in rules if rule.enabled} == {
        "EM-60",
        "EM-12",
        "IM-NOAVG",
        "IM-RATIO",
        "FM-RATIO",
    }
    assert all(rule.disabled_because for rule in rules if not rule.enabled)
    assert all(not rule.enabled for rule in rules if rule.sureness == "GK?")
    assert set(SPECIALTIES) < set(known_packs())


class TestCallEveryThirdNight:
    """IM-NOAVG: not averaged."""

    def test_calls_on_days_1_4_and_7_pass(self) -> None:
        assert long_rotation(28).work((1, 4, 7), "19:00", 12, CALL).found("IM-NOAVG", IM) == []

    def test_calls_on_days_1_3_and_7_fail(self) -> None:
        [finding] = long_rotation(28).work((1, 3, 7), "19:00", 12, CALL).found("IM-NOAVG", IM)
        assert (finding.severity.value, finding.value, finding.limit) == ("hard", 2, 3)
        assert finding.remedy == "Take the call of 4 Jul no earlier than 5 Jul."
        assert len(finding.entries) == 2

    def test_rotations_do_not_matter(self) -> None:
        roster = Roster(blocks=(14, 14), rotations=("A", "B")).work((13, 15), "19:00", 12, CALL)
        assert roster.severities("IM-NOAVG", IM) == ["hard"]

    def test_a_call_before_the_year_counts(self) -> None:
        assert long_rotation(28).work((-1, 1), "19:00", 12, CALL).severities("IM-NOAVG", IM) == ["hard"]

    def test_the_halves_of_a_night_are_one_call(self) -> None:
        roster = long_rotation(28).work(1, "19:00", 6, CALL).work(2, "02:00", 5, CALL)
        assert roster.found("IM-NOAVG", IM) == []

    def test_night_float_is_no_call(self) -> None:
        assert long_rotation(28).work(range(5), "19:00", 12, NIGHT).found("IM-NOAVG", IM) == []


def nights(*blocks: tuple[int, str]) -> Roster:
    """Rotations by length, with a night on each date of night float."""
    roster = Roster(blocks=[days for days, _ in blocks], rotations=[name for _, name in blocks], care=CARE)
    day = 0
    for days, name in blocks:
        roster.work(range(day, day + days) if CARE.get(name) is Care.NIGHT_FLOAT else (), "20:00", 10, NIGHT)
        day += days
    return roster


class TestNightFloatService:
    """One schema for all: what is null is not checked."""

    def im(self, roster: Roster) -> list[Finding]:
        return roster.found("IM-NF", pack_of("acgme-im", "IM-NF"))

    def test_28_days_twice_with_7_elsewhere_between_pass(self) -> None:
        assert self.im(nights((28, "NF"), (7, "WARD"), (28, "NF"))) == []

    def test_two_adjacent_blocks_of_28_days_fail(self) -> None:
        [finding] = self.im(nights((28, "NF"), (28, "NF2")))
        assert (finding.value, finding.limit) == (56, 31)

    def test_more_than_62_days_a_year_fail(self) -> None:
        [finding] = self.im(nights((28, "NF"), (7, "WARD"), (28, "NF"), (7, "WARD"), (28, "NF")))
        assert (finding.value, finding.limit, finding.unit) == (84, 62, "days of night float in the year")

    def test_it_is_off_until_somebody_switches_it_on(self) -> None:
        assert nights((28, "NF"), (28, "NF")).found("IM-NF", IM) == []

    @pytest.mark.parametrize(
        ("pack_id", "rule", "kept", "broken"),
        [
            ("acgme-gs", "GS-NF", ((56, "NF"),), ((63, "NF"),)),
            ("acgme-gs", "GS-NF", ((28, "NF"), (62, "W"), (28, "NF")), ((28, "NF"), (61, "W"), (28, "NF"))),
            ("acgme-pd", "PD-NF", ((7, "NF"), (7, "W"), (7, "NF")), ((8, "NF"),)),
            ("acgme-ob", "OB-NF", ((62, "NF"),), ((63, "NF"),)),
            ("acgme-psy", "PSY-NF", ((28, "NF"), (1, "W"), (28, "NF")), ((29, "NF"),)),
        ],
    )
    def test_what_each_committee_allows(
        self,
        pack_id: str,
        rule: str,
        kept: tuple[tuple[int, str], ...],
        broken: tuple[tuple[int, str], ...],
    ) -> None:
        on = pack_of(pack_id, rule)
        assert nights(*kept).found(rule, on) == []
        assert len(nights(*broken).found(rule, on)) == 1
        assert nights(*broken).found(rule, load_pack(pack_id)) == []

    def test_pediatrics_advises(self) -> None:
        assert nights((8, "NF")).severities("PD-NF", pack_of("acgme-pd", "PD-NF")) == ["soft"]

    @pytest.mark.parametrize("pack_id", ["acgme-an", "acgme-dr"])
    def test_where_no_number_was_found_nothing_is_checked(self, pack_id: str) -> None:
        [rule] = load_pack(pack_id).rules
        assert {parameter.value for parameter in rule.parameters.values()} == {None}
        assert nights((180, "NF")).found(rule.id, pack_of(pack_id, rule.id)) == []

    def test_nights_in_a_row_may_be_limited(self) -> None:
        on = pack_of("acgme-an", "AN-NF", max_consec_nights=6)
        assert [f.value for f in nights((8, "NF")).found("AN-NF", on)] == [8]


def program(*overrides: RuleOverride, pack: str = "acgme-an") -> Program:
    first = date(2026, 7, 1)
    return Program("P", "P", "UTC", first, (28,), rule_packs=(pack,), rule_overrides=overrides)


def override(parameter: str, value: int | bool, rule: str = "AN-NF", pack: str = "acgme-an") -> RuleOverride:
    return RuleOverride(
        pack, rule, parameter, value, "Read", "PD", date(2026, 1, 1), date(2027, 12, 31), row=3
    )


def test_a_program_that_knows_a_number_sets_it_and_switches_the_rule_on_in_any_order() -> None:
    packs = packs_of(program(override("enabled", True), override("max_consec_nights", 5)))
    on = [pack for pack in packs if pack.rules[0].enabled]
    assert [pack.rules[0].known("max_consec_nights") for pack in on] == [5]


def test_a_rule_without_any_number_cannot_be_switched_on() -> None:
    with pytest.raises(OverrideInvalidError, match=r"row 3: rule AN-NF cannot be enabled while its"):
        packs_of(program(override("enabled", True)))


class TestCriticalCareAndClinic:
    """IM-ICU, IM-CLIN, FM-40, FM-1000, FM-GAP: all off until read; they work once switched on."""

    def test_critical_care_of_186_days_passes_and_more_fails(self) -> None:
        on = pack_of("acgme-im", "IM-ICU")
        assert (
            Roster(blocks=(186,), rotations=("ICU",), care=CARE).work(0, "08:00", 8).found("IM-ICU", on) == []
        )
        roster = Roster(blocks=(100, 7, 100), rotations=("ICU", "W", "ICU"), care=CARE).work(0, "08:00", 8)
        assert [f.value for f in roster.found("IM-ICU", on)] == [200]

    def fmp(self, weeks: int, first: date = date(2026, 6, 29)) -> Roster:
        """A session on the Monday of so many weeks of a year that begins on a Monday."""
        roster = Roster(first=first, blocks=(364,), rotations=("FM",), care=CARE)
        return roster.work(range(0, 7 * weeks, 7), "08:00", 4, item="clinic")

    @pytest.mark.parametrize(("weeks", "fails"), [(41, 0), (40, 0), (39, 1)])
    def test_sessions_in_41_weeks_pass_and_in_39_fail(self, weeks: int, fails: int) -> None:
        assert len(self.fmp(weeks).found("FM-40", pack_of("acgme-fm", "FM-40"))) == fails

    def test_weeks_are_those_of_the_calendar_across_the_turn_of_the_year(self) -> None:
        """29 June 2026 to 27 June 2027 are 52 ISO weeks, the 53rd of 2026 among them."""
        [finding] = self.fmp(52).found("FM-40", pack_of("acgme-fm", "FM-40", least_weeks=53))
        assert finding.value == 52

    def test_two_sessions_in_a_week_are_one_week(self) -> None:
        roster = self.fmp(39).work(range(2, 100, 7), "13:00", 4, item="clinic")
        assert len(roster.found("FM-40", pack_of("acgme-fm", "FM-40"))) == 1

    def test_hours_in_the_practice_are_summed(self) -> None:
        on = pack_of("acgme-fm", "FM-1000", least_minutes=160 * 60)
        assert self.fmp(40).found("FM-1000", on) == []
        assert [f.value for f in self.fmp(39).found("FM-1000", on)] == [156]

    def test_a_gap_of_eight_weeks_passes_and_a_day_more_fails(self) -> None:
        on = pack_of("acgme-fm", "FM-GAP")
        for gap, fails in ((56, 0), (57, 1)):
            roster = Roster(blocks=(364,), rotations=("FM",), care=CARE)
            roster.work((0, gap + 1), "08:00", 4, item="clinic")
            assert len(roster.found("FM-GAP", on)) == fails

    def test_leave_does_not_lengthen_a_gap(self) -> None:
        roster = Roster(blocks=(364,), rotations=("FM",), care=CARE).off(range(10, 24))
        roster.work((0, 65), "08:00", 4, item="clinic")
        assert roster.found("FM-GAP", pack_of("acgme-fm", "FM-GAP")) == []

    def test_internal_medicine_counts_sessions_and_gaps(self) -> None:
        on = pack_of("acgme-im", "IM-CLIN", least_sessions=40)
        assert self.fmp(40).found("IM-CLIN", on) == []
        [finding] = self.fmp(39).found("IM-CLIN", on)
        assert (finding.value, finding.limit, finding.unit) == (39, 40, "clinic sessions")
        apart = Roster(blocks=(364,), rotations=("IM",), care=CARE).work((0, 33), "08:00", 4, item="clinic")
        unknown = pack_of("acgme-im", "IM-CLIN")
        assert [f.value for f in apart.found("IM-CLIN", unknown)] == [32]

    def test_somebody_without_any_duty_is_not_told_of(self) -> None:
        roster = Roster(blocks=(364,), rotations=("FM",), care=CARE)
        assert roster.found("FM-40", pack_of("acgme-fm", "FM-40")) == []

    def test_they_are_off(self) -> None:
        assert self.fmp(2).judge(FM, IM) == ()


def test_a_leap_day_is_a_date_like_any_other() -> None:
    """Calls on 27 and 29 February 2028 are two days apart."""
    roster = Roster(first=date(2028, 2, 27), blocks=(28,), rotations=("A",))
    roster.work((0, 2), "19:00", 12, CALL)
    assert roster.first + timedelta(days=2) == date(2028, 2, 29)
    [finding] = roster.found("IM-NOAVG", IM)
    assert finding.remedy == "Take the call of 29 Feb no earlier than 1 Mar."
