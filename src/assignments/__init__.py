"""What a schedule version holds: who does what, when; its edits, reads, coverage, fairness and exports."""
