"""The engine measured: one table for all programs, beside a plain solver, with pictures."""
