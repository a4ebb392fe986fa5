"""Better rosters from a roster: some people, or some days of all, are freed, priced and made whole again; or
one person after another gets the best row against all others', at prices that are shaken a little.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

import numpy as np

from src.solver.roster.columns import Part, Relaxation
from src.solver.roster.dive import Pace, dive
from src.solver.roster.legal import is_legal
from src.solver.roster.problem import Row
from src.solver.roster.table import Floats
from src.solver.roster.walk import walk
from src.solver.roster.whole import whole_rows
from src.solver.roster.work import ROUNDING, Work

ROUNDS = 25
FIRST_PEOPLE, MOST_PEOPLE = 7, 24
MOST_LINES = 2000
"""Cover lines above which whole rows make too large a master: a step grows with their cube."""
LEAST_DAYS, FIRST_DAYS, MOST_DAYS = 3, 7, 28
FIRST_CELLS = 320
"""People times days of the first windows, between the least days and the first."""
DIVE_SHARE = 0.5
"""Part of the time left that the dive from the relaxation of all people may take."""
AHEAD, LATEST = 0.2, 1.3
"""A dive hurries when its share of time is that far ahead of what is settled, and ends at `LATEST` of it."""
WALKS_ON = 3
"""Walks from where that dive ends, before its roster is held against those of the others."""
PATIENCE = 8
WHOLE_SECONDS = 0.4
AROUND_A_DATE = 0.6
FADING = 0.9
GROWTH = 1.35
LEAST_TIME = 0.3
"""How often the kind that had the least time is tried, whatever it gained."""
COLD, HOT = 0.02, 0.2
"""How far a walk is shaken: parts of what a line that lacks someone usually costs."""


@dataclass
class Kind:
    """A kind of neighbourhood: how large it is now, how often it failed in a row, what it gains a second."""

    name: str
    first: float
    most: float
    size: float = 0
    failures: int = 0
    rate: float = np.inf
    begun: int = 0
    tried: int = 0
    gained: float = 0.0
    spent: float = 0.0
    running: list[float] = field(default_factory=list)

    def used(self, now: float) -> float:
        """Seconds that tries took, those that still run among them."""
        return self.spent + sum(now - began for began in self.running)

    def learn(self, gain: float, began: float, now: float) -> None:
        """Take in what one try came to."""
        self.running.remove(began)
        seconds = now - began
        self.tried += 1
        self.gained += gain
        self.spent += seconds
        rate = gain / max(seconds, ROUNDING)
        self.rate = rate if np.isinf(self.rate) else FADING * self.rate + (1 - FADING) * rate
        self.failures = 0 if gain else self.failures + 1
        if self.failures >= PATIENCE:
            self.failures = 0
            self.size = self.size * GROWTH if self.size * GROWTH <= self.most else self.first


def _promise(kind: Kind) -> tuple[float, float]:
    return kind.rate, -kind.spent


class Search:
    """Workers that take parts of one roster and give back what they found, each against the newest rows."""

    def __init__(self, work: Work, root: Relaxation | None = None) -> None:
        self.work, self._root = work, root
        people, days = len(work.rows), work.problem.days
        window = min(days, FIRST_DAYS, max(LEAST_DAYS, FIRST_CELLS // max(1, people)))
        self.kinds = [
            Kind("walk", COLD, HOT),
            Kind("days", window, min(days, MOST_DAYS)),
        ]
        if len(work.problem.cover) <= MOST_LINES:
            self.kinds += [
                Kind("people", min(people, FIRST_PEOPLE), min(people, MOST_PEOPLE)),
                Kind("crowd", max(1, people // 3), people),
            ]
        under = work.table.under[work.table.under > 0]
        self._unit = float(np.median(under)) if len(under) else 1.0
        for kind in self.kinds:
            kind.size = kind.first
        self._lock = Lock()

    def run(self) -> None:
        """Until the search is over."""
        self.work.side_by_side(lambda _: self._steps(), range(self.work.options.workers))

    def _steps(self) -> None:
        with self._lock:
            root, self._root = self._root, None
        if root is not None:
            self._dive(root)
        while not self.work.over():
            with self._lock:
                kind = self._choose()
                base, price = list(self.work.rows), self.work.price or 0
                try_one = self._prepare(kind, base, price)
                began = self.work.stop.seconds
                kind.running.append(began)
            rows = try_one()
            with self._lock:
                before = self.work.price or 0
                if rows:
                    self._take(base, rows)
                kind.learn(before - (self.work.price or 0), began, self.work.stop.seconds)

    def _dive(self, root: Relaxation) -> None:
        """A roster from the relaxation of all people, walked on from; in larger steps when time is short."""
        work = self.work
        root.side_by_side = False
        began, budget = work.stop.seconds, max(ROUNDING, DIVE_SHARE * work.stop.remaining)

        def pace(settled: float) -> Pace:
            if not work.clocked:
                return Pace.STEADY
            spent = (work.stop.seconds - began) / budget
            return Pace.END if spent > LATEST else Pace.HURRY if spent > AHEAD + settled else Pace.STEADY

        rows = dive(root, work.over, pace)
        if rows is None:
            return
        base = [rows[person] for person in range(len(work.rows))]
        price = work.table.price(base)
        for seed in range(WALKS_ON):
            walked = walk(work, base, price, COLD * self._unit, seed) or {}
            base = [walked.get(person, row) for person, row in enumerate(base)]
            price = work.table.price(base)
        with self._lock:
            for person, row in rows.items():
                work.keep(person, row)
            work.take(base)

    def _choose(self) -> Kind:
        """The kind that gains most a second, now and then another; in turn where clocks may not decide."""
        rarest = min(self.kinds, key=lambda kind: kind.begun)
        if not self.work.clocked or not rarest.begun:
            chosen = rarest
        elif self.work.rng.random() < LEAST_TIME:
            now = self.work.stop.seconds
            chosen = min(self.kinds, key=lambda kind: kind.used(now))
        else:
            chosen = max((kind for kind in self.kinds if kind.tried), key=_promise, default=self.kinds[0])
        chosen.begun += 1
        return chosen

    def _prepare(self, kind: Kind, base: list[Row], price: int) -> Callable[[], dict[int, Row] | None]:
        if kind.name == "walk":
            seed, heat = int(self.work.rng.integers(1 << 31)), kind.size * self._unit
            return lambda: walk(self.work, base, price, heat, seed)
        size = int(kind.size)
        part = self._days(size, base) if kind.name == "days" else self._people(size)
        return lambda: self._solve(part, base, price, whole=kind.name == "people")

    def _painful(self) -> Floats:
        table = self.work.table
        missing = table.need - table.there(self.work.rows)
        cost: Floats = np.where(missing > 0, table.under * missing, table.over * -missing)
        return cost

    def _people(self, size: int) -> Part:
        """Some people whole, of those who could serve a line that is not served as it should be."""
        work = self.work
        order = [int(person) for person in work.rng.permutation(len(work.rows))]
        painful = self._painful()
        if work.rng.random() < AROUND_A_DATE and painful.sum() > 0:
            line = work.rng.choice(len(painful), p=painful / painful.sum())
            kind = work.problem.cover[line].kind
            order.sort(key=lambda person: work.problem.people[person].most_of_kind[kind] == 0)
        people = tuple(sorted(order[:size]))
        return Part(people, np.ones((size, work.problem.days, len(work.problem.kinds) + 1), np.bool_))

    def _days(self, size: int, rows: list[Row]) -> Part:
        """Some neighbouring days of all people."""
        work = self.work
        days = work.problem.days
        painful = self._painful()
        first = int(work.rng.integers(1 - size, days))
        if work.rng.random() < AROUND_A_DATE and painful.sum() > 0:
            line = work.rng.choice(len(painful), p=painful / painful.sum())
            first = work.problem.cover[line].day - int(work.rng.integers(size))
        first = max(0, min(first, days - size))
        marks = np.array(rows)[:, :, None] == np.arange(len(work.problem.kinds) + 1)
        marks[:, first : first + size] = True
        return Part(tuple(range(len(rows))), marks)

    def _solve(self, part: Part, base: list[Row], price: int, *, whole: bool) -> dict[int, Row] | None:
        work = self.work
        others = {person: row for person, row in enumerate(base) if person not in part.people}
        enough = price - sum(work.table.wish_cost(*one) for one in others.items()) - 1 + ROUNDING
        relaxation = Relaxation(work, part, others.values(), side_by_side=False)
        relaxation.begin(dict(enumerate(base)))
        for _ in range(ROUNDS):
            if work.over() or relaxation.best > enough or not relaxation.round():
                break
        if relaxation.best > enough or work.over():
            return None
        if whole:
            return whole_rows(relaxation, enough, min(WHOLE_SECONDS * len(part.people), work.stop.remaining))
        return dive(relaxation, lambda: work.over() or relaxation.best > enough, lambda _: Pace.STEADY)

    def _take(self, base: list[Row], rows: dict[int, Row]) -> None:
        """Put what was changed into the newest roster, when it is legal there and no worse."""
        work = self.work
        merged = list(work.rows)
        for person, row in rows.items():
            pairs = zip(row, base[person], work.rows[person], strict=True)
            new = tuple(mark if mark != was else now for mark, was, now in pairs)
            if new != row and not is_legal(work.problem, work.problem.people[person], new):
                return
            merged[person] = new
        before = work.price
        work.take(merged)
        if work.rows != merged or before == work.price:
            work.take([rows.get(person, row) for person, row in enumerate(base)])


def improve(work: Work, root: Relaxation | None = None) -> dict[str, int]:
    """Search until `work` is over; tells how often each kind of neighbourhood was tried. One worker dives
    from the relaxation of all people, where there is one, while the others search already.
    """
    if not work.rows or work.over():
        return {}
    search = Search(work, root)
    search.run()
    return {kind.name: kind.tried for kind in search.kinds}
