"""Rule packs as a person reads them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields

from src.compliance.pack_numbers import GOES_BY
from src.compliance.pack_schemas import (
    PackBrief,
    PackRead,
    PackVersionRead,
    ParameterRead,
    RuleRead,
)
from src.compliance.pack_words import SURENESS, in_words, unit_of, why_disabled
from src.compliance.packs import known_packs, load_pack
from src.compliance.rules import Rule, RulePack, RuleParameter
from src.exceptions import NotFoundError
from src.pagination import BadSortError, PageParams

_SORTS: dict[str, Callable[[PackBrief], str]] = {
    "id": lambda pack: pack.id,
    "title": lambda pack: pack.title,
    "jurisdiction": lambda pack: pack.jurisdiction,
}


class UnknownRuleError(NotFoundError):
    """That version of the pack has no such rule; `details.known` lists those it has."""

    code = "RULE_UNKNOWN"
    message = "The rule pack has no such rule."


def list_packs(params: PageParams, jurisdiction: str | None = None) -> tuple[list[PackBrief], int]:
    """One page of the packs there are, by id unless sorted otherwise; raises BadSortError."""
    wanted = params.sort or "id"
    key = _SORTS.get(wanted.removeprefix("-"))
    if key is None:
        raise BadSortError(f"Cannot sort by '{wanted}'.", details={"sort": wanted, "allowed": sorted(_SORTS)})
    text = (params.search or "").casefold()
    found = [
        brief
        for brief in map(_brief, known_packs())
        if text in f"{brief.id} {brief.title}".casefold() and jurisdiction in (None, brief.jurisdiction)
    ]
    found.sort(key=lambda pack: (key(pack), pack.id), reverse=wanted.startswith("-"))
    return list(params.cut(found)), len(found)


def read_pack_whole(pack_id: str, version: str | None = None) -> PackRead:
    """One version of a pack, the newest unless named; raises UnknownRulePackError."""
    pack = load_pack(pack_id, version)
    versions = known_packs()[pack_id]
    return PackRead(
        id=pack.id,
        title=pack.title,
        version=pack.version,
        is_newest=pack.version == versions[-1],
        jurisdiction=pack.jurisdiction,
        source=pack.source,
        effective_from=pack.effective_from,
        effective_until=pack.effective_until,
        versions=list(versions),
        parameters=_pack_parameters(pack),
        rules=[show_rule(rule, pack) for rule in pack.rules],
    )


def read_rule(pack_id: str, version: str, rule_id: str) -> RuleRead:
    """One rule of one version; raises UnknownRulePackError, UnknownRuleError."""
    pack = load_pack(pack_id, version)
    for rule in pack.rules:
        if rule.id == rule_id:
            return show_rule(rule, pack)
    message = f"{pack.id} {pack.version} has no rule {rule_id!r}."
    raise UnknownRuleError(message, details={"rule": rule_id, "known": [rule.id for rule in pack.rules]})


def show_rule(rule: Rule, pack: RulePack) -> RuleRead:
    """A rule with its own parameters and those of its pack that it goes by, and why it is disabled."""
    return RuleRead(
        id=rule.id,
        clause=rule.clause,
        severity=rule.severity,
        sentence=rule.sentence,
        source=rule.source,
        sureness=rule.sureness,
        sureness_in_words=SURENESS[rule.sureness],
        enabled=rule.enabled,
        disabled_because=why_disabled(rule),
        parameters=[_parameter(name, parameter) for name, parameter in rule.parameters.items()],
        goes_by=[_pack_parameter(pack, name) for name in GOES_BY.get(rule.kind, ())],
    )


def _brief(pack_id: str) -> PackBrief:
    versions = [load_pack(pack_id, version) for version in known_packs()[pack_id]]
    newest = versions[-1]
    return PackBrief(
        id=newest.id,
        title=newest.title,
        jurisdiction=newest.jurisdiction,
        newest_version=newest.version,
        versions=[
            PackVersionRead(
                version=pack.version,
                effective_from=pack.effective_from,
                effective_until=pack.effective_until,
            )
            for pack in versions
        ],
        rules=len(newest.rules),
        enabled_rules=sum(rule.enabled for rule in newest.rules),
    )


def _pack_parameters(pack: RulePack) -> list[ParameterRead]:
    return [_pack_parameter(pack, field.name) for field in fields(pack.parameters)]


def _pack_parameter(pack: RulePack, name: str) -> ParameterRead:
    value: int | bool = getattr(pack.parameters, name)
    source = pack.parameter_sources[name]
    unit = unit_of(name, value)
    return ParameterRead(
        name=name,
        value=value,
        unit=unit,
        in_words=in_words(value, unit),
        source=source.source,
        sureness=source.sureness,
        sureness_in_words=SURENESS[source.sureness],
    )


def _parameter(name: str, parameter: RuleParameter) -> ParameterRead:
    return ParameterRead(
        name=name,
        value=parameter.value,
        unit=parameter.unit,
        in_words=in_words(parameter.value, parameter.unit),
        source=parameter.source,
        sureness=parameter.sureness,
        sureness_in_words=SURENESS[parameter.sureness],
    )
