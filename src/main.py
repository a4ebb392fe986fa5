"""The API: one application, made from the domains' routers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import APIRouter, Depends, FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.routing import APIRoute
from redis.asyncio import Redis

from src import exception_handlers, health, jobs, registry
from src.assignments.edit_router import router as assignment_edits_router
from src.assignments.router import router as assignments_router
from src.auth.config import AuthSettings, get_auth_settings
from src.auth.permissions import public
from src.auth.router import router as auth_router
from src.compliance.hours.router import router as hours_router
from src.compliance.router import router as rules_router
from src.compliance.waivers.router import router as waivers_router
from src.config import Settings, get_settings
from src.database import create_engine, create_session_maker
from src.exception_handlers import error_responses
from src.middleware import BodyLimitMiddleware, LastResortMiddleware, RequestContextMiddleware
from src.planning.certificates.router import router as certificates_router
from src.planning.generation.router import router as generation_router
from src.planning.hours.router import router as hours_planning_router
from src.planning.publishing.router import router as publishing_router
from src.planning.repair.router import router as repair_router
from src.planning.reports.router import router as reports_router
from src.planning.swaps.router import router as swaps_router
from src.planning.versions.import_router import router as version_imports_router
from src.planning.versions.router import router as versions_router
from src.planning.what_if.router import router as what_if_router
from src.planning.why.router import router as why_router
from src.programs.router import router as programs_router
from src.query_parameters import refuse_unknown_parameters
from src.rate_limits import RateLimiter
from src.schedules.program_router import router as program_archive_router
from src.schedules.router import router as schedules_router
from src.schedules.router import runs_router

API_PREFIX = "/api/v1"

_ACCEPTED_HEADERS = (
    "Authorization",
    "Content-Type",
    "If-Match",
    "If-None-Match",
    "Idempotency-Key",
    "Last-Event-ID",
    "X-Request-ID",
)
_EXPOSED_HEADERS = (
    "Content-Disposition",
    "ETag",
    "Location",
    "RateLimit-Limit",
    "RateLimit-Remaining",
    "RateLimit-Reset",
    "Retry-After",
    "X-Request-ID",
)

__all__ = ["create_app", "registry"]


def domain_routers() -> tuple[APIRouter, ...]:
    """The routers of all domains, in the order of the documentation."""
    return (
        auth_router,
        programs_router,
        program_archive_router,
        rules_router,
        waivers_router,
        schedules_router,
        runs_router,
        generation_router,
        versions_router,
        version_imports_router,
        publishing_router,
        what_if_router,
        swaps_router,
        repair_router,
        why_router,
        certificates_router,
        reports_router,
        assignments_router,
        assignment_edits_router,
        hours_router,
        hours_planning_router,
    )


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open what every request needs, and close it in the reverse order."""
    settings: Settings = app.state.settings
    engine = create_engine(settings)
    app.state.engine = engine
    app.state.session_maker = create_session_maker(engine)
    app.state.redis = Redis.from_url(
        settings.redis_url.get_secret_value(), socket_connect_timeout=2, socket_timeout=5
    )
    app.state.rate_limiter = RateLimiter(settings.redis_url.get_secret_value())
    try:
        yield
    finally:
        await jobs.drain()
        await app.state.rate_limiter.close()
        await app.state.redis.aclose()
        await engine.dispose()


def operation_id(route: APIRoute) -> str:
    """The function's own name: it reads well in a generated client, and two routes may not share one."""
    return route.name


def create_app(settings: Settings | None = None, auth_settings: AuthSettings | None = None) -> FastAPI:
    """The application, ready to be served; settings come from the environment unless given."""
    settings = settings or get_settings()
    app = FastAPI(
        title="Rounds",
        summary="Builds, checks and keeps the schedules of medical residency programs.",
        version=version("rounds"),
        lifespan=lifespan,
        generate_unique_id_function=operation_id,
        dependencies=[Depends(refuse_unknown_parameters)],
        responses=error_responses(400, 413, 422, 500, 503),
        openapi_url=f"{API_PREFIX}/openapi.json",
    )
    app.state.settings = settings
    app.state.auth_settings = auth_settings or get_auth_settings()
    exception_handlers.install(app)
    app.include_router(health.router, dependencies=[Depends(public)])
    for router in domain_routers():
        app.include_router(router, prefix=API_PREFIX)
    app.add_middleware(LastResortMiddleware, answer=exception_handlers.on_unexpected)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors_origins),
            allow_methods=["*"],
            allow_headers=[*_ACCEPTED_HEADERS],
            expose_headers=[*_EXPOSED_HEADERS],
        )
    app.add_middleware(BodyLimitMiddleware, max_bytes=settings.max_body_bytes)
    app.add_middleware(RequestContextMiddleware)
    return app
