"""Compliance reports of a version: program, person, block, rotation, each also as CSV and PDF."""
