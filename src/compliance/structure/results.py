"""Item 6: what the schedule says of itself against what an independent computation gives.

`findings.csv`, `denied.csv` and `result.json` are verified where they are present.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation

from src.compliance.structure.broken import FINDINGS_FILE, RESULT_FILE, Broken, Item
from src.compliance.structure.clock import seconds_of
from src.compliance.structure.ground import Ground
from src.compliance.structure.score import YEAR_TERMS, Score
from src.interchange.schedule import FindingRow, ResultFile, Schedule, Scope, SolveStatus, TierScore

type FindingKey = tuple[str, str, str, float, float]

GAP_TOLERANCE = Decimal("0.001")
SCHEDULE_STATUSES = frozenset({SolveStatus.OPTIMAL, SolveStatus.FEASIBLE})


def is_without_schedule(schedule: Schedule) -> bool:
    """Whether the folder holds `result.json` alone: there is nothing to check, and nothing that holds."""
    return (
        schedule.result is not None
        and schedule.result.status not in SCHEDULE_STATUSES
        and not schedule.year
        and not schedule.assignments
    )


def broken_findings(ground: Ground, computed: Iterable[FindingRow]) -> Iterator[Broken]:
    """Rows of `findings.csv` that no rule finds as they stand, and findings that have no row."""
    if ground.schedule.findings is None:
        return
    expected: dict[FindingKey, list[FindingRow]] = defaultdict(list)
    for finding in computed:
        expected[_key(finding)].append(finding)
    for row in ground.schedule.findings:
        same_place = expected.get(_key(row), [])
        if not same_place:
            yield _row(row, "no rule finds this, or a row before says it already")
            continue
        twin = next((finding for finding in same_place if not _differences(row, finding)), same_place[0])
        same_place.remove(twin)
        differences = _differences(row, twin)
        if differences:
            yield _row(row, "; ".join(differences))
    for left in expected.values():
        for finding in left:
            words = f"{_words(finding)}: has no row"
            yield Broken(Item.RESULTS, FINDINGS_FILE, None, words, person=finding.person)


def _key(row: FindingRow) -> FindingKey:
    window = (seconds_of(row.window_start_at), seconds_of(row.window_end_at))
    return (row.rule, row.severity, row.person, *window)


def _words(row: FindingRow) -> str:
    return f"{row.rule} {row.severity} {row.person} from {row.window_start_at.isoformat(timespec='minutes')}"


def _row(row: FindingRow, message: str) -> Broken:
    words = f"{_words(row)}: {message}"
    return Broken(Item.RESULTS, FINDINGS_FILE, row.row, words, person=row.person)


def _differences(row: FindingRow, finding: FindingRow) -> list[str]:
    """Numbers that are not so. How clause and entries are worded is each maker's own: no page fixes it."""
    pairs = (("value", row.value, finding.value), ("limit", row.limit, finding.limit))
    return [f"{column} is {is_!r}, not {due!r}" for column, is_, due in pairs if not _same(is_, due)]


def _same(one: str, other: str) -> bool:
    """Whether two cells say the same: as words, or as numbers."""
    if one.split() == other.split():
        return True
    try:
        return Decimal(one) == Decimal(other)
    except InvalidOperation:
        return False


def broken_result(ground: Ground, score: Score) -> Iterator[Broken]:
    """Score terms and tiers of `result.json` that are not so, and statuses that do not mean what they say."""
    result = ground.schedule.result
    if result is None:
        return
    if result.status not in SCHEDULE_STATUSES:
        yield _result(f"status is {result.status}, which leaves no schedule")
        return
    unknown = sorted(set(result.blocks) - set(ground.block_by_number))
    if unknown:
        yield _result(f"blocks that the year does not have: {', '.join(map(str, unknown))}")
    yield from _terms(result, score)
    yield from _tiers(result, score)
    yield from _gap(result)


def _result(message: str) -> Broken:
    return Broken(Item.RESULTS, RESULT_FILE, None, message)


def _terms(result: ResultFile, score: Score) -> Iterator[Broken]:
    """Every term of the objective is told, and told right; of a year plan only the year's terms can be.

    A `result.json` without any terms says nothing of the score, as one without tiers does: nothing is wrong.
    """
    if not result.score_terms:
        return
    for term, count in score.terms.items():
        told = result.score_terms.get(term)
        if told is None:
            yield _result(f"score_terms has no {term}; it is {_number(count)}")
        elif told != count:
            yield _result(f"score_terms.{term} is {_number(told)}, not {_number(count)}")
    for term in result.score_terms:
        if term not in score.terms and (result.scope is not Scope.YEAR or term in YEAR_TERMS):
            yield _result(f"score_terms.{term} is no term of the program's objective")


def _tiers(result: ResultFile, score: Score) -> Iterator[Broken]:
    """Objectives as computed, each tier once and in order, bounds that no schedule of theirs exceeds."""
    for number, count in Counter(tier.tier for tier in result.tiers).items():
        if number not in score.tiers:
            yield _result(f"tiers: the objective has no tier {number}")
        elif count > 1:
            yield _result(f"tiers: tier {number} is told {count} times")
    for tier in result.tiers:
        objective = score.tiers.get(tier.tier)
        if objective is not None and tier.objective != objective:
            yield _result(
                f"tiers: the objective of tier {tier.tier} is {_number(tier.objective)}, "
                f"not {_number(objective)}"
            )
        yield from _bound(result, tier)
    if result.tiers and result.scope is not Scope.YEAR:
        for number in sorted(set(score.tiers) - {tier.tier for tier in result.tiers}):
            yield _result(f"tiers: tier {number} is missing")


def _bound(result: ResultFile, tier: TierScore) -> Iterator[Broken]:
    """A bound holds for every legal schedule, so also for this one; `optimal` means every tier is proved."""
    if tier.bound is not None and tier.bound < tier.objective:
        yield _result(
            f"tiers: the bound of tier {tier.tier}, {_number(tier.bound)}, is below its objective, "
            f"{_number(tier.objective)}"
        )
    if result.status is SolveStatus.OPTIMAL and tier.bound != tier.objective:
        told = "none" if tier.bound is None else _number(tier.bound)
        yield _result(f"tiers: status is optimal, but the bound of tier {tier.tier} is {told}")


def _gap(result: ResultFile) -> Iterator[Broken]:
    """`gap` is |bound - objective| / max(1, |objective|) of one of the tiers told, to three decimals."""
    if result.gap is None or not result.tiers:
        return
    gaps = [
        abs(tier.bound - tier.objective) / max(Decimal(1), abs(tier.objective))
        for tier in result.tiers
        if tier.bound is not None
    ]
    if not any(abs(result.gap - gap) < GAP_TOLERANCE for gap in gaps):
        yield _result(f"gap is {_number(result.gap)}, which is that of no tier")


def _number(value: Decimal) -> str:
    return format(value.normalize(), "f")
