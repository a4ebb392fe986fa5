"""Duties that change hands: legal swaps, give-aways and chains of three around a standing schedule."""
