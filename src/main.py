"""The API: one application, made from the domains' routers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import APIRouter, FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.routing import APIRoute
from redis.asyncio import Redis

from src import exception_handlers, health, jobs, registry
from src.config import Settings, get_settings
from src.database import create_engine, create_session_maker
from src.exception_handlers import error_responses
from src.middleware import BodyLimitMiddleware, RequestContextMiddleware
from src.rate_limits import RateLimiter

API_PREFIX = "/api/v1"

__all__ = ["create_app", "registry"]


def domain_routers() -> tuple[APIRouter, ...]:
    """The routers of all domains, in the order of the documentation."""
    return ()


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
        await app.state.redis.aclose()
        await engine.dispose()


def operation_id(route: APIRoute) -> str:
    """The function's own name: it reads well in a generated client, and two routes may not share one."""
    return route.name


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application, ready to be served; settings come from the environment unless given."""
    settings = settings or get_settings()
    app = FastAPI(
        title="Rounds",
        summary="Builds, checks and keeps the schedules of medical residency programs.",
        version=version("rounds"),
        lifespan=lifespan,
        generate_unique_id_function=operation_id,
        responses=error_responses(422, 500),
        openapi_url=f"{API_PREFIX}/openapi.json",
    )
    app.state.settings = settings
    exception_handlers.install(app)
    app.include_router(health.router)
    for router in domain_routers():
        app.include_router(router, prefix=API_PREFIX)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors_origins),
            allow_credentials=True,
            allow_methods=["*"],
            allow_headers=["Authorization", "Content-Type", "If-Match", "Idempotency-Key", "X-Request-ID"],
            expose_headers=["ETag", "Location", "Retry-After", "X-Request-ID"],
        )
    app.add_middleware(BodyLimitMiddleware, max_bytes=settings.max_body_bytes)
    app.add_middleware(RequestContextMiddleware)
    return app
