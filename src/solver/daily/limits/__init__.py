"""Hard rules of any rule pack, kept day by day: each kind of `LimitRow` as linear rows over one resident."""

from src.solver.daily.limits.registry import can_keep, is_planned, keep_rows

__all__ = ["can_keep", "is_planned", "keep_rows"]
