"""How long a shift, a day, an on-call or a stay after call may be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from src.interchange.model import DutyType
from src.solver.daily.limits.book import Poster
from src.solver.daily.limits.shifts import Chain, cannot_all_hold, chains_of, shortest
from src.solver.daily.linear import ONE, Expr
from src.solver.daily.presence import Item

SCHEDULED_CARE = frozenset({DutyType.CLINICAL, DutyType.IN_HOUSE_CALL, DutyType.NIGHT_FLOAT})
"""Scheduled care of patients: no hand-over, no teaching."""


def shift_length(post: Poster) -> None:
    """Each shift at most `minutes`: with in-house call where `with_call`, without where `without_call`."""
    row = post.row
    with_call, without_call = row.choice("with_call"), row.choice("without_call")
    most = row.number("minutes")
    chains = post.book.chains(row.number("merge_gap_minutes"))
    if with_call and without_call:
        for chain in _first_too_long(post, chains, most):
            _forbid(post, chain, ())
        return
    for chain in chains:
        if chain.length > most and chain.is_whole and (with_call if chain.has_call else without_call):
            _forbid(post, chain, chain.others)


def _first_too_long(post: Poster, chains: Sequence[Chain], most: int) -> Iterator[Chain]:
    """Chains as they become too long, those of history alone aside: what follows them is looked at too."""
    return shortest(chains, lambda chain: chain.length > most and post.is_in_question(chain.items))


def _forbid(post: Poster, chain: Chain, unless: Sequence[Expr]) -> None:
    if post.is_in_question(chain.items):
        post.forbid(chain.literals, chain.day, chain.items[-1].day, unless)


def day_length(post: Poster) -> None:
    """The shifts that start on one date together at most `minutes`."""
    by_day = _by_day(post.book.chains(post.row.number("merge_gap_minutes")))
    for day, chains in by_day.items():
        if post.speaks_of(day):
            for together in _too_long(chains, post.row.number("minutes")):
                _forbid_all(post, together, ())


def day_after_on_call(post: Poster) -> None:
    """The shifts that start on the date after an on-call began at most `minutes` together."""
    by_day = _by_day(post.book.chains(post.row.number("merge_gap_minutes")))
    most = post.row.number("minutes")
    found: dict[int, list[tuple[Chain, ...]]] = {}
    for on_call in post.book.on_calls:
        day = on_call.day + 1
        if day not in found:
            found[day] = list(_too_long(by_day.get(day, ()), most))
        for together in found[day]:
            _forbid_all(post, together, (on_call,))


def _forbid_all(post: Poster, chains: Sequence[Chain], beside: Sequence[Item]) -> None:
    items = [*(item for chain in chains for item in chain.items), *beside]
    if post.is_in_question(items):
        literals = [each for chain in chains for each in chain.literals]
        literals += [item.worked for item in beside]
        unless = [each for chain in chains for each in chain.others]
        post.forbid(literals, chains[0].day, max(item.day for item in items), unless)


def _by_day(chains: Sequence[Chain]) -> dict[int, list[Chain]]:
    found: dict[int, list[Chain]] = {}
    for chain in chains:
        if chain.is_whole:
            found.setdefault(chain.day, []).append(chain)
    return found


def _too_long(chains: Sequence[Chain], most: int) -> Iterator[tuple[Chain, ...]]:
    """Shifts of one date, one after the other, that are too long together; none of them is superfluous."""
    pending: list[tuple[Chain, ...]] = [(chain,) for chain in chains]
    while pending:
        together = pending.pop()
        if sum(chain.length for chain in together) > most:
            yield together
            continue
        for chain in chains:
            if chain.start >= together[-1].end:
                literals = dict.fromkeys(each for one in (*together, chain) for each in one.literals)
                others = {each for one in (*together, chain) for each in one.others}
                if others.isdisjoint(literals) and not cannot_all_hold(tuple(literals)):
                    pending.append((*together, chain))


def on_call_length(post: Poster) -> None:
    """Each on-call at most `minutes` + `tolerance_minutes`."""
    most = post.row.number("minutes") + post.row.number("tolerance_minutes")
    for item in post.book.on_calls:
        if item.end - item.start > most and post.is_in_question([item]):
            post.forbid([item.worked], item.day, item.day)


def work_day_with_call(post: Poster) -> None:
    """From the first duty of the call's date to the stay's end at most `minutes` + `handover_minutes`."""
    row = post.row
    most = row.number("minutes") + row.number("handover_minutes")
    chains = post.book.chains(row.number("merge_gap_minutes"))
    starting = _by_day(chains)
    for chain in chains:
        call = _last_call(chain)
        if call is None or not chain.is_whole or not post.speaks_of(_day(post, call)):
            continue
        if chain.length > most:
            _forbid(post, chain, chain.others)
            continue
        begins = {
            other.items[0]: other.earlier
            for other in starting.get(_day(post, call), ())
            if other.start < chain.start and chain.end - other.start > most
        }
        for item, earlier in begins.items():
            items = (item, *chain.items)
            literals = (item.worked, *chain.literals)
            if post.is_in_question(items) and not cannot_all_hold(literals):
                post.forbid(literals, item.day, chain.items[-1].day, (*earlier, *chain.others))


def leave_after_call(post: Poster) -> None:
    """Each stay ends `handover_minutes` after its call, or by `latest_minute`: `earlier`, or later."""
    row = post.row
    handover, latest = row.number("handover_minutes"), row.number("latest_minute")
    choose = min if row.choice("earlier") else max
    for chain in post.book.chains(row.number("merge_gap_minutes")):
        call = _last_call(chain)
        if call is None or not chain.is_whole:
            continue
        day = post.book.calendar.day_of(call.end)
        if chain.end > choose(call.end + handover, post.book.at(day, latest)):
            _forbid(post, chain, chain.others)


def _last_call(chain: Chain) -> Item | None:
    calls = [item for item in chain.items if item.duty_type is DutyType.IN_HOUSE_CALL]
    return max(calls, key=lambda item: item.end, default=None)


def _day(post: Poster, item: Item) -> int:
    return post.book.calendar.day_of(item.start)


def emergency_care(post: Poster) -> list[Item]:
    """Scheduled care in the places the row speaks of."""
    rotations = post.row.rotations or frozenset()
    return [
        item for item in post.book.draft.items if item.duty_type in SCHEDULED_CARE and item.place in rotations
    ]


def ed_shift_length(post: Poster) -> None:
    """Scheduled care in an emergency department without a gap at most `most_minutes`."""
    chains = chains_of(emergency_care(post), post.row.number("merge_gap_minutes"))
    most = post.row.number("most_minutes")
    for chain in _first_too_long(post, chains, most):
        _forbid(post, chain, ())


def ed_equal_rest(post: Poster) -> None:
    """Time off between shifts in an emergency department: `percent_of_shift` of the first.

    It begins when the work around the first shift ends.
    """
    row, care = post.row, emergency_care(post)
    gap, percent = row.number("merge_gap_minutes"), row.number("percent_of_shift")
    for shift in chains_of(care, gap):
        if not shift.is_whole:
            continue
        for literals, unless, left in _overruns(post, shift, gap):
            soon = [
                item
                for item in care
                if item.start > shift.end + gap and 100 * (item.start - left) < shift.length * percent
            ]
            for item in soon:
                if post.is_in_question((*shift.items, item)):
                    between = [one.worked for one in soon if one.end <= item.start]
                    excuses = (*shift.others, *unless, *between)
                    post.forbid((*literals, item.worked), shift.day, item.day, excuses)


def _overruns(
    post: Poster, shift: Chain, gap: int
) -> Iterator[tuple[tuple[Expr, ...], tuple[Expr, ...], int]]:
    """The shift with what goes on after it, and when that ends."""
    mine = set(shift.items)
    after = [
        item
        for item in post.book.draft.items
        if shift.end <= item.start <= shift.end + gap and item not in mine and item in set(post.book.rest)
    ]
    yield shift.literals, tuple(item.worked for item in after if item.worked != ONE), shift.end
    for item in after:
        yield (*shift.literals, item.worked), (), max(shift.end, item.end)
