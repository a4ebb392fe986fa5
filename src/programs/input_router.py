"""The collections of all inputs: five routes each, made from what `resources` says of them.

FastAPI reads a route's bodies and parameters from its annotations. They are written here once for all inputs,
and `_typed` puts in each input's own types, so that every route has its own schema and operation id.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response, status

from src.auth.permissions import CurrentViewer
from src.database import SessionDep
from src.etags import IfMatch
from src.exception_handlers import error_responses
from src.interchange import limits
from src.pagination import Page, PageDep, page_of
from src.programs import input_reads, inputs
from src.programs.dependencies import ReadableProgram, editable_program, program_taking_requests
from src.programs.models import Program
from src.programs.own_requests import refuse_body_of_others, refuse_row_of_others
from src.programs.resources import RESOURCES, Resource
from src.programs.schemas.fields import Code, Day, RotationOrGroup
from src.programs.schemas.rows import RowRead
from src.schemas import Body

type Endpoint = Callable[..., Awaitable[Any]]

_FILTER_TYPES: Mapping[str, Any] = {
    "pgy": Annotated[int, Query(ge=1, le=limits.MAX_PGY)],
    "weekday": Annotated[int, Query(ge=0, le=6)],
    "block": Annotated[int, Query(ge=1, le=limits.MAX_BLOCKS)],
    "rank": Annotated[int, Query(ge=1, le=limits.MAX_COUNT)],
    "clinic": bool,
    "date": Day,
    "person": Code,
    "call": Code,
    "rotation": RotationOrGroup,
}
"""Filters that are not of the type of the body's field: a query is text, and of a list one entry is named."""
_FILTER_WORDS = {
    "date": "Only rows whose dates hold this local date.",
    "weekday": "Only rows that hold on this weekday, 0 = Monday.",
    "pgy": "Only rows that speak of this PGY level.",
    "clinic": "Only those with continuity clinic, or without.",
    "block": "Only rows that hold in this academic block.",
}
"""Filters that take more words than their name."""


def input_routers() -> list[APIRouter]:
    """One router for each input, to be mounted below a program."""
    return [_input_router(resource) for resource in RESOURCES]


def _input_router(resource: Resource) -> APIRouter:
    router = APIRouter(prefix=f"/{resource.path}", tags=["inputs"])
    words = resource.one.replace("_", " ")
    one = f"/{{{resource.one}_id}}"
    own = " Residents see their own only." if resource.personal else ""
    router.add_api_route(
        "",
        _list(resource),
        methods=["GET"],
        name=f"list_{resource.many}",
        summary=f"List the {resource.many.replace('_', ' ')} of a program",
        description=f"In the order of the file, unless sorted otherwise.{own}",
        response_model=Page[resource.read],  # type: ignore[name-defined]  # the input's own type
        responses=error_responses(401, 404),
    )
    router.add_api_route(
        "",
        _create(resource),
        methods=["POST"],
        name=f"create_{resource.one}",
        summary=f"Add one {words}",
        response_model=resource.read,
        status_code=status.HTTP_201_CREATED,
        responses=error_responses(401, 403, 404, 409),
    )
    router.add_api_route(
        one,
        _read(resource),
        methods=["GET"],
        name=f"read_{resource.one}",
        summary=f"Read one {words}",
        response_model=resource.read,
        responses=error_responses(401, 404),
    )
    router.add_api_route(
        one,
        _update(resource),
        methods=["PATCH"],
        name=f"update_{resource.one}",
        summary=f"Change one {words}",
        response_model=resource.read,
        responses=error_responses(401, 403, 404, 409, 412, 428),
    )
    router.add_api_route(
        one,
        _delete(resource),
        methods=["DELETE"],
        name=f"delete_{resource.one}",
        summary=f"Remove one {words}",
        status_code=status.HTTP_204_NO_CONTENT,
        responses=error_responses(401, 403, 404, 409, 412, 428),
    )
    return router


def _list(resource: Resource) -> Endpoint:
    async def endpoint(
        program: ReadableProgram,
        viewer: CurrentViewer,
        session: SessionDep,
        params: PageDep,
        filters: dict[str, Any],
    ) -> Page[RowRead]:
        rows, total = await input_reads.list_rows(session, viewer, program.id, resource, params, filters)
        return page_of(rows, total, params)

    return _typed(endpoint, filters=Annotated[dict[str, Any], Depends(_filters(resource))])


def _create(resource: Resource) -> Endpoint:
    async def endpoint(
        program: Program, viewer: CurrentViewer, session: SessionDep, body: Body, response: Response
    ) -> RowRead:
        if resource.own_entry:
            await refuse_body_of_others(session, viewer, program, body)
        shown = await inputs.create_row(session, viewer, program, resource, body)
        response.headers["Location"] = f"/api/v1/programs/{program.id}/{resource.path}/{shown.id}"
        response.headers["ETag"] = shown.etag
        return shown

    return _typed(endpoint, program=_editable(resource), body=resource.create)


def _read(resource: Resource) -> Endpoint:
    async def endpoint(
        program: ReadableProgram, viewer: CurrentViewer, session: SessionDep, row_id: UUID, response: Response
    ) -> RowRead:
        row = await input_reads.find_row(session, viewer, program.id, resource, row_id)
        shown = await input_reads.show_row(session, program.id, resource, row)
        response.headers["ETag"] = shown.etag
        return shown

    return _typed(endpoint, row_id=f"{resource.one}_id")


def _update(resource: Resource) -> Endpoint:
    async def endpoint(
        program: Program,
        viewer: CurrentViewer,
        session: SessionDep,
        row_id: UUID,
        body: Body,
        response: Response,
        if_match: IfMatch = None,
    ) -> RowRead:
        row = await input_reads.find_row(session, viewer, program.id, resource, row_id)
        if resource.own_entry:
            refuse_row_of_others(viewer, program, row)
            await refuse_body_of_others(session, viewer, program, body)
        shown = await inputs.change_row(session, viewer, program, resource, row, body, if_match)
        response.headers["ETag"] = shown.etag
        return shown

    return _typed(endpoint, program=_editable(resource), row_id=f"{resource.one}_id", body=resource.update)


def _delete(resource: Resource) -> Endpoint:
    async def endpoint(
        program: Program, viewer: CurrentViewer, session: SessionDep, row_id: UUID, if_match: IfMatch = None
    ) -> None:
        row = await input_reads.find_row(session, viewer, program.id, resource, row_id)
        if resource.own_entry:
            refuse_row_of_others(viewer, program, row)
        await inputs.delete_row(session, viewer, program, resource, row, if_match)

    return _typed(endpoint, program=_editable(resource), row_id=f"{resource.one}_id")


def _editable(resource: Resource) -> Any:
    """The locked program, for those who may change this input."""
    dependency = program_taking_requests if resource.own_entry else editable_program
    return Annotated[Program, Depends(dependency)]


def _typed(endpoint: Endpoint, *, row_id: str | None = None, **types: Any) -> Endpoint:
    """The endpoint as FastAPI shall see it: with this input's types, and the row's id under its own name."""

    async def named(**arguments: Any) -> Any:
        if row_id is not None:
            arguments["row_id"] = arguments.pop(row_id)
        return await endpoint(**arguments)

    parameters = [
        parameter.replace(
            name=row_id if name == "row_id" and row_id else name,
            kind=inspect.Parameter.KEYWORD_ONLY,
            annotation=types.get(name, parameter.annotation),
        )
        for name, parameter in inspect.signature(endpoint, eval_str=True).parameters.items()
    ]
    named.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # what FastAPI reads
    return named


def _filters(resource: Resource) -> Callable[..., dict[str, Any]]:
    """A dependency with one query parameter for each filter; it answers those that were given."""

    def filters(**given: Any) -> dict[str, Any]:
        return {name: value for name, value in given.items() if value is not None}

    parameters = [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            annotation=Annotated[
                _FILTER_TYPES.get(name, resource.hints.get(name)) | None,
                Query(description=_FILTER_WORDS.get(name, f"Only rows of this {name.replace('_', ' ')}.")),
            ],
            default=None,
        )
        for name in resource.filters
    ]
    filters.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # what FastAPI reads
    return filters
