"""The rows as one Markdown page: the table, the solvers beside each other, targets and stated figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from benchmarks.engine.measure import Row
from benchmarks.engine.stated import STATED, TARGETS, Target

HEAD = """# The engine, measured

```
./dev python -m benchmarks.engine                    # makes all of this, one run after another
./dev python -m benchmarks.engine fm-24:58 im-60     # the rows of some programs
./dev python -m benchmarks.engine --solver plain     # those of one solver
./dev python -m benchmarks.engine --missing          # those not yet made at this commit
./dev python -m benchmarks.engine --page             # page and pictures again, from engine.json
```

Each run has a process and so its memory of its own; all have 4 workers, the seed 1 and `limit` seconds.
`first` is the first complete schedule, `s` the end of the search, both from its start with the program in
memory. A tier is *score of bound (gap)*, the gap being |bound − score| / max(1, |score|); the bounds are the
engine's, and hold for every legal schedule, the plain solver's too. `plain` is one CP-SAT model for the year
plan and one for all days and calls ([plain_solver.py](../plain_solver.py)); `year` is the engine's year plan
alone, in at most 60 s. `check` is the word of the checker, which shares no code with either, `advisories` its
soft findings. `load` is the machine's one-minute load before the run: with more than a little of it, 4
workers have not 4 cores.
"""


def page(rows: Sequence[Row], pictures: Sequence[str]) -> str:
    """Everything, as Markdown."""
    parts = [HEAD, *_lines(table(rows)), "## Beside the plain solver, tier by tier", *_lines(beside(rows))]
    parts += ["## Targets", *_lines(targets(rows))]
    parts += ["## Beside a plain solver measured elsewhere", STATED_HEAD, *_lines(beside_stated(rows))]
    if pictures:
        parts += ["## Pictures", *(f"![{name}]({name})" for name in pictures)]
    return "\n\n".join(part.strip() for part in parts) + "\n"


STATED_HEAD = """Figures of a straightforward two-layer CP-SAT with look-ahead and repairs between the layers,
4 workers on a loaded machine; the engine's behind the arrow. It did not optimise advisories."""


def gap(objective: float, bound: float | None) -> float | None:
    """|bound - objective| / max(1, |objective|); None without a bound."""
    return None if bound is None else abs(bound - objective) / max(1.0, abs(objective))


def table(rows: Sequence[Row]) -> Iterator[list[str]]:
    """A line for each row."""
    tiers = max((len(row["tiers"]) for row in rows), default=0)
    yield [
        *("program", "residents", "blocks", "solver", "status", "limit", "first", "s"),
        *(f"tier {number}" for number in range(1, tiers + 1)),
        *("peak MB", "unmet", "denied", "advisories", "check", "load", "commit"),
    ]
    for row in rows:
        scored = [_tier(*pair) for pair in bounded(row, rows)]
        yield [
            *(row["program"], str(row["residents"]), str(row["blocks"]), row["solver"], row["status"]),
            *(f"{row['limit']:g}", _seconds(row["first"]), _seconds(row["seconds"])),
            *(scored + [""] * (tiers - len(scored))),
            str(row["peak_mb"]),
            *(str(row.get(name, "")) for name in ("unmet", "denied", "advisories", "check")),
            *(f"{row['load_before']:g}", row["commit"]),
        ]


def bounded(row: Row, rows: Sequence[Row]) -> list[tuple[float, float | None]]:
    """The tiers of a row, with the engine's bounds where the row has none of its own."""
    twin = row_of(rows, row["program"], "engine")
    known = [] if twin is None or row["solver"] == "year" else [bound for _, bound in twin["tiers"]]
    known += [None] * (len(row["tiers"]) - len(known))
    return [
        (score, other if own is None else own)
        for (score, own), other in zip(row["tiers"], known, strict=False)
    ]


def row_of(rows: Iterable[Row], program: str, solver: str) -> Row | None:
    return next((row for row in rows if (row["program"], row["solver"]) == (program, solver)), None)


def beside(rows: Sequence[Row]) -> Iterator[list[str]]:
    """Engine and plain solver at equal time and cores; tiers are compared in order."""
    yield ["program", "limit", "tier by tier, engine against plain", "in order", "advisories", "first"]
    for plain in rows:
        engine = row_of(rows, plain["program"], "engine")
        if plain["solver"] != "plain" or engine is None or engine["limit"] != plain["limit"]:
            continue
        pairs = [
            (ours, theirs) for (ours, _), (theirs, _) in zip(engine["tiers"], plain["tiers"], strict=False)
        ]
        said = "; ".join(f"{ours:g} {_sign(ours, theirs)} {theirs:g}" for ours, theirs in pairs)
        yield [
            plain["program"],
            f"{plain['limit']:g}",
            said or f"{engine['status']} against {plain['status']}",
            verdict(engine, plain),
            f"{engine.get('advisories', '–')} against {plain.get('advisories', '–')}",
            f"{_seconds(engine['first'])} against {_seconds(plain['first'])}",
        ]


def verdict(engine: Row, plain: Row) -> str:
    """Which is better: the first tier in which they differ decides, and a schedule beats none."""
    ours, theirs = ([score for score, _ in row["tiers"]] for row in (engine, plain))
    if not ours or not theirs:
        return "no schedule" if ours == theirs else ("plain has none" if ours else "the engine has none")
    if ours == theirs:
        return "equal"
    word = "better" if ours > theirs else "worse"
    every = all(mine >= other for mine, other in zip(ours, theirs, strict=True))
    return f"{word}, on every tier" if every and word == "better" else word


def targets(rows: Sequence[Row]) -> Iterator[list[str]]:
    """Each target with what was measured."""
    yield ["target", "program", "at most", "measured", "met"]
    for target in TARGETS:
        row = row_of(rows, target.program, target.solver)
        measured = None if row is None else figure_of(row, target)
        met = "not measured" if row is None else _met(measured, target.most)
        yield [target.words, target.program, _amount(target.most, target), _amount(measured, target), met]


def figure_of(row: Row, target: Target) -> float | None:
    """What a row says to a target; None where the run did not get that far."""
    if target.figure == "gap":
        scored = row["year_tiers"][row["scored"] - 1 :][:1]
        return gap(*scored[0]) if scored else None
    wanted = "infeasible" if target.program.startswith("infeasible") else "feasible or optimal"
    if row["status"] not in wanted:
        return None
    figure: float | None = row[target.figure]
    return figure


def beside_stated(rows: Sequence[Row]) -> Iterator[list[str]]:
    """The stated figures, with the engine's behind an arrow."""
    yield [
        *("program", "s", "year points", "day-off wishes", "spread of points", "of weekends", "of holidays"),
        *("whole weekends", "advisories", "MB"),
    ]
    for row in rows:
        told = STATED.get(row["program"])
        if told is None or row["solver"] != "engine" or not row["terms"]:
            continue
        terms = row["terms"]
        points = terms.get("vacation_rank", 0) + terms.get("rotation_request", 0)
        asked = row["asked"].get("day_off", 0)
        yield [
            row["program"],
            f"{told.seconds:g} → {row['seconds']:.1f}",
            f"{told.year_points} → {points:g}",
            f"{told.day_off} → {terms.get('day_off_request', 0):g} of {asked}",
            f"{told.points:g} → {terms.get('fair_call_points', 0):g}",
            f"{told.weekends:g} → {terms.get('fair_weekends', 0):g}",
            f"{told.holidays:g} → {terms.get('fair_holidays', 0):g}",
            f"{told.whole_weekends} → {terms.get('whole_weekends', 0):g}",
            f"{told.advisories} → {terms.get('advisories', 0):g}",
            f"{told.memory_mb} → {row['peak_mb']}",
        ]


def _lines(cells: Iterator[list[str]]) -> list[str]:
    """A Markdown table; nothing where it would have no line."""
    head, *lines = cells
    if not lines:
        return ["Not measured yet."]
    ruled = [head, ["---"] * len(head), *lines]
    return ["\n".join(f"| {' | '.join(line)} |" for line in ruled)]


def _tier(score: float, bound: float | None) -> str:
    missing = gap(score, bound)
    return f"{score:g}" if bound is None or missing is None else f"{score:g} of {bound:g} ({missing:.1%})"


def _sign(ours: float, theirs: float) -> str:
    return ">" if ours > theirs else "<" if ours < theirs else "="


def _seconds(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds:.1f}"


def _amount(figure: float | None, target: Target) -> str:
    if figure is None:
        return "–"
    return f"{figure:.2%}" if target.unit == "%" else f"{figure:,.1f} {target.unit}".replace(".0 ", " ")


def _met(measured: float | None, most: float) -> str:
    return "no: not reached" if measured is None else "yes" if measured <= most else "no"
