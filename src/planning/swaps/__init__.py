"""Swaps: who may look for them, the standing schedule, and offers that the judge passed."""
