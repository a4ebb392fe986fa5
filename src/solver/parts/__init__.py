"""Parts of a run that may be solved elsewhere, and how they are offered and gathered."""
