"""Publishing: what blocks it, what a waiver lets stand, and the one transaction that does it."""
