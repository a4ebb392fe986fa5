"""A standing schedule after a change: the least that must move, in several different ways."""
