"""What the documents of the international packs say of themselves."""

from __future__ import annotations

import pytest

from src.compliance.packs import load_pack
from src.compliance.rules import RulePack

PACKS = (
    "uk-2016",
    "uk-2019",
    "eu-wtd",
    "ca-on-paro",
    "ca-bc",
    "ca-sk",
    "ca-mar",
    "ca-qc",
    "nz-rmo",
    "au-nsw",
)
UK = [
    "UK-48",
    "UK-72",
    "UK-13",
    "UK-LONG",
    "UK-LATE",
    "UK-NIGHT",
    "UK-46",
    "UK-7",
    "UK-WE",
    "UK-11",
    "UK-BRK",
    "UK-OC24",
    "UK-OCC",
    "UK-OC3",
    "UK-OC10",
    "UK-OCR",
]
SOFT = {"UK-OCR", "NZ-60"}
INFO = {"UK-BRK", "AU-AMA"}
DISABLED = {
    "CA-ON-24-AN",
    "NZ-10D",
    "NZ-4N",
}


@pytest.fixture(params=PACKS)
def pack(request: pytest.FixtureRequest) -> RulePack:
    """Each of the packs in turn."""
    return load_pack(request.param)


def test_every_rule_and_parameter_names_its_source_and_how_sure_it_is(pack: RulePack) -> None:
    assert pack.jurisdiction.partition("-")[0] in {"GB", "EU", "CA", "NZ", "AU"}
    for rule in pack.rules:
        assert rule.clause
        assert rule.source
        assert rule.sureness in {"S2", "GK+", "GK?"}, "no primary text was seen"
        assert rule.sentence.endswith(".")
        for name, parameter in rule.parameters.items():
            assert parameter.source, (rule.id, name)
            assert parameter.value is not None, (rule.id, name)


def test_severities_follow_the_tables(pack: RulePack) -> None:
    for rule in pack.rules:
        expected = "soft" if rule.id in SOFT else "info" if rule.id in INFO else "hard"
        assert rule.severity == expected, rule.id


def test_rules_for_some_services_alone_are_disabled(pack: RulePack) -> None:
    assert {rule.id for rule in pack.rules if not rule.enabled} == {
        rule.id for rule in pack.rules if rule.id in DISABLED
    }


@pytest.mark.parametrize("pack_id", ["uk-2016", "uk-2019"])
def test_england_has_every_rule_of_both_texts(pack_id: str) -> None:
    assert [rule.id for rule in load_pack(pack_id).rules] == UK


def test_the_two_texts_of_england_differ_where_they_should() -> None:
    old, new = ({rule.id: rule for rule in load_pack(name).rules} for name in ("uk-2016", "uk-2019"))
    values = {
        (rule, name): (parameter.value, new[rule].parameters[name].value)
        for rule, one in old.items()
        for name, parameter in one.parameters.items()
        if parameter.value != new[rule].parameters[name].value
    }
    assert values == {
        ("UK-LONG", "most"): (5, 4),
        ("UK-LATE", "starts_before_minute"): (960, 1440),
        ("UK-46", "least_nights"): (3, 1),
        ("UK-7", "most"): (8, 7),
    }


def test_the_old_text_ends_where_the_new_one_begins() -> None:
    old, new = load_pack("uk-2016"), load_pack("uk-2019")
    assert old.effective_until is not None
    assert (new.effective_from - old.effective_until).days == 1


def test_an_hour_for_a_meal_ends_no_shift(pack: RulePack) -> None:
    assert pack.parameters.merge_gap_minutes == 60
    assert pack.parameter_sources["merge_gap_minutes"].sureness == "ours"
