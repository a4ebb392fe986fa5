"""What every row of an input tells besides its own fields."""

from __future__ import annotations

from datetime import datetime
from typing import Any, get_type_hints
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, create_model

from src.schemas import Body

_EXAMPLE = {
    "id": "0199e2c4-5a3e-7c1b-9d60-2f8a4b1c7e55",
    "etag": '"0199e2c45a3e7c1b9d602f8a4b1c7e55-1"',
    "position": 0,
    "created_at": "2026-04-01T14:05:00Z",
    "updated_at": "2026-04-01T14:05:00Z",
}


def _with_row_example(schema: dict[str, Any], model: type[BaseModel]) -> None:
    """The example of what was sent, with what the answer adds."""
    for base in model.__mro__[1:]:
        extra = base.model_config.get("json_schema_extra") if issubclass(base, Body) else None
        if isinstance(extra, dict):
            examples = extra["examples"] if "examples" in extra else [extra["example"]]
            schema["examples"] = [{**_EXAMPLE, **example} for example in examples]  # type: ignore[dict-item,union-attr]  # ours are dicts
            return


class RowRead(BaseModel):
    """`etag` is what `If-Match` asks for; `position` is the row's place in its file."""

    model_config = ConfigDict(json_schema_extra=_with_row_example)

    id: UUID
    etag: str
    position: int
    created_at: datetime
    updated_at: datetime


def update_of(body: type[Body]) -> type[Body]:
    """The same fields, each of which may be left out; null empties a field that may be empty."""
    hints = get_type_hints(body, include_extras=True)
    fields: dict[str, Any] = {
        name: (hints[name] | None, Field(default=None, description=field.description))
        for name, field in body.model_fields.items()
    }
    name = f"{body.__name__.removesuffix('Create')}Update"
    doc = "What to change; what is left out stays."
    made = create_model(name, __base__=Body, __doc__=doc, **fields)
    made.model_config["json_schema_extra"] = {"example": _one_field_of_example(body)}
    made.model_rebuild(force=True)
    return made


def _one_field_of_example(body: type[Body]) -> dict[str, Any]:
    """A change of the last field that the example of the whole has."""
    extra = body.model_config.get("json_schema_extra")
    assert isinstance(extra, dict), f"{body.__name__} has no example"
    examples: Any = extra["examples"] if "examples" in extra else [extra["example"]]
    name, value = list(examples[0].items())[-1]
    return {name: value}
