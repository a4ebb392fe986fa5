"""US-HOME: what can be counted of at-home call, and a number a program may set."""

from __future__ import annotations

import pytest

from src.compliance.packs import load_pack
from src.interchange.model import DutyType
from tests.compliance.rules.building import HOME_CALL, Roster, long_rotation, pack_of

CPR = "acgme-cpr-2023"


def nights(count: int) -> Roster:
    return long_rotation(28).work(range(count), "19:00", 12, HOME_CALL)


def test_the_common_requirements_name_no_number_so_the_rule_is_off_and_says_so() -> None:
    [rule] = [rule for rule in load_pack(CPR).rules if rule.id == "US-HOME"]
    assert not rule.enabled
    assert "no number" in rule.disabled_because
    assert nights(24).found("US-HOME") == []


@pytest.mark.parametrize(("count", "severities"), [(14, []), (15, ["soft"])])
def test_a_number_that_a_program_sets_is_an_advisory(count: int, severities: list[str]) -> None:
    assert nights(count).severities("US-HOME", pack_of(CPR, "US-HOME", home_call_max=14)) == severities


def test_each_window_has_its_number() -> None:
    """Twenty in eight weeks, of which no four weeks have more than ten; then the later ones one more."""
    roster = long_rotation(56).work([*range(10), *range(28, 38)], "19:00", 12, HOME_CALL)
    pack = pack_of(CPR, "US-HOME", home_call_max=10)
    assert roster.found("US-HOME", pack) == []
    [found] = roster.work(40, "19:00", 12, HOME_CALL).found("US-HOME", pack)
    assert found.value == 11


def test_switched_on_without_a_number_it_finds_nothing() -> None:
    assert nights(28).found("US-HOME", pack_of(CPR, "US-HOME")) == []


def test_home_call_on_27_of_28_nights_leaves_too_few_free_days() -> None:
    roster = long_rotation(28).work(range(27), "08:00", 24, HOME_CALL)
    assert roster.severities("US-FREE7") == ["hard"]


def test_the_care_given_on_home_call_counts_to_the_80() -> None:
    roster = long_rotation(28).work(range(20), "00:00", 16)
    assert roster.found("US-80") == []
    for kind in (DutyType.HOME_CALL_ONSITE, DutyType.HOME_CALL_REMOTE_CARE):
        called = long_rotation(28).work(range(20), "00:00", 16).work(25, "20:00", 1, kind)
        assert called.severities("US-80") == ["hard"]


def test_a_return_from_home_call_makes_continuous_work_and_no_eight_hours() -> None:
    roster = long_rotation(28).work(0, "07:00", 20).work(1, "03:00", 6, DutyType.HOME_CALL_ONSITE)
    assert roster.severities("US-CONT24") == ["hard"]
    apart = long_rotation(28).work(0, "07:00", 12).work(1, "01:00", 1, DutyType.HOME_CALL_ONSITE)
    assert apart.work(1, "07:00", 12).found("US-REST8") == []
