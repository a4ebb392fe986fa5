"""A program frozen as text: equal programs freeze equally, and thaw as they were."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from src.interchange.canonical import canonical
from src.interchange.issues import ProgramRejectedError
from src.interchange.model import Program
from src.interchange.snapshot import files_hash, program_of_snapshot, program_snapshot
from tests.factories.programs import small_program
from tests.factories.random_programs import programs


@settings(max_examples=15)
@given(programs())
def test_a_program_thaws_as_it_was_frozen(program: Program) -> None:
    files, digest = program_snapshot(program)
    assert program_of_snapshot(files) == program
    assert files_hash(files) == digest


def test_the_order_of_rows_does_not_change_the_hash() -> None:
    program = small_program()
    shuffled = replace(program, people=program.people[::-1], requests=program.requests[::-1])
    assert shuffled != program
    assert program_snapshot(shuffled) == program_snapshot(program)


def test_any_other_value_changes_the_hash() -> None:
    program = small_program()
    _, digest = program_snapshot(program)
    changed = (
        replace(program, name="Another Hospital"),
        replace(program, people=program.people[1:]),
        replace(program, max_on_vacation=None),
    )
    hashes = {program_snapshot(one)[1] for one in changed}
    assert len(hashes) == len(changed)
    assert digest not in hashes


def test_a_hash_is_sha256_in_hex_and_stays_what_it_is() -> None:
    """Stored hashes are compared with new ones for years: the way to make them must not change."""
    assert files_hash({"b": "2", "a": "ä"}) == files_hash({"a": "ä", "b": "2"})
    assert (
        files_hash({"a.csv": "id\n1\n"}) == "0625abb75326572e9bd8c6b78997009f6a698c9633f2d557844862212af800aa"
    )


def test_rows_are_numbered_as_in_the_files() -> None:
    program = program_of_snapshot(program_snapshot(small_program())[0])
    assert [person.row for person in program.people] == list(range(2, 2 + len(program.people)))
    assert program == canonical(small_program())


@pytest.mark.parametrize("missing", ["program.toml", "people.csv", "rotations.csv", "templates.csv"])
def test_files_that_lack_a_required_one_are_no_program(missing: str) -> None:
    files, _ = program_snapshot(small_program())
    del files[missing]
    with pytest.raises(ProgramRejectedError, match=missing):
        program_of_snapshot(files)


def test_files_that_do_not_read_are_named() -> None:
    files, _ = program_snapshot(small_program())
    files["people.csv"] += "R1,Twice,resident,1,,,,\n"
    with pytest.raises(ProgramRejectedError, match="already that of row"):
        program_of_snapshot(files)
