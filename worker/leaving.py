"""The word that this worker was told to end, from its main process to the children it forked.

One byte of memory that all of them share: a child that solves looks at it with every heartbeat, stops the
solve and hands the run back. Where children are spawned and not forked they see no such word, and let the
present run end.
"""

from __future__ import annotations

import mmap

_flag = mmap.mmap(-1, 1)


def announce() -> None:
    """Tell the children; safe in a signal handler and more than once."""
    _flag[0] = 1


def announced() -> bool:
    """Whether this worker was told to end."""
    return _flag[0] == 1
