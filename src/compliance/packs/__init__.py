"""Rule packs as documents beside the code that reads them."""

from src.compliance.packs.document import RulePackInvalidError, read_pack
from src.compliance.packs.loader import UnknownRulePackError, known_packs, load_pack

__all__ = ["RulePackInvalidError", "UnknownRulePackError", "known_packs", "load_pack", "read_pack"]
