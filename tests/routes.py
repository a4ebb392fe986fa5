"""The routes of the application as the tests that walk over all of them see them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from src.auth.rules import Dependant, Rule, rule_of

FRAMEWORK_PATHS = frozenset({"/api/v1/openapi.json", "/docs", "/docs/oauth2-redirect", "/redoc"})
"""What the framework serves to anyone by itself: the documentation, which holds no one's data."""


@dataclass(frozen=True)
class Route:
    """One method of one path."""

    method: str
    path: str
    name: str
    dependant: Dependant
    takes_body: bool
    streams: bool

    @property
    def rule(self) -> Rule:
        return rule_of(self.dependant)

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"{(\w+)", self.path)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def routes_of(app: FastAPI) -> list[Route]:
    """Every route of the domains; raises AssertionError for one beside them and the framework."""
    return list(_routes_of(app))


def _routes_of(app: FastAPI) -> Iterator[Route]:
    for context in iter_route_contexts(app.routes):
        dependant = getattr(context, "dependant", None)
        if dependant is None:
            assert context.path in FRAMEWORK_PATHS, f"{context.path} is outside of all permissions"
            continue
        for method in sorted(context.methods or ()):
            yield Route(
                method=method,
                path=str(context.path),
                name=str(context.name),
                dependant=dependant,
                takes_body=context.body_field is not None,
                streams=bool(context.is_sse_stream) or str(context.path).endswith("/events"),
            )
