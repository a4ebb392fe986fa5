"""Imports every domain's tables, so that metadata is whole wherever it is used."""

from src import idempotency
from src.auth import models as auth_models
from src.models import Table
from src.programs import models as program_models

metadata = Table.metadata

__all__ = ["auth_models", "idempotency", "metadata", "program_models"]
