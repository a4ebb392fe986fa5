"""The documentation of the API reads well, also in a client that is generated from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from src.main import create_app


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return create_app().openapi()


def operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method.upper()} {path}", operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_no_operation_is_listed_twice_under_a_tag(document: dict[str, Any]) -> None:
    twice = [name for name, one in operations(document) if len(one["tags"]) != len(set(one["tags"]))]
    assert twice == []


def test_no_schema_is_named_after_a_module(document: dict[str, Any]) -> None:
    """Two classes of one name would be told apart by where they are written, which is nobody's business."""
    assert [name for name in document["components"]["schemas"] if "__" in name] == []


def test_every_file_and_every_answer_has_a_schema(document: dict[str, Any]) -> None:
    bare = [
        f"{name} {status} {kind}"
        for name, operation in operations(document)
        for status, answer in operation["responses"].items()
        for kind, content in answer.get("content", {}).items()
        if not content.get("schema")
    ]
    assert bare == []


def test_every_query_parameter_says_what_it_asks_for(document: dict[str, Any]) -> None:
    silent = [
        f"{name}: {parameter['name']}"
        for name, operation in operations(document)
        for parameter in operation.get("parameters", [])
        if parameter["in"] == "query" and not parameter.get("description")
    ]
    assert silent == []


@pytest.mark.parametrize(
    "schema",
    [
        "AbsenceIn",
        "AssignmentFields",
        "BulkCreate",
        "BulkDelete",
        "BulkRequest",
        "BulkUpdate",
        "CallPinIn",
        "CopyRequest",
        "GenerateRequest",
        "GoneIn",
        "RepairRequest",
        "RotationPinIn",
        "ScheduleCreate",
        "ScheduleUpdate",
        "VersionUpdate",
        "WhatIfRequest",
    ],
)
def test_what_schedules_are_made_and_changed_by_says_what_each_field_is(
    document: dict[str, Any], schema: str
) -> None:
    found = document["components"]["schemas"][schema]
    assert [name for name, field in found["properties"].items() if not field.get("description")] == []
    assert found["additionalProperties"] is False


@pytest.mark.parametrize(
    "schema",
    [
        "CheckRead",
        "ComparisonRead",
        "EntriesOutcome",
        "FindingRead",
        "LogFindingRead",
        "ReportMeasure",
        "ReportRead",
        "SealedCertificate",
        "SheetDetail",
        "WaiverRead",
        "WhatIfRead",
    ],
)
def test_an_example_has_the_fields_of_its_answer(document: dict[str, Any], schema: str) -> None:
    found = document["components"]["schemas"][schema]
    assert set(found["example"]) <= set(found["properties"])
    nullable = {
        name for name, field in found["properties"].items() if {"type": "null"} in field.get("anyOf", [])
    }
    assert set(found["required"]) - nullable <= set(found["example"])  # null is left out of the document


def models(base: type[BaseModel] = BaseModel) -> Iterator[type[BaseModel]]:
    """Every model of the application that has examples of its own."""
    for model in base.__subclasses__():
        if model.__module__.startswith("src.") and examples_of(model):
            yield model
        yield from models(model)


def examples_of(model: type[BaseModel]) -> list[Any]:
    extra = model.model_config.get("json_schema_extra")
    if not isinstance(extra, dict):
        return []
    one, many = extra.get("example"), extra.get("examples")
    return [*([] if one is None else [one]), *(many if isinstance(many, list) else [])]


@pytest.mark.parametrize(
    "model", sorted(set(models()), key=lambda model: f"{model.__name__} {model.__module__}")
)
def test_an_example_is_one(model: type[BaseModel]) -> None:
    """What the documentation shows is what the model takes: no word that is not one of its words."""
    for example in examples_of(model):
        model.model_validate(example)
