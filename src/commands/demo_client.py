"""The demo as a client of the API: nothing here knows more than the API's documentation says."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from src.commands.demo_keys import Credentials, DemoError

LONG_POLL_SECONDS = 2
_ACTIVE = frozenset({"queued", "running"})


class ApiClient:
    """Signs in, asks, and signs in again when its token has run out."""

    def __init__(self, base_url: str) -> None:
        self._http = httpx.Client(base_url=f"{base_url}/api/v1", timeout=60)
        self._credentials: Credentials | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def sign_in(self, credentials: Credentials) -> None:
        self._credentials = credentials
        form = {"username": credentials.email, "password": credentials.password, "grant_type": "password"}
        self._http.headers.pop("Authorization", None)
        token = _content(self._http.post("/auth/login", data=form))["access_token"]
        self._http.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, **query: Any) -> Any:
        return self._call("GET", path, params=query)

    def post(self, path: str, body: Any) -> Any:
        return self._call("POST", path, json=body)

    def ensure_user(self, credentials: Credentials, *, full_name: str) -> None:
        """A user who may create programs, unless there is one already."""
        if self.get("/users", search=credentials.email)["total"]:
            return
        body = {
            "email": credentials.email,
            "full_name": full_name,
            "password": credentials.password,
            "may_create_programs": True,
        }
        self.post("/users", body)

    def ensure_program(self, folder: Path) -> str:
        """Import the folder unless this user has a program already; the program's id."""
        programs = self.get("/programs")["items"]
        if programs:
            return str(programs[0]["id"])
        return str(self._call("POST", "/programs/import", files={"file": _zipped(folder)})["program_id"])

    def ensure_schedule(self, program_id: str, name: str) -> str:
        """A schedule to generate into; its id."""
        schedules = self.get(f"/programs/{program_id}/schedules")["items"]
        if schedules:
            return str(schedules[0]["id"])
        return str(self.post(f"/programs/{program_id}/schedules", {"name": name})["id"])

    def newest_version(self, schedule_id: str) -> dict[str, Any] | None:
        versions: list[dict[str, Any]] = self.get(f"/schedules/{schedule_id}/versions")["items"]
        return versions[0] if versions else None

    def ensure_run(self, program_id: str, schedule_id: str, time_limit: int) -> dict[str, Any]:
        """The run that is under way, else a new one for the whole year."""
        runs: list[dict[str, Any]] = self.get(f"/programs/{program_id}/runs", schedule_id=schedule_id)[
            "items"
        ]
        for run in runs:
            if run["state"] in _ACTIVE:
                return run
        body = {"scope": "both", "time_limit_seconds": time_limit, "seed": 1}
        queued: dict[str, Any] = self.post(f"/schedules/{schedule_id}/generate", body)
        return queued

    def next_step(self, run: dict[str, Any]) -> dict[str, Any]:
        """The run after its next step, or as it is after a while."""
        read: dict[str, Any] = self.get(f"/runs/{run['id']}", wait=LONG_POLL_SECONDS)
        return read

    def _call(self, method: str, path: str, **arguments: Any) -> Any:
        response = self._http.request(method, path, **arguments)
        if response.status_code == httpx.codes.UNAUTHORIZED and self._credentials is not None:
            self.sign_in(self._credentials)
            response = self._http.request(method, path, **arguments)
        return _content(response)


def is_active(run: dict[str, Any]) -> bool:
    return run["state"] in _ACTIVE


def _content(response: httpx.Response) -> Any:
    if response.is_success:
        return response.json() if response.content else None
    try:
        error = response.json()["error"]
        said = f"{error['message']} {_shown(error.get('details'))}".strip()
    except (ValueError, KeyError, TypeError):
        said = response.text[:200]
    raise DemoError(f"{response.request.method} {response.request.url.path}: {response.status_code} {said}")


def _shown(details: Any) -> str:
    for key in ("conflicts", "issues", "errors"):
        rows = details.get(key) if isinstance(details, dict) else None
        if rows:
            return "; ".join(str(row.get("message", row)) for row in rows[:5])
    return ""


def _zipped(folder: Path) -> tuple[str, bytes, str]:
    files = (
        sorted(path for path in folder.iterdir() if path.suffix in {".csv", ".toml"})
        if folder.is_dir()
        else []
    )
    if not files:
        raise DemoError(f"{folder} is no program folder.")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files:
            archive.write(path, path.name)
    return f"{folder.name}.zip", packed.getvalue(), "application/zip"
