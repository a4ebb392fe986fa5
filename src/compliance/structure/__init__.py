"""Checks "What always holds in an output" of interchange.md, as anyone could from the two folders alone.

PURE: a parsed program and a schedule in, what is broken out. Nothing here shares code with the solver: how
intervals expand, what is worked, who may be where and how a schedule scores is written a second time.

One module per group of sentences: `year` and `blocks` (item 1), `vacations` (2), `sessions`, `work`, `calls`,
`intervals` and `collisions` (3 and post-call, 5), `staffing` and `unmet` (4), `results` and `denied` (6);
`score` and `figures` are the independent count. What `result.json` says was not solved is not judged.
"""

from src.compliance.structure.broken import Broken, Item
from src.compliance.structure.examine import Examination, examine

__all__ = ["Broken", "Examination", "Item", "examine"]
