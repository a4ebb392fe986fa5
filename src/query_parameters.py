"""Query parameters that a route does not know: an error that names them, not a filter passed over."""

from __future__ import annotations

from collections.abc import Container, Sequence

from fastapi import Request, params
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_flat_params
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute


async def refuse_unknown_parameters(request: Request) -> None:
    """Go on only when the route knows every query parameter of the request.

    Raises RequestValidationError, a 422 that names each parameter that is not known and those that are. It
    depends on the route alone and is said before anything is looked up, so it tells nothing of what is there.
    """
    route = request.scope.get("route")
    if not request.query_params or not isinstance(route, APIRoute):
        return
    known = known_parameters(route.dependant, request.path_params)
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        raise RequestValidationError([_complaint(name, known) for name in unknown])


def known_parameters(dependant: Dependant, in_path: Container[str]) -> list[str]:
    """The names, as a caller writes them, of the query parameters of a route and all it depends on.

    A route that is included under a path does not itself know which of its parameters are in that path, and
    takes those for queries: `in_path` holds their names.
    """
    return [
        field.alias
        for field in get_flat_params(dependant)
        if isinstance(field.field_info, params.Query) and field.alias not in in_path
    ]


def _complaint(name: str, known: Sequence[str]) -> dict[str, object]:
    offer = f"it knows {', '.join(known)}" if known else "it knows none"
    return {
        "type": "extra_forbidden",
        "loc": ("query", name),
        "msg": f"This route does not know the query parameter '{name}'; {offer}",
    }
