"""Reads a rule pack's document into a `RulePack`, and lets nothing by that the engine could not judge."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from datetime import date
from enum import IntEnum
from types import MappingProxyType
from typing import Any, get_type_hints

from src.compliance.packs.bounds import problem_with
from src.compliance.rules import KINDS, ParameterSource, Rule, RulePack, RuleParameter, RuleParameters
from src.exceptions import DomainError
from src.interchange.schedule import Severity

SURENESSES = ("S1", "S2", "GK+", "GK?", "ours")
"""Primary text seen; secondary source; general knowledge, confident or not; a choice of ours."""

type PackOfVersion = Callable[[str, str], RulePack]


class RulePackInvalidError(DomainError):
    """A rule pack's document does not say what a rule pack must say."""

    code = "RULE_PACK_INVALID"
    message = "The rule pack's document is not valid."


def read_pack(text: str, name: str, pack_of: PackOfVersion | None = None) -> RulePack:
    """The rule pack a TOML document describes. Raises `RulePackInvalidError`, naming document and key.

    Where the document names another pack's version as its `definitions` ("acgme-cpr-2023@2023.3"), `pack_of`
    gives that pack, and the parameters of the pack that the document does not state are taken from there.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = f"{name}: not TOML: {error}"
        raise RulePackInvalidError(message) from error
    reader = _Reader(name)
    parameters, sources = reader.parameters(
        reader.optional(document, "parameters", dict) or {}, reader.definitions(document, pack_of)
    )
    rules = tuple(reader.rule(table) for table in reader.value(document, "rules", list))
    repeated = sorted({rule.id for rule in rules if [other.id for other in rules].count(rule.id) > 1})
    if repeated:
        raise reader.error(f"rule {repeated[0]} is listed twice")
    effective_from = reader.value(document, "effective_from", date)
    effective_until = reader.optional(document, "effective_until", date)
    if effective_until is not None and effective_until < effective_from:
        raise reader.error("effective_until must not be before effective_from")
    return RulePack(
        id=reader.value(document, "id", str),
        title=reader.value(document, "title", str),
        version=reader.value(document, "version", str),
        jurisdiction=reader.value(document, "jurisdiction", str),
        source=reader.value(document, "source", str),
        effective_from=effective_from,
        effective_until=effective_until,
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

    def optional[T](self, table: Any, key: str, kind: type[T], where: str = "") -> T | None:
        return self.value(table, key, kind, where) if key in table else None

    def definitions(self, document: dict[str, Any], pack_of: PackOfVersion | None) -> RulePack | None:
        """The pack whose parameters stand where this one states none."""
        named = self.optional(document, "definitions", str)
        if named is None:
            return None
        pack_id, _, version = named.partition("@")
        if not version or pack_of is None:
            raise self.error(f"definitions must name a pack and its version as id@version, not {named!r}")
        try:
            return pack_of(pack_id, version)
        except FileNotFoundError as error:
            raise self.error(f"definitions: there is no {named}") from error

    def parameters(
        self, tables: dict[str, Any], definitions: RulePack | None
    ) -> tuple[RuleParameters, Mapping[str, ParameterSource]]:
        """Every parameter of a pack with its source: none missing, none unknown, no number below zero."""
        hints = get_type_hints(RuleParameters)
        kinds = {field.name: hints[field.name] for field in fields(RuleParameters)}
        unknown = sorted(tables.keys() - kinds.keys())
        if unknown:
            raise self.error(f"parameters.{unknown[0]} is no parameter of the engine")
        values: dict[str, Any] = asdict(definitions.parameters) if definitions else {}
        sources = dict(definitions.parameter_sources) if definitions else {}
        for name, kind in kinds.items():
            if name in values and name not in tables:
                continue
            table, where = self.value(tables, name, dict, "parameters."), f"parameters.{name}."
            values[name] = self._value(table, kind, where, name)
            sources[name] = ParameterSource(
                self.value(table, "source", str, where), self._sureness(table, where)
            )
        return RuleParameters(**values), MappingProxyType(sources)

    def _value(self, table: Any, kind: type, where: str, name: str) -> int | bool:
        """A number, a yes or no, or one of some choices by its name in small letters."""
        if issubclass(kind, IntEnum):
            choices = {member.name.lower(): member for member in kind}
            word = self.value(table, "value", str, where)
            if word not in choices:
                raise self.error(f"{where}value must be one of {', '.join(choices)}, not {word!r}")
            return choices[word]
        if issubclass(kind, bool):
            return self.value(table, "value", bool, where)
        value = self.value(table, "value", int, where)
        problem = problem_with(value, name=name)
        if problem is not None:
            raise self.error(f"{where}value {problem}")
        return value

    def rule(self, table: Any) -> Rule:
        rule_id = self.value(table, "id", str, "rules.")
        where = f"rules.{rule_id}."
        kind = self.value(table, "kind", str, where)
        if kind not in KINDS:
            raise self.error(f"{where}kind {kind!r} is no kind of rule of the engine")
        severity = self.value(table, "severity", str, where)
        if severity not in {member.value for member in Severity}:
            raise self.error(f"{where}severity must be hard, soft or info, not {severity!r}")
        enabled = self.optional(table, "enabled", bool, where)
        parameters = {
            name: self._rule_parameter(parameter, f"{where}parameters.{name}.")
            for name, parameter in (self.optional(table, "parameters", dict, where) or {}).items()
        }
        unknown = [name for name, parameter in parameters.items() if parameter.value is None]
        if unknown and enabled is not False:
            raise self.error(f"{where}parameters.{unknown[0]} has no value, so the rule must be disabled")
        return Rule(
            id=rule_id,
            kind=kind,
            clause=self.value(table, "clause", str, where),
            severity=Severity(severity),
            source=self.value(table, "source", str, where),
            sureness=self._sureness(table, where),
            sentence=self.value(table, "sentence", str, where),
            enabled=enabled is not False,
            disabled_because=self.optional(table, "disabled_because", str, where) or "",
            parameters=MappingProxyType(parameters),
        )

    def _rule_parameter(self, table: Any, where: str) -> RuleParameter:
        """A parameter of one rule; without `value` it is one that nobody knows yet."""
        value = table.get("value") if isinstance(table, dict) else None
        if value is not None and type(value) not in (int, bool):
            raise self.error(f"{where}value must be a whole number, true or false")
        unit = self.value(table, "unit", str, where)
        if type(value) is int and (problem := problem_with(value, unit=unit)):
            raise self.error(f"{where}value {problem}")
        return RuleParameter(
            value=value,
            unit=unit,
            source=self.value(table, "source", str, where),
            sureness=self._sureness(table, where),
        )

    def _sureness(self, table: Any, where: str) -> str:
        sureness = self.value(table, "sureness", str, where)
        if sureness not in SURENESSES:
            raise self.error(f"{where}sureness must be one of {', '.join(SURENESSES)}, not {sureness!r}")
        return sureness
