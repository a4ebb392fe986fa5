"""How soon people are answered on a schedule as it stands: repairs, swaps, and why.

    ./dev python -m benchmarks.answers PROGRAM_FOLDER SCHEDULE_FOLDER [repairs|swaps|duties|requests ...]

In one process, without database and API. A repair is of one resident's absence of three weeks, and ends with
three alternatives that the checker lets pass; a swap search takes one call and ends with a page of offers,
each passed by the checker. Adds a line for each kind of question (all, unless some are named) to
`benchmarks/results/answers.md`, in place of the program's earlier ones of that kind.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import random
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import median

from src.interchange.canonical import canonical
from src.interchange.model import Absence, AbsenceStatus, Program, Request
from src.interchange.reader import load_program
from src.interchange.schedule import Schedule, Scope
from src.interchange.schedule_files import load_schedule
from src.planning.limits import limits_of
from src.planning.repair.repair_program import RepairOptions, repair_program
from src.planning.swaps.judge import judge_offer
from src.planning.swaps.search import Stood
from src.planning.why.answers import why_in_time
from src.solver.problem import Progress
from src.solver.scoring import Scorer
from src.solver.stop import Stop
from src.solver.swaps.search import SwapSearch
from src.solver.swaps.standing import Piece, Standing
from src.solver.why.duty import why_duty

RESULTS = Path(__file__).parent / "results" / "answers.md"
SEED, WORKERS = 1, 4
KINDS = ("repairs", "changes", "swaps", "duties", "requests")
REPAIRS, DUTIES, REQUESTS = 5, 20, 12
PAGE = 20
WITHIN_DAYS = 28
PATIENCE_SECONDS = 60.0
ABSENCE_DAYS = 21
HEAD = """# Answers on a standing schedule

`./dev python -m benchmarks.answers PROGRAM SCHEDULE`, in one process, 4 workers. A repair ends with three
alternatives, a swap search with a page of offers, all passed by the checker. Lines with `API` are of
`benchmarks.answers_api`: a real API and worker, a repair from POST to the run's end, drafts saved.
`load` is the machine's one-minute load before.

| program | residents × blocks | what | asked | median s | most s | at most s | met | answered with | load |
|---|---|---|---:|---:|---:|---:|---|---|---:|
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """One kind of question: how long each answer took, what it must keep, and what came out."""

    what: str
    seconds: Sequence[float]
    most: float
    words: str

    @property
    def is_met(self) -> bool:
        return bool(self.seconds) and max(self.seconds) <= self.most

    def cells(self) -> list[str]:
        """The cells of its line."""
        if not self.seconds:
            return [self.what, "0", "", "", f"{self.most:g}", "nothing to ask", ""]
        middle, longest = median(self.seconds), max(self.seconds)
        met = "yes" if self.is_met else "no"
        return [
            *(self.what, str(len(self.seconds)), f"{middle:.2f}", f"{longest:.2f}"),
            *(f"{self.most:g}", met, self.words),
        ]


def repairs(program: Program, schedule: Schedule) -> Asked:
    """Three weeks of one resident, told the day before; what lies before that does not move."""
    seconds: list[float] = []
    found: list[int] = []
    cells: list[int] = []
    drawn = chance()
    for person in drawn.sample([each.id for each in program.residents], REPAIRS):
        days = (program.year_end_date - program.year_start_date).days
        first = program.year_start_date + dt.timedelta(drawn.randrange(28, days - ABSENCE_DAYS))
        away = Absence(person, "sick", first, first + dt.timedelta(ABSENCE_DAYS - 1), AbsenceStatus.APPROVED)
        changed = replace(program, absences=(*program.absences, away))
        options = RepairOptions(from_date=first - dt.timedelta(1), seed=SEED)
        stop = Stop(PATIENCE_SECONDS)
        solved, taken = timed(partial(repair_program, changed, schedule, options, stop, _nowhere))
        seconds.append(taken)
        found.append(len(solved.alternatives))
        cells += [made.comparison.cells for made in solved.alternatives[:1]]
    words = f"{', '.join(map(str, found))} alternatives; least cells {', '.join(map(str, cells))}"
    return Asked("repair of three weeks' absence", seconds, 10.0, words)


def changes(program: Program, schedule: Schedule) -> Iterator[Asked]:
    """New demand, changed rules and a long absence; the second half of the year may move."""
    days = (program.year_end_date - program.year_start_date).days
    first = program.year_start_date + dt.timedelta(days // 2)
    person = chance().choice(program.residents).id
    away = Absence(person, "parental", first, program.year_end_date, AbsenceStatus.APPROVED)
    most = max(program.staffing, key=lambda row: (row.min, -row.row))
    one_more = replace(most, min=most.min + 1, max=None if most.max is None else max(most.max, most.min + 1))
    asked = {
        "one more in a staffing row": replace(
            program, staffing=tuple(one_more if row is most else row for row in program.staffing)
        ),
        "New York's weeks beside the pack": replace(program, rule_packs=(*program.rule_packs, "us-ny-405")),
        "half a year's absence": replace(program, absences=(*program.absences, away)),
    }
    for what, changed in asked.items():
        options = RepairOptions(from_date=first, seed=SEED)
        solved, taken = timed(
            partial(repair_program, changed, schedule, options, Stop(PATIENCE_SECONDS), _nowhere)
        )
        cells = ", ".join(str(made.comparison.cells) for made in solved.alternatives)
        hard = max((made.comparison.hard for made in solved.alternatives), default=0)
        unmet = max((made.comparison.unmet for made in solved.alternatives), default=0)
        words = f"{solved.repaired.status}; cells {cells or 'none'}; open {unmet}; hard {hard}"
        yield Asked(f"repair: {what}", [taken], PATIENCE_SECONDS + 10, words)


def swaps(stood: Stood, duties: Sequence[tuple[str, Piece]]) -> Asked:
    """All offers for a call, and a page of them judged."""
    seconds: list[float] = []
    offers = 0
    for person, piece in duties:
        last = stood.standing.shared.calendar.days - 1
        span = max(0, piece.day - WITHIN_DAYS), min(last, piece.day + WITHIN_DAYS)

        made, taken = timed(partial(_a_page_of_offers, stood, person, piece, span))
        seconds.append(taken)
        offers += made
    return Asked("legal swaps for a call", seconds, 2.0, f"{offers} offers")


def _a_page_of_offers(stood: Stood, person: str, piece: Piece, span: tuple[int, int]) -> int:
    """How many offers there are; those of the first page are judged."""
    found = stood.search.offers(person, piece, *span, Stop(PATIENCE_SECONDS)).offers
    for offer in found[:PAGE]:
        judge_offer(stood, offer)
    return len(found)


def reasons_of_duties(stood: Stood, duties: Sequence[tuple[str, Piece]]) -> Asked:
    """Why a call is whose, and who is next best."""
    why_of = partial(why_duty, stood.standing, stood.search)
    timings = [timed(partial(why_of, *duty, Stop(PATIENCE_SECONDS))) for duty in duties]
    named = sum(why.next_best is not None for why, _ in timings)
    return Asked("why this person", [taken for _, taken in timings], 5.0, f"{named} have a next best")


def reasons_of_requests(stood: Stood, requests: Sequence[Request]) -> Asked:
    """What stood in a denied request's way, and what granting it would cost."""
    timings = [timed(partial(why_in_time, stood.standing, request, WORKERS)) for request in requests]
    verdicts = [why.verdict.value for why, _ in timings]
    words = ", ".join(f"{verdicts.count(each)} {each}" for each in sorted(set(verdicts)))
    return Asked("why not this request", [taken for _, taken in timings], 5.0, words)


def measured(program: Program, schedule: Schedule, kinds: Collection[str] = KINDS) -> Iterator[Asked]:
    """The kinds of question that are wanted, the same ones at every call."""
    if "repairs" in kinds:
        yield repairs(program, schedule)
    if "changes" in kinds:
        yield from changes(program, schedule)
    if not {"swaps", "duties", "requests"} & set(kinds):
        return
    limits = limits_of(program)
    standing, taken = timed(lambda: Standing(program, schedule, limits))
    stood = Stood(program, schedule, limits, standing, SwapSearch(standing))
    duties = _duties(program, stood)
    if "swaps" in kinds:
        yield Asked("making ready for swaps", [taken], 2.0, "once for each state of a version")
        yield swaps(stood, duties)
    if "duties" in kinds:
        yield reasons_of_duties(stood, duties)
    if "requests" in kinds:
        scorer = Scorer(program, schedule, Scope.BOTH)
        denied = [request for request in program.requests if not scorer.is_granted(request)]
        yield reasons_of_requests(stood, chance().sample(denied, min(REQUESTS, len(denied))))


def _duties(program: Program, stood: Stood) -> list[tuple[str, Piece]]:
    """Some of all calls."""
    last = stood.standing.shared.calendar.days - 1
    calls = [
        (person.id, piece)
        for person in program.residents
        for piece in stood.standing.holder(person.id).pieces(0, last)
        if piece.is_call
    ]
    return chance().sample(calls, min(DUTIES, len(calls)))


def chance() -> random.Random:
    """A sample's, not a secret's."""
    return random.Random(SEED)  # noqa: S311  # a sample, not a secret


def timed[T](work: Callable[[], T]) -> tuple[T, float]:
    """What the work gives, and its seconds."""
    began = time.perf_counter()
    made = work()
    return made, time.perf_counter() - began


def lines_of(program: Program, asked: Iterable[Asked], load: float) -> list[str]:
    """The table's lines of a program."""
    size = f"{len(program.residents)} × {len(program.blocks)}"
    return [f"| {' | '.join([program.id, size, *each.cells(), f'{load:.1f}'])} |" for each in asked]


def page(earlier: str, lines: Sequence[str]) -> str:
    """The page with these lines, in place of earlier ones of the same program and question."""
    kept = {
        _asked_of(line): line
        for line in earlier.splitlines()
        if line.startswith("| ") and not line.startswith("| program ")
    }
    kept.update({_asked_of(line): line for line in lines})
    return HEAD + "\n".join(kept[key] for key in sorted(kept, key=lambda key: key[0])) + "\n"


def _asked_of(line: str) -> tuple[str, str]:
    """The program of a line, and what was asked."""
    cells = line.split("|")
    return cells[1].strip(), cells[3].strip()


def _nowhere(_: Progress) -> None:
    """Nobody looks on."""


def main() -> None:
    """Ask everything of the schedule, and write the page."""
    parser = argparse.ArgumentParser(description="How soon people are answered on a standing schedule.")
    parser.add_argument("program", type=Path)
    parser.add_argument("schedule", type=Path)
    parser.add_argument("kinds", nargs="*", choices=KINDS)
    given = parser.parse_args()
    program, schedule = canonical(load_program(given.program)), load_schedule(given.schedule)
    load = os.getloadavg()[0]
    lines = lines_of(program, measured(program, schedule, given.kinds or KINDS), load)
    earlier = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else ""
    RESULTS.write_text(page(earlier, lines), encoding="utf-8")
    print(*lines, sep="\n")


if __name__ == "__main__":
    main()
