"""Two folders in, a report in words out."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from src.interchange.issues import ImportIssue, ProgramRejectedError, ScheduleRejectedError
from src.planning.folders.check_folder import SHOWN, check_folder, render_report

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
PROGRAM, SCHEDULE = SHARED / "programs" / "tiny", SHARED / "schedules" / "tiny"

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data are not beside this checkout"),
]


def ignore(_: ImportIssue) -> None:
    """For tests that are not about warnings."""


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A schedule folder that a test may change."""
    folder = tmp_path / "schedule"
    folder.mkdir()
    for name in ("year.csv", "vacations.csv", "assignments.csv"):
        shutil.copyfile(SCHEDULE / name, folder / name)
    return folder


def rewrite(path: Path, *, drop: int) -> None:
    """Drop a row, counted with the header as 1."""
    with path.open(newline="", encoding="utf-8") as handle:
        rows = list(csv.reader(handle))
    del rows[drop - 1]
    with path.open("w", newline="", encoding="utf-8") as handle:
        csv.writer(handle).writerows(rows)


def test_a_legal_schedule_says_so_first_and_tells_findings_score_and_figures() -> None:
    lines = render_report(check_folder(PROGRAM, SCHEDULE, ignore)).splitlines()

    assert lines[0] == (
        "Legal: no hard finding, everything that must hold does (0 hard, 3 soft, 0 info findings)."
    )
    assert "  NF-6 soft: 1" in lines
    assert "  vacation_rank: 54" in lines
    assert "  tier 3: -57" in lines
    assert "  hours per week mean: 53.44" in lines


def test_rules_the_data_is_not_enough_for_are_told_as_not_judged() -> None:
    lines = render_report(check_folder(PROGRAM, SCHEDULE, ignore)).splitlines()

    first = lines.index("Not judged") + 1
    assert lines[first].startswith("  US-SUP-L (acgme-cpr-2023): The program does not say who supervises")
    assert lines[first + 1].startswith("  US-SUP-R (acgme-cpr-2023): ")


def test_what_is_broken_is_told_by_item_with_file_and_row(copied: Path) -> None:
    rewrite(copied / "assignments.csv", drop=2)

    lines = render_report(check_folder(PROGRAM, copied, ignore)).splitlines()

    assert lines[0].startswith("Not legal: 1 thing that must hold does not")
    assert lines[2].startswith("3. no overlaps, and exactly the work")
    assert lines[3].startswith("  assignments.csv: R001 2026-07-01 AM ELEC: clinical is to be worked")


def test_a_long_list_is_cut_and_says_how_much_is_left_out(copied: Path) -> None:
    header = (copied / "assignments.csv").read_text("utf-8").splitlines()[0]
    (copied / "assignments.csv").write_text(f"{header}\n", "utf-8")

    checked = check_folder(PROGRAM, copied, ignore)
    text = render_report(checked)

    missing = [one for one in checked.report.broken if one.item == 3]
    assert len(missing) > SHOWN
    assert f"… and {len(missing) - SHOWN} more" in text


def test_a_schedule_that_cannot_be_read_names_file_and_row(copied: Path) -> None:
    text = (copied / "vacations.csv").read_text("utf-8").replace("2026-07-20", "20 July")
    (copied / "vacations.csv").write_text(text, "utf-8")

    with pytest.raises(ScheduleRejectedError, match=r"vacations\.csv, row 2"):
        check_folder(PROGRAM, copied, ignore)


def test_a_missing_file_is_named(copied: Path) -> None:
    (copied / "year.csv").unlink()

    with pytest.raises(ScheduleRejectedError, match=r"year\.csv"):
        check_folder(PROGRAM, copied, ignore)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProgramRejectedError, match="nowhere"):
        check_folder(tmp_path / "nowhere", SCHEDULE, ignore)
    with pytest.raises(ScheduleRejectedError, match="nowhere"):
        check_folder(PROGRAM, tmp_path / "nowhere", ignore)


def test_a_broken_program_is_refused_before_the_schedule_is_looked_at(tmp_path: Path) -> None:
    with pytest.raises(ProgramRejectedError):
        check_folder(SHARED / "programs-broken" / "dangling-rotation", tmp_path / "nowhere", ignore)


def test_what_was_read_but_may_not_be_meant_is_told(copied: Path) -> None:
    year = copied / "year.csv"
    lines = year.read_text("utf-8").splitlines()
    year.write_text("\n".join([f"{lines[0]},colour", *(f"{line},red" for line in lines[1:])]) + "\n", "utf-8")
    told: list[ImportIssue] = []
    assert check_folder(PROGRAM, copied, told.append).report.ok
    assert [(issue.file, issue.column) for issue in told] == [("year.csv", "colour")]
