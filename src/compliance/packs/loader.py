"""Reads a rule pack's document into a `RulePack`, and lets nothing by that the engine could not judge."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from src.compliance.rules import RULES, ParameterSource, Rule, RulePack, RuleParameters
from src.exceptions import DomainError, NotFoundError
from src.interchange.schedule import Severity

_SUFFIX = ".toml"


class UnknownRulePackError(NotFoundError):
    """No rule pack has that id."""

    code = "RULE_PACK_UNKNOWN"
    message = "There is no such rule pack."


class RulePackInvalidError(DomainError):
    """A rule pack's document does not say what a rule pack must say."""

    code = "RULE_PACK_INVALID"
    message = "The rule pack's document is not valid."


def known_pack_ids() -> tuple[str, ...]:
    """The ids of the packs there are, in alphabetical order."""
    folder = resources.files(__package__)
    names = (entry.name for entry in folder.iterdir() if entry.name.endswith(_SUFFIX))
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in names))


@cache
def load_pack(pack_id: str) -> RulePack:
    """The rule pack with that id. Raises `UnknownRulePackError`, naming the packs there are."""
    known = known_pack_ids()
    if pack_id not in known:
        message = f"There is no rule pack {pack_id!r}; known are: {', '.join(known)}."
        raise UnknownRulePackError(message, details={"pack": pack_id, "known": list(known)})
    text = (resources.files(__package__) / f"{pack_id}{_SUFFIX}").read_text("utf-8")
    pack = read_pack(text, f"{pack_id}{_SUFFIX}")
    if pack.id != pack_id:
        message = f"{pack_id}{_SUFFIX}: the pack inside calls itself {pack.id!r}"
        raise RulePackInvalidError(message)
    return pack


def read_pack(text: str, name: str) -> RulePack:
    """The rule pack a TOML document describes. Raises `RulePackInvalidError`, naming document and key."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = f"{name}: not TOML: {error}"
        raise RulePackInvalidError(message) from error
    reader = _Reader(name)
    parameters, sources = reader.parameters(reader.value(document, "parameters", dict))
    rules = tuple(reader.rule(table) for table in reader.value(document, "rules", list))
    repeated = sorted({rule.id for rule in rules if [other.id for other in rules].count(rule.id) > 1})
    if repeated:
        raise reader.error(f"rule {repeated[0]} is listed twice")
    return RulePack(
        id=reader.value(document, "id", str),
        title=reader.value(document, "title", str),
        version=reader.value(document, "version", str),
        jurisdiction=reader.value(document, "jurisdiction", str),
        source=reader.value(document, "source", str),
        parameters=parameters,
        rules=rules,
        parameter_sources=sources,
    )


class _Reader:
    """Takes typed values out of a document and names the key where one is missing or of another kind."""

    def __init__(self, name: str) -> None:
        self._name = name

    def error(self, message: str) -> RulePackInvalidError:
        return RulePackInvalidError(f"{self._name}: {message}")

    def value[T](self, table: Any, key: str, kind: type[T], where: str = "") -> T:
        path = f"{where}{key}"
        if not isinstance(table, dict) or key not in table:
            raise self.error(f"{path} is missing")
        found = table[key]
        if type(found) is not kind:
            raise self.error(f"{path} must be of type {kind.__name__}, not {type(found).__name__}")
        return found

    def parameters(self, tables: dict[str, Any]) -> tuple[RuleParameters, Mapping[str, ParameterSource]]:
        """Every parameter with its source: none missing, none unknown, no number below zero."""
        kinds = {field.name: bool if field.type == "bool" else int for field in fields(RuleParameters)}
        unknown = sorted(tables.keys() - kinds.keys())
        if unknown:
            raise self.error(f"parameters.{unknown[0]} is no parameter of the engine")
        values: dict[str, Any] = {}
        sources: dict[str, ParameterSource] = {}
        for name, kind in kinds.items():
            table, where = self.value(tables, name, dict, "parameters."), f"parameters.{name}."
            values[name] = self.value(table, "value", kind, where)
            if values[name] < 0:
                raise self.error(f"{where}value must not be negative")
            sources[name] = ParameterSource(
                self.value(table, "source", str, where), self.value(table, "sureness", str, where)
            )
        return RuleParameters(**values), MappingProxyType(sources)

    def rule(self, table: Any) -> Rule:
        rule_id = self.value(table, "id", str, "rules.")
        where = f"rules.{rule_id}."
        if rule_id not in RULES:
            raise self.error(f"{where}id is no rule of the engine")
        severity = self.value(table, "severity", str, where)
        if severity not in {member.value for member in Severity}:
            raise self.error(f"{where}severity must be hard, soft or info, not {severity!r}")
        return Rule(
            id=rule_id,
            clause=self.value(table, "clause", str, where),
            severity=Severity(severity),
            source=self.value(table, "source", str, where),
            sureness=self.value(table, "sureness", str, where),
            sentence=self.value(table, "sentence", str, where),
            enabled=self.value(table, "enabled", bool, where) if "enabled" in table else True,
        )
