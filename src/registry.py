"""Imports every domain's tables, so that metadata is whole wherever it is used.

It also tells the inputs which domain above them knows the rules that a program names.
"""

from src import idempotency
from src.assignments import models as assignment_models
from src.auth import models as auth_models
from src.compliance import models as compliance_models
from src.compliance.certificates import records as certificate_records
from src.compliance.hours import models as hours_models
from src.compliance.program_rules import unknown_rules
from src.compliance.waivers import records as waiver_records
from src.models import Table
from src.programs import models as program_models
from src.programs.validation import also_check
from src.schedules import models as schedule_models

metadata = Table.metadata
also_check(unknown_rules)

__all__ = [
    "assignment_models",
    "auth_models",
    "certificate_records",
    "compliance_models",
    "hours_models",
    "idempotency",
    "metadata",
    "program_models",
    "schedule_models",
    "waiver_records",
]
