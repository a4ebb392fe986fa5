"""Archives that mean harm, or are merely broken, are refused with a reason and never unpacked."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Callable

import pytest

from src.interchange import archive, limits
from src.interchange.issues import IssueCode
from src.interchange.output import zip_bytes
from src.interchange.reader import read_program_bytes
from src.interchange.schedule_files import read_schedule_bytes
from src.interchange.writer import program_workbook, program_zip
from tests.factories.programs import small_program
from tests.interchange.folders import places, small_files


def archive_of(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    """An archive with entries as they are given, tricks included."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in entries:
            target.writestr(name, data)
    return buffer.getvalue()


def link(name: str, target: str) -> tuple[zipfile.ZipInfo, bytes]:
    """An entry that is a symbolic link."""
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry, target.encode()


@pytest.mark.parametrize(
    "name",
    [
        "../people.csv",
        "a/../../people.csv",
        "/etc/people.csv",
        "C:\\people.csv",
        "..\\people.csv",
        "C:people.csv",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    reading = read_program_bytes("trick.zip", archive_of((name, b"id\n")))
    assert [issue.code for issue in reading.issues] == [IssueCode.UNSAFE_ARCHIVE]
    assert reading.issues[0].file == "trick.zip"


def test_links_and_doubled_and_encrypted_entries_are_refused() -> None:
    linked = read_program_bytes("x.zip", archive_of(link("people.csv", "/etc/passwd")))
    assert "link" in linked.issues[0].message
    with pytest.warns(UserWarning, match="Duplicate name"):
        doubled = archive_of(("people.csv", b"a"), ("people.csv", b"b"))
    assert "twice" in read_program_bytes("x.zip", doubled).issues[0].message
    assert (
        "twice" in read_program_bytes("x.zip", archive_of(("a.csv", b""), ("A.csv", b""))).issues[0].message
    )
    locked = bytearray(archive_of(("people.csv", b"id\n")))
    locked[6] |= 1
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    assert "encrypted" in read_program_bytes("x.zip", bytes(locked)).issues[0].message


def test_every_trick_of_an_archive_is_named_at_once() -> None:
    reading = read_program_bytes("x.zip", archive_of(("../a", b""), link("b", "c"), ("/d", b"")))
    assert [issue.code for issue in reading.issues] == [IssueCode.UNSAFE_ARCHIVE] * 3


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    def explode(*_: object) -> dict[str, bytes]:
        raise AssertionError("an entry was unpacked")

    bomb = archive_of(("people.csv", b"\0" * 20_000_000))
    monkeypatch.setattr("src.interchange.reader.read_entries", explode)
    reading = read_program_bytes("bomb.zip", bomb)
    assert [issue.code for issue in reading.issues] == [IssueCode.UNSAFE_ARCHIVE]
    assert "to 1" in reading.issues[0].message


def test_many_files_that_are_too_much_together_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_TOTAL_BYTES", 1000)
    reading = read_program_bytes("x.zip", archive_of(("a.csv", b"x" * 600), ("b.csv", b"y" * 600)))
    assert "unpacks to 1,200 bytes" in reading.issues[0].message
    monkeypatch.setattr(limits, "MAX_FILE_BYTES", 500)
    single = read_program_bytes("x.zip", archive_of(("a.csv", b"x" * 600)))
    assert "'a.csv' unpacks to 600 bytes" in single.issues[0].message


def test_an_archive_of_too_many_entries_is_refused() -> None:
    entries = ((f"{number}.txt", b"") for number in range(limits.MAX_ARCHIVE_ENTRIES + 1))
    assert "501 entries" in read_program_bytes("x.zip", archive_of(*entries)).issues[0].message


def test_a_size_that_lies_does_not_unpack_more() -> None:
    """The directory says 10 bytes, the stream holds ten million."""
    honest = archive_of(("people.csv", b"x" * 10_000_000))
    liar = honest.replace(struct.pack("<I", 10_000_000), struct.pack("<I", 10))
    reading = read_program_bytes("liar.zip", liar)
    assert reading.program is None
    assert [issue.code for issue in reading.issues] == [IssueCode.UNREADABLE]


@pytest.mark.parametrize(
    "data", [b"", b"not a zip", b"PK\x03\x04", b"id,name\nR1,Zoe\n", b"PK\x05\x06" + b"\xff" * 18]
)
@pytest.mark.parametrize("read", [read_program_bytes, read_schedule_bytes])
def test_what_is_no_archive_is_one_error(data: bytes, read: Callable[[str, bytes], object]) -> None:
    reading = read("people.csv", data)
    assert [issue.code for issue in reading.issues] == [IssueCode.UNREADABLE]  # type: ignore[attr-defined] # both readings have issues


@pytest.mark.parametrize("make", [program_zip, program_workbook])
def test_an_archive_cut_or_flipped_anywhere_is_read_right_or_refused(make: Callable[..., bytes]) -> None:
    """Whatever is done to the bytes, there is a reading and no traceback."""
    data = make(small_program())
    for cut in range(0, len(data), max(len(data) // 40, 1)):
        assert read_program_bytes("x", data[:cut]).program is None
    for position in range(0, len(data), max(len(data) // 60, 1)):
        flipped = bytearray(data)
        flipped[position] ^= 0x55
        reading = read_program_bytes("x", bytes(flipped))
        assert reading.program is not None or reading.issues


def test_an_archive_may_hold_its_files_in_one_folder() -> None:
    nested = zip_bytes({f"small/{name}": data for name, data in small_files().items()})
    assert read_program_bytes("x.zip", nested).program == small_program()


def test_two_folders_in_an_archive_are_not_mixed() -> None:
    nested = zip_bytes(
        {f"a/{name}": data for name, data in small_files().items()} | {"b/people.csv": b"id\n"}
    )
    reading = read_program_bytes("x.zip", nested)
    assert "b/people.csv:-:-:unknown_file" in places(reading)
    assert "people.csv:-:-:missing_file" in places(reading)


def test_links_are_told_by_the_archive_not_by_the_name() -> None:
    """An entry with no mode at all, as some programs write it, is a plain file."""
    entry = zipfile.ZipInfo("note.txt")
    entry.external_attr = 0
    assert archive._complaint(entry) is None
