"""Worked hours held against schedules and rules: prefill, findings, drift."""
