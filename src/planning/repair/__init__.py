"""Repair: what has changed, judged alternatives, and a repair as a queued run."""
