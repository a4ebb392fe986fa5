"""Imports every domain's tables, so that metadata is whole wherever it is used."""

from src import idempotency
from src.models import Table

metadata = Table.metadata

__all__ = ["idempotency", "metadata"]
