"""A certificate verifies for what it was issued for, and every kind of tampering shows and is named."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from src.compliance.certificates import (
    CertificateInvalidError,
    Publication,
    certificate_text,
    issue,
    read_certificate,
    verify,
)
from src.compliance.certificates.document import Certificate
from src.compliance.packs import load_pack
from src.compliance.rules import RulePack
from src.interchange.model import DutyType, HistoryInterval, Program, RuleOverride, Session
from src.interchange.schedule import AssignmentRow, Schedule, Scope, YearRow
from src.interchange.schedule_files import read_schedule_bytes, schedule_zip
from tests.factories.schedules_db import ward_program, ward_schedule

PUBLISHED = dt.datetime(2026, 6, 20, 12, tzinfo=dt.UTC)
PUBLICATION = Publication(
    "00000000-0000-0000-0000-000000000007", "Year", 3, Scope.BOTH, (1,), PUBLISHED, "c@x.org"
)


def ward() -> Program:
    program = ward_program()
    before = dt.datetime(2026, 6, 29, 7, tzinfo=program.zone)
    interval = HistoryInterval("R1", before, before + dt.timedelta(hours=9), DutyType.CLINICAL)
    return replace(program, history=(interval,))


def issued(program: Program | None = None, schedule: Schedule | None = None) -> Certificate:
    program = program or ward()
    schedule = schedule or ward_schedule(program)
    return issue(program, schedule, PUBLICATION, engine_version="0.1.0")


@pytest.fixture(scope="module")
def certificate() -> Certificate:
    return issued()


def complaints(text: str, program: Program | None = None, schedule: Schedule | None = None) -> list[str]:
    program = program or ward()
    schedule = schedule if schedule is not None else ward_schedule(program)
    return [f"{one.file}: {one.message}" for one in verify(text, program, schedule)]


def resealed(certificate: Certificate, change: Callable[[dict[str, Any]], None]) -> str:
    """The text after a careful hand changed it and sealed it anew."""
    values = certificate.model_dump(mode="json")
    change(values)
    return certificate_text(Certificate.model_validate(values))


def test_what_it_was_issued_for_verifies(certificate: Certificate) -> None:
    assert complaints(certificate_text(certificate)) == []


def test_it_holds_every_person_rule_and_window(certificate: Certificate) -> None:
    """Three residents in one window: each rule that judges anything of them has a number for each."""
    rows = {(row[0], row[2]) for row in certificate.measures}
    assert {person for person, rule in rows if rule == "US-80"} == {"R1", "R2", "R3"}
    assert {rule for _, rule in rows} >= {"US-80", "US-FREE7", "US-REST8", "US-CONT24"}
    week = next(row for row in certificate.measures if row[:3] == ["R1", "acgme-cpr-2023", "US-80"])
    assert week[5:] == ["50", "80", "30", "hours a week", ""]


def test_its_text_reads_back_as_it_was(certificate: Certificate) -> None:
    assert read_certificate(certificate_text(certificate)) == (certificate, True)


def test_equal_content_gives_equal_text() -> None:
    assert certificate_text(issued()) == certificate_text(issued())


def test_the_order_of_rows_in_a_file_is_no_tampering(certificate: Certificate) -> None:
    schedule = ward_schedule(ward())
    shuffled = replace(schedule, assignments=schedule.assignments[::-1])
    assert complaints(certificate_text(certificate), schedule=shuffled) == []


def test_a_program_that_names_the_certified_version_verifies_as_well(certificate: Certificate) -> None:
    named = replace(ward(), rule_packs=("acgme-cpr-2023@2023.3",))
    assert complaints(certificate_text(certificate), program=named) == []
    assert complaints(certificate_text(issued(named))) == []


def test_it_travels_in_the_schedule_folder(certificate: Certificate) -> None:
    text = certificate_text(certificate)
    archive = schedule_zip(replace(ward_schedule(), certificate=text), ward().zone)
    reading = read_schedule_bytes("schedule.zip", archive)
    assert reading.schedule is not None
    assert reading.schedule.certificate == text
    assert complaints(text, schedule=reading.schedule) == []


def moved(row: AssignmentRow) -> AssignmentRow:
    return replace(row, end_at=row.end_at + dt.timedelta(minutes=1))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda rows: (moved(rows[0]), *rows[1:]), "R1,2026-07-01,AM"),
        (lambda rows: rows[1:], "a row of 'R1' that was certified is missing"),
        (
            lambda rows: (*rows, replace(rows[0], date=dt.date(2026, 7, 4), session=Session.PM)),
            "R1,2026-07-04,PM",
        ),
        (lambda rows: (replace(rows[0], person="R2"), *rows[1:]), "a row of 'R1' that was certified"),
        (
            lambda rows: (replace(rows[0], duty_type=DutyType.EDUCATION), *rows[1:]),
            "education) was not certified",
        ),
    ],
    ids=["longer by a minute", "missing", "one more", "another person", "another type"],
)
def test_a_changed_row_is_named(
    certificate: Certificate,
    change: Callable[[tuple[AssignmentRow, ...]], tuple[AssignmentRow, ...]],
    told: str,
) -> None:
    schedule = ward_schedule(ward())
    tampered = replace(schedule, assignments=change(schedule.assignments))
    found = complaints(certificate_text(certificate), schedule=tampered)
    assert any(line.startswith("assignments.csv: ") and told in line for line in found), found


def test_a_changed_year_plan_is_named(certificate: Certificate) -> None:
    schedule = replace(ward_schedule(ward()), year=(YearRow("R1", 1, "WARD"), YearRow("R2", 1, "WARD")))
    assert "year.csv: a row of 'R3' that was certified is missing or was changed" in complaints(
        certificate_text(certificate), schedule=schedule
    )


def test_a_changed_input_is_named(certificate: Certificate) -> None:
    people = (replace(ward().people[0], pgy=2), *ward().people[1:])
    found = complaints(certificate_text(certificate), program=replace(ward(), people=people))
    assert any(line.startswith("people.csv: row") and "R1,Resident R1,resident,2" in line for line in found)


def test_history_taken_away_is_named_with_the_numbers_it_changes(certificate: Certificate) -> None:
    found = complaints(certificate_text(certificate), program=replace(ward(), history=()))
    assert "history.csv: a row of 'R1' that was certified is missing or was changed" in found


def _number(values: dict[str, Any]) -> None:
    values["measures"][0][5] = "12"


def _without_a_measure(values: dict[str, Any]) -> None:
    values["measures"].pop(0)


def _one_measure_more(values: dict[str, Any]) -> None:
    values["measures"].append(
        [*values["measures"][0][:3], *["2026-09-01T00:00:00-05:00"] * 2, *["1"] * 3, "h", ""]
    )


def _margin(values: dict[str, Any]) -> None:
    values["measures"][-1][7] = "99"


def _another_version(values: dict[str, Any]) -> None:
    values["packs"][0]["version"] = "1999.1"


def _another_pack(values: dict[str, Any]) -> None:
    values["packs"] = []


def _another_limit(values: dict[str, Any]) -> None:
    values["packs"][0]["parameters"]["weekly_minutes"] = 5280


def _a_rule_off(values: dict[str, Any]) -> None:
    values["packs"][0]["rules"][0]["enabled"] = False


def _a_digest(values: dict[str, Any]) -> None:
    values["content"]["assignments.csv"]["rows"]["R1"] = (
        "00000000" + values["content"]["assignments.csv"]["rows"]["R1"][8:]
    )


def _a_file_less(values: dict[str, Any]) -> None:
    del values["content"]["year.csv"]


def _an_override(values: dict[str, Any]) -> None:
    values["overrides"].append(
        {
            "pack": "acgme-cpr-2023", "rule": None, "parameter": "weekly_minutes", "value": 5280,
            "reason": "r",
            "approved_by": "GMEC", "start_date": "2026-07-01", "end_date": "2026-07-28",
        }
    )  # fmt: skip


def _another_program(values: dict[str, Any]) -> None:
    values["program"]["id"] = "other"


def _other_headings(values: dict[str, Any]) -> None:
    """Value and limit change names, so that every number reads as what it is not."""
    values["measure_columns"][5:7] = ["limit", "value"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_number, "12 is certified,"),
        (_without_a_measure, "missing; the rules give"),
        (_one_measure_more, "the rules give no such measure"),
        (_margin, "99 is certified,"),
        (_another_version, "There is no version '1999.1' of acgme-cpr-2023"),
        (_another_pack, "the program goes by acgme-cpr-2023, the certificate by none"),
        (_another_limit, "weekly_minutes is certified as 5280 and is 4800"),
        (_a_rule_off, "is not as certified"),
        (_a_digest, "digests of the rows of assignments.csv were changed"),
        (_a_file_less, "year.csv: is there and was not certified"),
        (_an_override, "its overrides of rule packs are not those of the program"),
        (_another_program, "it is of the program other"),
        (_other_headings, "its measures are headed otherwise"),
    ],
)
def test_a_changed_certificate_shows_even_sealed_anew(
    certificate: Certificate, change: Callable[[dict[str, Any]], None], told: str
) -> None:
    found = complaints(resealed(certificate, change))
    assert any(told in line for line in found), found
    assert not any("seal" in line for line in found)


@pytest.mark.parametrize("field", ["published_by", "published_at", "id"])
def test_what_cannot_be_computed_is_kept_by_the_seal(certificate: Certificate, field: str) -> None:
    values = json.loads(certificate_text(certificate))
    values["version"][field] = "2020-01-01T00:00:00Z"
    assert complaints(json.dumps(values)) == [
        "certificate.json: the seal is broken: something in the certificate was changed"
    ]


@pytest.mark.parametrize("text", ["", "[]", "{", "{}", "null", '{"kind": "other"}', "[" * 100_000])
def test_what_is_no_certificate_is_told_and_raises_nothing(text: str) -> None:
    found = complaints(text)
    assert len(found) == 1
    assert found[0].startswith("certificate.json: certificate.json")


def test_a_field_that_nobody_knows_is_told(certificate: Certificate) -> None:
    values = json.loads(certificate_text(certificate)) | {"note": "added"}
    with pytest.raises(CertificateInvalidError, match="note: Extra inputs"):
        read_certificate(json.dumps(values))


def test_overrides_are_certified_with_their_reasons() -> None:
    override = RuleOverride(
        "acgme-cpr-2023", None, "weekly_minutes", 5280, "cardiac year", "GMEC",
        dt.date(2026, 7, 1), dt.date(2026, 7, 14),
    )  # fmt: skip
    program = replace(ward(), rule_overrides=(override,))
    text = certificate_text(issued(program))
    assert complaints(text, program=program) == []
    assert json.loads(text)["overrides"][0]["reason"] == "cardiac year"
    found = complaints(text, program=ward())
    assert any("its overrides of rule packs are not those of the program" in line for line in found)


def test_a_year_plan_alone_is_certified_without_numbers() -> None:
    program = ward()
    plan = replace(ward_schedule(program), assignments=())
    only_year = replace(PUBLICATION, scope=Scope.YEAR)
    text = certificate_text(issue(program, plan, only_year, engine_version="0.1.0"))
    assert json.loads(text)["measures"] == []
    assert complaints(text, schedule=plan) == []


def test_an_old_certificate_verifies_when_its_pack_has_a_newer_version(
    certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newer one would find everyone over its hours; it has no say in what was published before."""
    old = load_pack("acgme-cpr-2023")
    newer = replace(old, version="2099.1", parameters=replace(old.parameters, weekly_minutes=40 * 60))

    def load(pack_id: str, version: str | None = None) -> RulePack:
        return newer if version in (None, newer.version) else load_pack(pack_id, version)

    monkeypatch.setattr("src.compliance.packs.chosen.load_pack", load)
    assert {pack.version for pack in issued().packs} == {"2099.1"}
    assert any(finding.rule == "US-80" for finding in issued().findings)
    assert complaints(certificate_text(certificate)) == []
    pinned_to_newer = replace(ward(), rule_packs=("acgme-cpr-2023@2099.1",))
    assert any(
        "the program goes by acgme-cpr-2023 2099.1, the certificate by its version 2023.3" in line
        for line in complaints(certificate_text(certificate), program=pinned_to_newer)
    )
