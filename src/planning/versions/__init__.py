"""Versions of a schedule: read, copied, compared, checked, and whether the inputs moved on."""
