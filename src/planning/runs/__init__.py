"""Runs at work: a run in the worker, its inputs, its heartbeat, and patience with the database."""
