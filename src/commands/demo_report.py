"""What the demo shows: a run while it works, the year when it is there, and how to look at it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from src.commands.demo_client import ApiClient, is_active
from src.commands.demo_keys import DemoKeys

_SHOWN_DENIALS = 5


def watch_run(api: ApiClient, run: dict[str, Any]) -> dict[str, Any]:
    """Follow the run to its end: a bar at a terminal, a line for each phase elsewhere."""
    console = Console()
    if not console.is_terminal:
        return _watch_by_lines(api, run)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[state]}"),
        TimeElapsedColumn(),
        console=console,
    ) as bar:
        task = bar.add_task("Generating the year", total=1.0, state="queued")
        while is_active(run):
            bar.update(task, completed=run["fraction"], state=_state(run))
            run = api.next_step(run)
        bar.update(task, completed=1.0, state=run["state"])
    return run


def _watch_by_lines(api: ApiClient, run: dict[str, Any]) -> dict[str, Any]:
    typer.echo("Generating the year")
    phase = None
    while is_active(run):
        if run["phase"] != phase and run["phase"]:
            phase = run["phase"]
            typer.echo(f"  {_state(run)}")
        run = api.next_step(run)
    return run


def _state(run: dict[str, Any]) -> str:
    progress = run["progress"]
    words = [run["phase"] or run["state"]]
    words += [f"tier {progress['tier']}"] if progress.get("tier") is not None else []
    words += [f"{name} {progress[name]:g}" for name in ("score", "bound") if progress.get(name) is not None]
    if progress.get("gap") is not None:
        words.append(f"gap {progress['gap']:.1%}")
    return ", ".join(words)


def print_result(api: ApiClient, program_id: str, version: dict[str, Any]) -> bool:
    """Print the version's score and what was proved, then what the checker says now; whether it is legal."""
    program = api.get(f"/programs/{program_id}")
    check = api.get(f"/versions/{version['id']}/check")
    result = version["result"]
    console = Console(highlight=False, soft_wrap=True)
    console.print(
        f"\n[bold]{program['name']}[/bold], {version['start_date']} to {version['end_date']}:"
        f" version {version['number']}, [bold]{result['status']}[/bold]"
        f" after {result['seconds']:.0f} s, {result['peak_memory_mb']:.0f} MB"
    )
    console.print(_tiers(result))
    console.print(_terms(check["score_terms"]))
    verdict = "legal" if check["ok"] else "NOT LEGAL"
    counts = f"{check['hard']} hard, {check['soft']} soft, {check['info']} info"
    console.print(
        f"Checked by the independent rule engine: [bold]{verdict}[/bold];"
        f" findings: {counts}{_by_rule(check['findings'])}"
    )
    for row in check["broken"]:
        console.print(f"  {row['file']}: {row['message']}")
    _print_denied(api, console, version)
    return bool(check["ok"])


def _tiers(result: dict[str, Any]) -> Table:
    table = Table("tier", "score", "bound", "gap", box=None, pad_edge=False, header_style="dim")
    for tier in result["tiers"]:
        objective, bound = float(tier["objective"]), tier["bound"]
        gap = "" if bound is None else f"{abs(float(bound) - objective) / max(1.0, abs(objective)):.1%}"
        table.add_row(
            str(tier["tier"]), f"{objective:g}", "none proved" if bound is None else f"{float(bound):g}", gap
        )
    return table


def _terms(terms: dict[str, Any]) -> str:
    return "By term: " + ", ".join(f"{name} {float(count):g}" for name, count in terms.items())


def _by_rule(findings: list[dict[str, Any]]) -> str:
    counts = Counter(f"{finding['rule']} ({finding['severity']})" for finding in findings)
    return f" – {', '.join(f'{rule}: {count}' for rule, count in counts.most_common())}" if counts else ""


def _print_denied(api: ApiClient, console: Console, version: dict[str, Any]) -> None:
    denied = api.get(f"/versions/{version['id']}/denied", page_size=_SHOWN_DENIALS)
    console.print(
        f"Requests not granted: {denied['total']}" + (", the first of them:" if denied["total"] else "")
    )
    for row in denied["items"]:
        day = f" {row['start_date']}" if row["start_date"] else ""
        console.print(f"  {row['person']}: {row['kind']}{day}: {row['reason']}", soft_wrap=True)


def print_sign_in(url: str, keys: DemoKeys, folder: Path) -> None:
    """Where the API is and with what to sign in."""
    typer.echo(f"\nThe API:      {url}/docs")
    for role, who in (("Admin", keys.admin), ("Coordinator", keys.coordinator)):
        typer.echo(f"{role + ':':<13} {who.email}  password {who.password}")
    typer.echo(f"Logs:         {folder / 'log'}\n")
