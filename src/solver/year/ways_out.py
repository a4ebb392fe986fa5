"""The cheapest ways out of a clash: the least change of limits that leaves the program a year plan.

A step is one unit of one limit: a minimum lower by one, a maximum higher by one, a pin dropped. Leaving out a
succession or moving an absence weighs more than a step, for it changes what people were promised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from src.interchange.model import Program
from src.quantities import count
from src.solver.year.clash import DAYS_OFF, RULE, VACATION_ROOM
from src.solver.year.clash_core import At, Clash, Holds, Tried
from src.solver.year.clash_rows import UNSIZED, Key, keys_of
from src.solver.year.model import Side

SECONDS_A_WAY = 8.0
MOST_WAYS = 8
STEP = 1
NOT_FOUND_OUT = ", or by more: what other rules say to it was not found out in time"
AT_MOST = " (this is enough; whether less would do was not found out in time)"
PRICES = {"absences.csv": 3, "successions.csv": 3}
PRICE_OF_A_RULE = 10


def find_ways(program: Program, clash: Clash, small: Clash, core: frozenset[Key]) -> tuple[str, ...]:
    """Ways out as sentences with sizes, the cheapest first.

    Each row of the core alone first; where no single one helps, all of them together, then every limit.
    Where time ends before the whole program was tried, the least that settles this clash is told, and said to
    be no more: `small` has time for that when `clash` has none left.
    """
    everything = clash.model.absences.union(keys_of(clash.model.rows)) | frozenset(
        key for demand in clash.model.binding_demands for key in clash.model.keys_of_demand(demand)
    )
    alone = sorted(core, key=lambda key: (price_of(key), key))
    sets: list[frozenset[Key]] = [frozenset({key}) for key in alone[:MOST_WAYS]]
    sets += [each for each in (core, everything) if len(core) > 1 or each is everything]
    ways: dict[str, int] = {}
    guesses: dict[str, int] = {}
    for bendable in sets:
        if ways and len(bendable) > 1:
            break
        costs = {at: price_of(at[0]) for key in bendable for at in _limits_of(key)}
        local = small.try_rows(core, costs)
        if local.holds is Holds.YES and local.bends:
            guesses[sentence_of(program, local.bends, NOT_FOUND_OUT)] = _price(costs, local)
        if local.holds is not Holds.NO:
            tried = clash.try_rows(everything, costs, SECONDS_A_WAY)
            if tried.holds is Holds.YES and tried.bends:
                sentence = sentence_of(program, tried.bends, "" if tried.proved else AT_MOST)
                ways[sentence] = _price(costs, tried)
    best = ways or guesses
    return tuple(sorted(best, key=lambda sentence: best[sentence]))


def _price(costs: Mapping[At, int], tried: Tried) -> int:
    return sum(costs[at] * by for at, by in tried.bends.items())


def price_of(key: Key) -> int:
    """What a step of the row's limits weighs."""
    return PRICE_OF_A_RULE if key.about.startswith(RULE) else PRICES.get(key.file, STEP)


def _limits_of(key: Key) -> list[At]:
    """The limits of a row that somebody might change."""
    if key.about.startswith(("vacation_weeks ", RULE)) or key.file in ("pins.csv", "absences.csv"):
        return [(key, Side.LEAST)]
    if key.about == UNSIZED:
        return []
    if key.file == "clinics.csv":
        return [(key, Side.MOST)]
    if key.file in ("rotations.csv", "successions.csv") or key.about == "max_on_vacation":
        return [(key, Side.MOST)]
    return [(key, Side.LEAST), (key, Side.MOST)]


def sentence_of(program: Program, bends: Mapping[At, int], more: str = "") -> str:
    """What is to be done, in order of file and row."""
    steps = [_step(program, key, side, by) for (key, side), by in sorted(bends.items(), key=_order)]
    text = ", and ".join(steps)
    return f"{text[:1].upper()}{text[1:]}{more}."


def _order(bend: tuple[At, int]) -> tuple[Key, str]:
    (key, side), _ = bend
    return key, side.value


def _step(program: Program, key: Key, side: Side, by: int) -> str:
    say = _STEPS.get(key.file)
    return say(program, key, side, by) if say is not None else f"bend {key.file} row {key.row} by {by}"


def _limit(rows: Iterable[tuple[int, int, int | None, str]], key: Key, side: Side, by: int) -> str:
    for row, least, most, what in rows:
        if row == key.row and side is Side.LEAST:
            return f"lower the minimum of {key.file} row {row} by {by}, to {max(0, least - by)} ({what})"
        if row == key.row and most is not None:
            return f"raise the maximum of {key.file} row {row} by {by}, to {most + by} ({what})"
    return f"bend the limit of {key.file} row {key.row} by {by}"


def _coverage(program: Program, key: Key, side: Side, by: int) -> str:
    rows = ((c.row, c.min, c.max, _of(c.rotation, c.pgys)) for c in program.coverage)
    return _limit(rows, key, side, by)


def _requirement(program: Program, key: Key, side: Side, by: int) -> str:
    rows = ((r.row, r.min_blocks, r.max_blocks, _of(r.rotation, r.pgys)) for r in program.requirements)
    return _limit(rows, key, side, by)


def _staffing(program: Program, key: Key, side: Side, by: int) -> str:
    rows = ((s.row, s.min, s.max, f"{_of(s.rotation, s.pgys)}, {s.session}") for s in program.staffing)
    return _limit(rows, key, side, by)


def _call(program: Program, key: Key, side: Side, by: int) -> str:
    rows = ((c.row, c.min, c.max, _of(c.id, c.pgys)) for c in program.calls)
    return _limit(rows, key, side, by)


def _clinic(program: Program, key: Key, side: Side, by: int) -> str:
    del side
    for row in program.clinics:
        if row.row == key.row:
            where = f"clinics.csv row {row.row} and the others of weekday {row.weekday}, {row.session}"
            return f"raise max_at_once by {by}, to {row.max_at_once + by} ({where})"
    return f"raise max_at_once of clinics.csv row {key.row} by {by}"


def _of(name: str, pgys: tuple[int, ...]) -> str:
    return f"{name}, PGY-{'/'.join(map(str, pgys))}" if pgys else name


def _rotation(program: Program, key: Key, side: Side, by: int) -> str:
    del side
    for rotation in program.rotations:
        if rotation.row == key.row and key.about == VACATION_ROOM:
            most = rotation.vacation_weeks_max + by
            return (
                f"raise vacation_weeks_max of {rotation.id} (rotations.csv row {key.row}) by {by}, to {most}"
            )
        if rotation.row == key.row and key.about in {UNSIZED, DAYS_OFF}:
            most = (rotation.max_days_off or 0) + by
            return f"raise max_days_off of {rotation.id} by {by}, to {most} (rotations.csv row {key.row})"
        if rotation.row == key.row and rotation.max_consecutive is not None:
            most = rotation.max_consecutive + by
            return f"raise max_consecutive of {rotation.id} by {by}, to {most} (rotations.csv row {key.row})"
    return f"raise the limit of rotations.csv row {key.row} by {by}"


def _succession(program: Program, key: Key, side: Side, by: int) -> str:
    del side, by
    for row in program.successions:
        if row.row == key.row:
            pair = f"{row.to_rotation} directly after {row.from_rotation}"
            return f"allow {pair} (drop successions.csv row {key.row})"
    return f"drop successions.csv row {key.row}"


def _pin(program: Program, key: Key, side: Side, by: int) -> str:
    del side, by
    for pin in program.rotation_pins:
        if pin.row == key.row:
            what = f"{pin.person} to {pin.rotation} in block {pin.block}"
            return f"drop the pin of pins.csv row {key.row} ({what})"
    for taken in program.call_pins:
        if taken.row == key.row:
            return f"drop the pin of pins.csv row {key.row} ({taken.person} to {taken.call} on {taken.date})"
    return f"drop the pin of pins.csv row {key.row}"


def _absence(program: Program, key: Key, side: Side, by: int) -> str:
    del side, by
    for row in program.absences:
        if row.row == key.row:
            when = f"{row.start_date} to {row.end_date}"
            return f"move the absence of {row.person} from {when} (absences.csv row {key.row})"
    return f"move the absence of absences.csv row {key.row}"


def _program(program: Program, key: Key, side: Side, by: int) -> str:
    del side
    about, _, pgy = key.about.partition(" ")
    if about == RULE:
        name = pgy.split(": ")[1]
        return f"set {name} otherwise, with a reason (rule_overrides.csv)"
    if about == "vacation_weeks":
        left = max(0, program.vacation_weeks.get(int(pgy), 0) - by)
        fewer = count(by, "vacation week")
        return f"give PGY-{pgy} {fewer} fewer (program.toml, vacation_weeks: {pgy} = {left})"
    most = (program.max_on_vacation or 0) + by
    return f"let {by} more be on vacation in one week (program.toml, max_on_vacation = {most})"


_STEPS: dict[str, Callable[[Program, Key, Side, int], str]] = {
    "coverage.csv": _coverage,
    "requirements.csv": _requirement,
    "staffing.csv": _staffing,
    "calls.csv": _call,
    "clinics.csv": _clinic,
    "rotations.csv": _rotation,
    "successions.csv": _succession,
    "pins.csv": _pin,
    "absences.csv": _absence,
    "program.toml": _program,
}
