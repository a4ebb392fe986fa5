"""The live processes of tests and demo: they come up, log JSON with request ids, and go when told to."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from tests.processes import Processes

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]


def test_a_server_answers_and_logs_each_request_with_its_id(processes: Processes) -> None:
    base_url = processes.server()
    answer = httpx.get(f"{base_url}/api/v1/nowhere?password=hunter2", headers={"X-Request-ID": "asked-1"})
    assert answer.status_code == 404
    assert answer.headers["X-Request-ID"] == "asked-1"
    processes.stop_all()
    said = (processes.folder / "serve-0.log").read_text(encoding="utf-8")
    events = [json.loads(line) for line in said.splitlines() if line != f"Serving on {base_url}"]
    (request,) = [event for event in events if event.get("request_id") == "asked-1"]
    assert (request["method"], request["path"], request["status"]) == ("GET", "/api/v1/nowhere", 404)
    assert "hunter2" not in said
    assert processes.environment["DATABASE_URL"].split(":")[2].split("@")[0] not in said
    assert events[-1]["event"].startswith("Finished server process")


def test_a_server_with_a_worker_is_ready(processes: Processes) -> None:
    base_url = processes.server()
    assert httpx.get(f"{base_url}/ready").status_code == 503
    processes.worker()
    answer = httpx.get(f"{base_url}/ready")
    assert answer.status_code == 200, answer.text
    server, worker = (loaded(each.pid) for each in processes.running)
    assert ("ortools" in server, "ortools" in worker) == (False, True), "only who solves loads it"
    lines = (processes.folder / "worker-1.log").read_text(encoding="utf-8").splitlines()
    assert all(json.loads(line)["level"] for line in lines)


def loaded(pid: int) -> str:
    """The files that a process and its children have in memory."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    own = Path(f"/proc/{pid}/maps").read_text(encoding="utf-8")
    return own + "".join(loaded(int(child)) for child in children)
