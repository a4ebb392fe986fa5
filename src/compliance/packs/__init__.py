"""Rule packs as documents beside the code that reads them."""

from src.compliance.packs.loader import (
    RulePackInvalidError,
    UnknownRulePackError,
    known_pack_ids,
    load_pack,
    read_pack,
)

__all__ = ["RulePackInvalidError", "UnknownRulePackError", "known_pack_ids", "load_pack", "read_pack"]
