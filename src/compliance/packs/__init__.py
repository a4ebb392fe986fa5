"""Rule packs as documents beside the code that reads them."""

from src.compliance.packs.chosen import OverrideInvalidError, load_named, named_with_versions, packs_of
from src.compliance.packs.document import RulePackInvalidError, read_pack
from src.compliance.packs.loader import UnknownRulePackError, known_packs, load_pack

__all__ = [
    "OverrideInvalidError",
    "RulePackInvalidError",
    "UnknownRulePackError",
    "known_packs",
    "load_named",
    "load_pack",
    "named_with_versions",
    "packs_of",
    "read_pack",
]
