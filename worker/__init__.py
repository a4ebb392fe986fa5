"""The background: a Celery application whose tasks run the same services on the same tables."""
