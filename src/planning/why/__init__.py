"""Answers to "why": why a duty is whose, why a request was denied."""
