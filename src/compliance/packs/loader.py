"""Finds rule packs: a folder a pack, a document a version, beside the code that reads them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType

from src.compliance.packs.document import RulePackInvalidError, read_pack
from src.compliance.rules import RulePack
from src.exceptions import NotFoundError

_SUFFIX = ".toml"


class UnknownRulePackError(NotFoundError):
    """No rule pack has that id, or none of that id has that version."""

    code = "RULE_PACK_UNKNOWN"
    message = "There is no such rule pack."


@cache
def known_packs() -> Mapping[str, tuple[str, ...]]:
    """The versions there are of each pack, in the order in which they came into force; ids by alphabet."""
    folders = sorted(
        (entry for entry in _documents().iterdir() if entry.is_dir()), key=lambda entry: entry.name
    )
    return MappingProxyType({folder.name: _versions(folder.name) for folder in folders})


def load_pack(pack_id: str, version: str | None = None) -> RulePack:
    """The rule pack with that id, in that version; None = the newest.

    Raises `UnknownRulePackError`, naming the packs or the versions there are.
    """
    known = known_packs()
    if pack_id not in known:
        message = f"There is no rule pack {pack_id!r}; known are: {', '.join(known)}."
        raise UnknownRulePackError(message, details={"pack": pack_id, "known": list(known)})
    versions = known[pack_id]
    if version is not None and version not in versions:
        message = f"There is no version {version!r} of {pack_id}; known are: {', '.join(versions)}."
        raise UnknownRulePackError(
            message, details={"pack": pack_id, "version": version, "known": list(versions)}
        )
    return _load(pack_id, version or versions[-1])


def _versions(pack_id: str) -> tuple[str, ...]:
    names = (entry.name for entry in (_documents() / pack_id).iterdir() if entry.name.endswith(_SUFFIX))
    packs = [_load(pack_id, name.removesuffix(_SUFFIX)) for name in names]
    return tuple(pack.version for pack in sorted(packs, key=lambda pack: (pack.effective_from, pack.version)))


@cache
def _load(pack_id: str, version: str) -> RulePack:
    name = f"{pack_id}/{version}{_SUFFIX}"
    pack = read_pack((_documents() / pack_id / f"{version}{_SUFFIX}").read_text("utf-8"), name, _load)
    if (pack.id, pack.version) != (pack_id, version):
        message = f"{name}: the pack inside calls itself {pack.id!r}, version {pack.version!r}"
        raise RulePackInvalidError(message)
    return pack


def _documents() -> Traversable:
    return resources.files(__package__) / "documents"
