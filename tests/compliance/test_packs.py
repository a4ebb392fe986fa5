"""Rule packs: what the shipped one says, and what a document must say."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from importlib import resources

import pytest

from src.compliance.packs import (
    RulePackInvalidError,
    UnknownRulePackError,
    known_packs,
    load_pack,
    read_pack,
)
from src.compliance.rules import KINDS, ContinuousLength, FreeBasis, RuleParameters, WindowMode
from src.interchange.schedule import Severity

PACK = "acgme-cpr-2023"


def text() -> str:
    return (resources.files("src.compliance.packs") / "documents" / PACK / "2023.3.toml").read_text("utf-8")


def test_the_pack_says_who_it_is_and_where_it_comes_from() -> None:
    pack = load_pack(PACK)
    assert (pack.id, pack.version, pack.jurisdiction) == (PACK, "2023.3", "US")
    assert "Common Program Requirements" in pack.source


def test_the_limits_are_those_of_the_requirements() -> None:
    parameters = load_pack(PACK).parameters
    assert parameters == RuleParameters(
        weekly_minutes=80 * 60,
        window_days=28,
        longest_single_window_days=31,
        min_window_days=7,
        merge_gap_minutes=30,
        rest_after_call_trigger_minutes=24 * 60,
        rest_after_call_minutes=14 * 60,
        continuous_minutes=24 * 60,
        transition_minutes=4 * 60,
        free_period_minutes=24 * 60,
        call_every_days=3,
        call_date_cut_minutes=6 * 60,
        min_rest_minutes=8 * 60,
        max_nights_in_row=6,
        max_postcall_free=1,
        free_period_every_days=7,
        night_float_window_days=7,
        moonlighting_min_pgy=2,
        home_call_onsite_is_continuous=True,
        work_from_home_breaks_free_day=True,
        moonlighting_is_work=True,
        moonlighting_breaks_free_day=True,
        window_mode=WindowMode.BY_ROTATION,
        window_edge_minutes=0,
        free_basis=FreeBasis.H24,
        cont_length=ContinuousLength.SPAN,
        leave_is_left_out=True,
    )


def test_every_parameter_has_a_source() -> None:
    pack = load_pack(PACK)
    assert set(pack.parameter_sources) == {field.name for field in fields(RuleParameters)}
    assert all(source.source and source.sureness for source in pack.parameter_sources.values())


def test_severities_follow_must_and_should() -> None:
    soft = {rule.id for rule in load_pack(PACK).rules if rule.severity is Severity.SOFT}
    assert soft == {"US-REST8", "FREE7-POSTCALL", "NF-6", "NF-7", "US-HOME", "US-SUP-R"}
    watched = {rule.id for rule in load_pack(PACK).rules if rule.severity is Severity.INFO}
    assert watched == {"US-ELECT"}


def test_every_rule_has_clause_source_sureness_and_a_sentence() -> None:
    rules = load_pack(PACK).rules
    assert {rule.kind for rule in rules} <= set(KINDS)
    for rule in rules:
        assert rule.clause
        assert rule.source
        assert rule.sureness in {"S1", "S2", "GK+", "GK?"}
        assert rule.sentence.endswith(".")


def test_a_pack_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        load_pack(PACK).version = "mine"  # type: ignore[misc]  # the point of the test


def test_known_packs_are_listed_with_their_versions() -> None:
    assert "2023.3" in known_packs()[PACK]


def test_every_document_can_be_read_and_calls_itself_what_its_place_says() -> None:
    for pack_id, versions in known_packs().items():
        for version in versions:
            pack = load_pack(pack_id, version)
            assert (pack.id, pack.version) == (pack_id, version)
            assert len({rule.id for rule in pack.rules}) == len(pack.rules) > 0


def test_a_version_that_there_is_not_is_an_error_that_names_those_there_are() -> None:
    with pytest.raises(UnknownRulePackError, match=r"2023\.3") as caught:
        load_pack(PACK, "1999")
    assert caught.value.details["version"] == "1999"


RULE = """
[[rules]]
id = "MINE"
kind = "weekly_hours"
clause = "1"
severity = "hard"
source = "mine"
sureness = "ours"
sentence = "Mine."
"""


def test_a_rule_may_have_parameters_of_its_own() -> None:
    parameter = 'parameters.limit = { value = 3, unit = "nights", source = "mine", sureness = "ours" }'
    mine = read_pack(f"{text()}{RULE}{parameter}", "mine.toml").rules[-1]
    assert mine.number("limit") == 3
    with pytest.raises(TypeError, match="MINE: limit is neither yes nor no"):
        mine.choice("limit")
    with pytest.raises(KeyError):
        mine.number("other")


def test_a_choice_is_no_number() -> None:
    parameter = 'parameters.averaged = { value = true, unit = "choice", source = "mine", sureness = "ours" }'
    mine = read_pack(f"{text()}{RULE}{parameter}", "mine.toml").rules[-1]
    assert mine.choice("averaged") is True
    with pytest.raises(TypeError, match="MINE: averaged is no number"):
        mine.number("averaged")


def test_a_rule_with_a_number_that_nobody_knows_must_be_switched_off() -> None:
    unknown = 'parameters.limit = { unit = "nights", source = "not found", sureness = "GK?" }'
    with pytest.raises(RulePackInvalidError, match=r"parameters\.limit has no value, so the rule"):
        read_pack(f"{text()}{RULE}{unknown}", "mine.toml")
    off = read_pack(f"{text()}{RULE}enabled = false\n{unknown}", "mine.toml").rules[-1]
    assert off.parameters["limit"].value is None


def test_a_rules_parameter_is_a_whole_number_or_a_choice() -> None:
    parameter = 'parameters.limit = { value = 2.5, unit = "nights", source = "mine", sureness = "ours" }'
    with pytest.raises(RulePackInvalidError, match=r"MINE\.parameters\.limit\.value must be a whole"):
        read_pack(f"{text()}{RULE}{parameter}", "mine.toml")


def test_definitions_come_from_the_pack_that_is_named() -> None:
    head = text().partition("[parameters")[0].replace(f'id = "{PACK}"', 'id = "mine"')
    document = f'{head}definitions = "{PACK}@2023.3"\n{RULE}'
    assert read_pack(document, "mine.toml", load_pack).parameters == load_pack(PACK).parameters


@pytest.mark.parametrize(
    "pack_id", ["acgme", "", "ACGME-CPR-2023", "../packs/acgme-cpr-2023", "/etc/passwd", "a\0b"]
)
def test_an_unknown_pack_is_an_error_that_names_it_and_those_there_are(pack_id: str) -> None:
    with pytest.raises(UnknownRulePackError) as caught:
        load_pack(pack_id)
    assert caught.value.details["pack"] == pack_id
    assert PACK in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('version = "2023.3"', "", "version is missing"),
        ('title = "ACGME', 'title = 1 # "ACGME', "title must be of type str, not int"),
        ("[parameters.window_days]", "[parameters.windowdays]", "parameters.windowdays is no parameter"),
        ("value = 4800", "value = -1", "parameters.weekly_minutes.value must not be negative"),
        ("value = 4800", 'value = "80 h"', "parameters.weekly_minutes.value must be of type int, not str"),
        ("value = 4800", "value = true", "parameters.weekly_minutes.value must be of type int, not bool"),
        ("value = true", "value = 1", "parameters.home_call_onsite_is_continuous.value must be of type bool"),
        ("value = 4800 # 80 h", "", "parameters.weekly_minutes.value is missing"),
        (
            'kind = "weekly_hours"',
            'kind = "hours"',
            "rules.US-80.kind 'hours' is no kind of rule",
        ),
        ('kind = "weekly_hours"', "", "rules.US-80.kind is missing"),
        ("effective_from = 2023-07-01", "", "effective_from is missing"),
        ("effective_from = 2023-07-01", 'effective_from = "now"', "effective_from must be of type date"),
        ('sureness = "S1"', 'sureness = "sure"', "sureness must be one of S1, S2"),
        ('version = "2023.3"', 'version = "2023.3"\ndefinitions = "other"', "definitions must name a pack"),
        ('id = "US-80"', 'id = "NF-6"', "rule NF-6 is listed twice"),
        ('severity = "soft"', 'severity = "mild"', "severity must be hard, soft or info, not 'mild'"),
        ('clause = "CPR 6.20 (VI.F.1)"', "", "rules.US-80.clause is missing"),
        (
            'clause = "CPR 6.20 (VI.F.1)"',
            'clause = ""\nenabled = "no"',
            "rules.US-80.enabled must be of type bool",
        ),
        ('id = "acgme-cpr-2023"', "id = ", "not TOML"),
    ],
)
def test_a_document_that_does_not_say_it_is_refused_by_name_and_key(old: str, new: str, message: str) -> None:
    document = text()
    assert old in document
    with pytest.raises(RulePackInvalidError, match=r"mine\.toml: ") as caught:
        read_pack(document.replace(old, new, 1), "mine.toml")
    assert message in str(caught.value)


@pytest.mark.parametrize(("key", "value"), [("rules", "rules = 3"), ("parameters", "parameters = []")])
def test_a_part_of_another_kind_is_refused(key: str, value: str) -> None:
    head, _, rest = text().partition("[parameters")
    parameters = f"[parameters{rest.partition('[[rules]]')[0]}"
    document = f"{head}\n{value}\n{parameters if key == 'rules' else ''}"
    with pytest.raises(RulePackInvalidError, match=f"{key} must be of type"):
        read_pack(document, "mine.toml")


def test_a_document_may_switch_a_rule_off() -> None:
    document = text().replace('id = "NF-7"', 'id = "NF-7"\nenabled = false')
    assert [rule.id for rule in read_pack(document, "mine.toml").rules if not rule.enabled] == [
        "NF-7",
        "US-HOME",
    ]
