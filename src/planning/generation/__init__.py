"""Generation: what may be asked for, the queued run, the solved and judged program, the draft it becomes."""
