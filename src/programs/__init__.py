"""The inputs: programs and everything their folder says about a year."""
