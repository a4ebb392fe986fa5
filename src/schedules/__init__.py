"""Schedules, their versions and states, and the runs that make them."""
