"""The rule engine: facts in, findings out. Pure: it reads no file, no clock and no database.

`judge(facts, packs)` judges a program's year, `judge_person(facts, person, packs)` one person of it.
`measure(facts, packs)` tells the number and margin of all that was judged, kept or not. What the rules find
odd in the facts themselves is told apart by `data_findings`: it has no clause.
"""

from src.compliance.rules.choices import Care, ContinuousLength, FreeBasis, WindowMode
from src.compliance.rules.data import data_findings
from src.compliance.rules.engine import judge, judge_person
from src.compliance.rules.measure import Measure, NotJudged, measure, measure_person, not_judged
from src.compliance.rules.model import (
    Basis,
    DataFinding,
    DataFindingKind,
    Duty,
    Facts,
    Finding,
    ParameterSource,
    PersonFacts,
    RotationSegment,
    Rule,
    RulePack,
    RuleParameter,
    RuleParameters,
)
from src.compliance.rules.registry import KINDS
from src.compliance.rules.rows import finding_rows
from src.compliance.rules.supervised import (
    SupervisedSlot,
    Supervision,
    SupervisionLevel,
    SupervisorSlot,
)

__all__ = [
    "KINDS",
    "Basis",
    "Care",
    "ContinuousLength",
    "DataFinding",
    "DataFindingKind",
    "Duty",
    "Facts",
    "Finding",
    "FreeBasis",
    "Measure",
    "NotJudged",
    "ParameterSource",
    "PersonFacts",
    "RotationSegment",
    "Rule",
    "RulePack",
    "RuleParameter",
    "RuleParameters",
    "SupervisedSlot",
    "Supervision",
    "SupervisionLevel",
    "SupervisorSlot",
    "WindowMode",
    "data_findings",
    "finding_rows",
    "judge",
    "judge_person",
    "measure",
    "measure_person",
    "not_judged",
]
