"""What the documents name is there: paths, commands, pages of decisions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from src.main import create_app

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/a-tour.md",
    "docs/the-solvers-answers.md",
    "docs/decisions/README.md",
    "benchmarks/README.md",
)
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
LONGEST_TOUR = 80

_PATH = re.compile(r"`((?:src|tests|worker|docs|benchmarks|examples|alembic|tools|\.ci)/[\w./-]*)`")
_LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)\)")
_MODULE = re.compile(r"python -m ([\w.]+)")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_and_link_of_a_document_leads_somewhere(document: str) -> None:
    page = ROOT / document
    text = page.read_text()
    named = [ROOT / path for path in _PATH.findall(text)] + [
        page.parent / path for path in _LINK.findall(text)
    ]
    made_up = {"alembic/versions/YYYY-MM-DD_slug.py", "alembic/__init__.py"}
    missing = [str(path.relative_to(ROOT)) for path in named if not path.exists()]
    assert set(missing) <= made_up


@pytest.mark.parametrize("document", ["benchmarks/README.md", "CHANGELOG.md"])
def test_every_module_that_is_to_be_run_is_there(document: str) -> None:
    for module in _MODULE.findall((ROOT / document).read_text()):
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), module


def test_every_endpoint_named_for_coordinators_is_one() -> None:
    """With its method, its path and its query parameters, as the application has them."""
    paths = create_app().openapi()["paths"]
    text = (ROOT / "docs" / "the-solvers-answers.md").read_text()
    named = re.findall(r"`(GET|POST) (/[^`?]+)(?:\?(\w+)=…)?`", text)
    assert named
    for method, path, query in named:
        operation = paths[f"/api/v1{path}"][method.lower()]
        assert not query or query in {parameter["name"] for parameter in operation["parameters"]}


def test_the_tour_stays_short_enough_to_be_walked() -> None:
    assert len((ROOT / "docs" / "a-tour.md").read_text().splitlines()) <= LONGEST_TOUR


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_has_its_number_in_its_title_and_its_three_parts(page: Path) -> None:
    text = page.read_text()
    assert text.startswith(f"# {int(page.name[:4])}. ")
    parts = set(re.findall(r"^(?:## |\*\*)(Context|Decision|Consequences)\b", text, re.MULTILINE))
    assert parts == {"Context", "Decision", "Consequences"}


def test_no_two_decisions_have_one_number() -> None:
    numbers = [page.name[:4] for page in DECISIONS]
    assert len(numbers) == len(set(numbers))


def test_every_decision_is_in_the_index_under_its_title() -> None:
    index = (ROOT / "docs" / "decisions" / "README.md").read_text()
    lines = [f"- [{page.read_text().splitlines()[0].removeprefix('# ')}]({page.name})" for page in DECISIONS]
    assert [line for line in lines if line not in index] == []
