"""Walking stretches of the year side by side: CP-SAT leaves Python's lock alone while it searches."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor

LEAST_BLOCKS_A_LANE = 3
"""Shorter stretches are not worth a thread."""


@dataclass(frozen=True, slots=True)
class Lane:
    """Academic blocks in the order in which one thread walks them, and the workers a search of it may use."""

    blocks: tuple[int, ...]
    workers: int
    is_alone: bool = True


def lanes_of(blocks: Sequence[int], workers: int, ties: Callable[[int], int]) -> list[Lane]:
    """Pairs of stretches that begin side by side and lead away from each other, onwards and backwards.

    So stretches meet only where two pairs do. Every search may use all workers: one for a first roster
    spends most of its time on a single thread, which leaves the others to other lanes. `ties` says how much
    binds a block to those before it: pairs are parted where that is little.
    """
    count = min(workers, len(blocks) // LEAST_BLOCKS_A_LANE) // 2
    if count == 0:
        return [Lane(tuple(blocks), workers)]
    share = len(blocks) / count
    cuts = [0, *(_cut(blocks, share * number, share / 4, ties) for number in range(1, count)), len(blocks)]
    lanes: list[Lane] = []
    for first, last in pairwise(cuts):
        middle = (first + last) // 2
        walks = (blocks[middle:last], blocks[first:middle][::-1])
        lanes += [Lane(tuple(walk), workers, is_alone=False) for walk in walks]
    return lanes


def _cut(blocks: Sequence[int], middle: float, most: float, ties: Callable[[int], int]) -> int:
    """The place of a block that little ties to those before it, not far from the middle."""
    near = range(ceil(middle - most), floor(middle + most) + 1)
    return min(near, key=lambda place: (ties(blocks[place]), abs(place - middle)))


def side_by_side[Result](
    lanes: Sequence[Lane],
    work: Callable[[int, Lane], Result | None],
    ends: Callable[[Result], bool] = lambda _: False,
) -> list[Result]:
    """What the work says of the blocks of all lanes, where it says something, lane by lane.

    A lane begins no other block once something was said that `ends` all of it, or a lane has failed. Raises
    what the work raises.
    """
    ended = threading.Event()

    def walk(lane: Lane) -> list[Result]:
        found: list[Result] = []
        try:
            for block in lane.blocks:
                if ended.is_set():
                    break
                result = work(block, lane)
                if result is not None:
                    found.append(result)
                    if ends(result):
                        ended.set()
        except BaseException:  # whatever ended this lane ends the others too, and is raised
            ended.set()
            raise
        return found

    if len(lanes) == 1:
        return walk(lanes[0])
    with ThreadPoolExecutor(len(lanes), thread_name_prefix="lane") as threads:
        return [result for found in threads.map(walk, lanes) for result in found]
