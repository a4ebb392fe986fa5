"""Year plans and days of small programs in one model: the best of both, proved."""
