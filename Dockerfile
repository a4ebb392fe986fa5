# syntax=docker/dockerfile:1
# Two stages: uv puts locked dependencies into /app/.venv, the image takes that and the code; nothing else comes along.

FROM ghcr.io/astral-sh/uv:0.13 AS uv

FROM python:3.12-slim-bookworm AS build
COPY --from=uv /uv /usr/local/bin/uv
WORKDIR /app
ENV UV_COMPILE_BYTECODE=1 \
    UV_LINK_MODE=copy \
    UV_PYTHON_DOWNLOADS=never
# The dependencies first: they change less often than the code. No tools of development, no embedded servers.
COPY pyproject.toml uv.lock .python-version ./
RUN --mount=type=cache,target=/root/.cache/uv \
    uv sync --locked --no-default-groups --no-install-project
COPY LICENSE README.md ./
COPY src src
COPY worker worker
RUN --mount=type=cache,target=/root/.cache/uv \
    uv sync --locked --no-default-groups

FROM python:3.12-slim-bookworm
RUN groupadd --system --gid 10001 rounds \
    && useradd --system --uid 10001 --gid rounds --home-dir /app --no-create-home --shell /usr/sbin/nologin rounds
WORKDIR /app
COPY --from=build /app/.venv .venv
COPY src src
COPY worker worker
COPY alembic alembic
COPY alembic.ini logging.ini LICENSE ./
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    ROUNDS_ENVIRONMENT=production
# What the solver compiles is compiled here, once. The folder is the user's: a worker on another kind of processor than
# this one compiles it anew there, beside its work.
RUN python -P -m src.solver.roster.ready \
    && chown -R 10001:10001 src/solver/roster/__pycache__
USER 10001:10001
EXPOSE 8000
ENTRYPOINT ["rounds"]
CMD ["serve", "--host", "0.0.0.0"]
