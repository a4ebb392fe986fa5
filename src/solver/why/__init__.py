"""Answers to "why": why this person here, why not this wish, who else could, and what it would cost."""
