"""What a re-import would change is shown row by row before it happens."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import HealthCheck, given, settings

from src.interchange.difference import ChangedRow, difference
from src.interchange.model import Coverage, Person, PersonKind, Program, Request, RequestKind, Tier
from tests.factories.programs import small_program
from tests.factories.random_programs import programs


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(programs(), programs())
def test_a_difference_is_empty_exactly_between_equal_programs(one: Program, other: Program) -> None:
    assert difference(one, one).is_empty
    assert difference(one, other).is_empty == (one == other)


def test_the_order_of_rows_is_no_difference() -> None:
    mixed = replace(small_program(), people=tuple(reversed(small_program().people)))
    assert difference(small_program(), mixed).is_empty


def test_a_person_come_and_a_person_gone_are_named() -> None:
    people = small_program().people
    newcomer = Person("R9", "Newcomer", PersonKind.RESIDENT, 1)
    found = difference(small_program(), small_program(people=(*people[:-1], newcomer)))
    assert [file.file for file in found.files] == ["people.csv"]
    assert [row["id"] for row in found.of("people.csv").added] == ["R9"]
    assert [row["id"] for row in found.of("people.csv").removed] == ["R4"]
    assert found.of("people.csv").changed == ()
    assert found.of("calls.csv").is_empty


def test_a_changed_cell_is_a_change_and_not_a_row_gone_and_come() -> None:
    first, second = small_program().coverage
    found = difference(small_program(), small_program(coverage=(first, replace(second, min=2))))
    assert found.of("coverage.csv").changed == (
        ChangedRow(
            key={"rotation": "WARD", "pgys": "1 2", "blocks": "1-4"}, before={"min": "1"}, after={"min": "2"}
        ),
    )
    assert (found.of("coverage.csv").added, found.of("coverage.csv").removed) == ((), ())


def test_rows_about_the_same_thing_are_paired_in_order_after_the_equal_ones() -> None:
    rows = tuple(Coverage("WARD", (), (), least) for least in (1, 2, 3))
    found = difference(
        small_program(coverage=rows), small_program(coverage=(rows[1], Coverage("WARD", (), (), 9)))
    )
    difference_of_file = found.of("coverage.csv")
    assert [(row.before, row.after) for row in difference_of_file.changed] == [({"min": "1"}, {"min": "9"})]
    assert [row["min"] for row in difference_of_file.removed] == ["3"]


def test_documents_differ_by_key() -> None:
    changed = small_program(
        name="Other", max_on_vacation=None, objective=(Tier((("fair_nights", Decimal(2)),)), Tier())
    )
    found = difference(small_program(), changed)
    program, objective = found.of("program.toml"), found.of("objective.toml")
    assert [(dict(row.key), dict(row.after)) for row in program.changed] == [
        ({"key": "name"}, {"value": "Other"})
    ]
    assert [row["key"] for row in program.removed] == ["max_on_vacation"]
    assert [row["key"] for row in objective.added] == ["tier.1.fair_nights", "tier.2"]
    assert len(objective.removed) == 3


def test_a_request_moved_to_another_date_is_another_request() -> None:
    moved = Request("R1", RequestKind.VACATION, 1, date(2026, 9, 14))
    requests = tuple(r for r in small_program().requests if r.kind is not RequestKind.VACATION)
    found = difference(small_program(), small_program(requests=(*requests, moved))).of("requests.csv")
    assert (len(found.added), len(found.removed), len(found.changed)) == (1, 1, 0)
