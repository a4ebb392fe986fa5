"""Item 6: `denied.csv` lists every request that is not granted, once, with a reason, and no other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from src.compliance.structure.broken import DENIED_FILE, Broken, Item
from src.compliance.structure.ground import Ground
from src.compliance.structure.wishes import Wishes
from src.interchange.model import Request, RequestKind
from src.interchange.schedule import DeniedRow

YEAR_KINDS = frozenset({RequestKind.VACATION, RequestKind.ROTATION})

type RequestKey = tuple[str, RequestKind, int | None, date | None]


def broken_denied(ground: Ground, wishes: Wishes) -> Iterator[Broken]:
    """Rows for requests that are granted or were never made, and denied requests without a row.

    Requests of a part that is not judged may be listed or not.
    """
    if ground.schedule.denied is None:
        return
    made: dict[RequestKey, list[Request]] = defaultdict(list)
    for request in ground.program.requests:
        made[_key(request)].append(request)
    left = {
        key: [request for request in requests if not wishes.is_granted(request)]
        for key, requests in made.items()
    }
    for row in ground.schedule.denied:
        key = (row.person, row.kind, row.rank, row.start_date)
        if key not in made:
            yield _row(row, "there is no such request")
        elif not left[key]:
            yield _row(row, "the request is granted, or a row before lists it")
        else:
            left[key].pop(0)
            if not row.reason.strip():
                yield _row(row, "gives no reason")
    for requests in left.values():
        for request in requests:
            if _is_judged(ground, request):
                yield _missing(request)


def _key(request: Request) -> RequestKey:
    return (request.person, request.kind, request.rank, request.start_date)


def _row(row: DeniedRow, message: str) -> Broken:
    where = " ".join(
        str(part) for part in (row.person, row.kind, row.rank, row.start_date) if part is not None
    )
    dates = () if row.start_date is None else (row.start_date,)
    return Broken(Item.RESULTS, DENIED_FILE, row.row, f"{where}: {message}", person=row.person, dates=dates)


def _missing(request: Request) -> Broken:
    what = request.start_date or f"{request.rotation} in block {request.block}"
    message = (
        f"{request.person} {request.kind} {what}: not granted (requests.csv row {request.row}) and not listed"
    )
    blocks = () if request.block is None else (request.block,)
    dates = () if request.start_date is None else (request.start_date,)
    return Broken(Item.RESULTS, DENIED_FILE, None, message, person=request.person, blocks=blocks, dates=dates)


def _is_judged(ground: Ground, request: Request) -> bool:
    if request.kind not in YEAR_KINDS and not ground.judged.days:
        return False
    if request.block is not None:
        return request.block in ground.judged.blocks
    if request.start_date is None:
        return True
    block = ground.block_of.get(request.start_date)
    return block is None or block in ground.judged.blocks
