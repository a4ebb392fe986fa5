"""Tables of the inputs, one for each file of the program folder."""

from src.programs.models.program import ObjectiveTier, Program
from src.programs.models.roster import Absence, Clinic, HistoryCount, HistoryInterval, Person, Pin, Request
from src.programs.models.rules import RuleApproval, RuleOverride
from src.programs.models.work import (
    Call,
    CallRotation,
    Coverage,
    Requirement,
    Rotation,
    RotationTemplate,
    Staffing,
    Succession,
)

__all__ = [
    "Absence",
    "Call",
    "CallRotation",
    "Clinic",
    "Coverage",
    "HistoryCount",
    "HistoryInterval",
    "ObjectiveTier",
    "Person",
    "Pin",
    "Program",
    "Request",
    "Requirement",
    "Rotation",
    "RotationTemplate",
    "RuleApproval",
    "RuleOverride",
    "Staffing",
    "Succession",
]
