"""The routes. Each reads the body itself: what may be in it, the contract of the bundle in service says."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import asynccontextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..provenance import now
from . import service as inner
from .rows import RefusedError, refusal

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["make_app"]

_INLINE = 8192  # bytes; larger requests are answered in a thread, so that others need not wait


class Feedback(BaseModel):
    """What came true for a row of a request (the first is 1), or whether the answer was right."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
    row: Annotated[int, Field(ge=1)] = 1
    actual: bool | float | str | None = None
    correct: bool | None = None
    comment: Annotated[str, Field(max_length=2000)] = ""


def _service(request: Request) -> inner.Service:
    return request.app.state.service


def _live(request: Request) -> inner.Live:
    live = _service(request).live
    if live is None:
        raise HTTPException(503, "no model is loaded yet")
    return live


async def _body(request: Request) -> bytes:
    limit, body = 1024 * _service(request).settings.max_kilobytes, bytearray()
    async for part in request.stream():
        body += part
        if len(body) > limit:
            raise HTTPException(413, f"a request may have {limit} bytes at most")
    return bytes(body)


async def _check_key(request: Request) -> None:
    key = _service(request).settings.api_key.get_secret_value().encode()
    if key and not secrets.compare_digest(request.headers.get("x-api-key", "").encode(), key):
        raise HTTPException(401, "the header X-API-Key is missing or wrong")


probes, api = APIRouter(), APIRouter(dependencies=[Depends(_check_key)])


@api.post("/predict")
async def predict(request: Request) -> Response:
    """Answer one row or many."""
    given = (_service(request), _live(request), await _body(request), _client(request.scope))
    small = len(given[2]) <= _INLINE
    content = inner.respond(*given) if small else await run_in_threadpool(inner.respond, *given)
    return Response(content, media_type="application/json")


@api.post("/explain")
async def explain(request: Request) -> Response:
    """Say what each feature contributes to the answer for one row."""
    content = await run_in_threadpool(inner.explain, _live(request), await _body(request))
    return Response(content, media_type="application/json")


@api.post("/feedback")
async def feedback(request: Request) -> JSONResponse:
    """Keep what users say about an answer."""
    try:
        given = Feedback.model_validate_json(await _body(request))
    except ValidationError as error:
        raise refusal(error) from None
    if given.actual is None and given.correct is None:
        raise HTTPException(422, "say `actual` (what came true) or `correct` (whether the answer was right)")
    record = {"when": now(), "client": _client(request.scope), **given.model_dump()}
    if not _service(request).journal.write("feedback", record):
        raise HTTPException(503, "it could not be kept: try again")
    return JSONResponse({"id": given.id, "row": given.row})


@api.get("/version")
async def version(request: Request) -> JSONResponse:
    """Name the model in service and where it comes from."""
    shown = {"version", "created", "who", "commit", "task", "classes", "threshold", "contract_version", "newest"}
    return JSONResponse(_live(request).bundle.manifest.model_dump(mode="json", include=shown))


@probes.get("/health")
async def health() -> JSONResponse:
    """Say that the process answers."""
    return JSONResponse({"status": "ok"})


@probes.get("/ready")
async def ready(request: Request) -> JSONResponse:
    """Say that a model is loaded; 503 until then."""
    return JSONResponse({"version": _live(request).bundle.manifest.version})


@probes.get("/metrics")
async def metrics(request: Request) -> Response:
    """Tell Prometheus."""
    return Response(generate_latest(_service(request).metrics.registry), media_type=CONTENT_TYPE_LATEST)


def make_app(service: inner.Service) -> FastAPI:
    """Put a service behind its routes. It follows its source while it runs, and empties its journal at the end."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        following = asyncio.create_task(_follow(service))
        yield
        following.cancel()
        await run_in_threadpool(service.journal.close)

    # FastAPI's own pages load scripts and fonts from elsewhere, and its schema would not know the contract.
    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.service = service
    app.include_router(probes)
    app.include_router(api)
    app.add_middleware(_measured, metrics=service.metrics)

    @app.exception_handler(RefusedError)
    async def refused(_: Request, error: RefusedError) -> JSONResponse:
        return JSONResponse({"detail": [violation._asdict() for violation in error.violations]}, 422)

    return app


async def _follow(service: inner.Service) -> None:
    while True:
        await run_in_threadpool(inner.follow, service)
        await asyncio.sleep(service.settings.poll_seconds)


def _client(scope: Scope) -> str:
    name = next((value for key, value in scope["headers"] if key == b"x-client"), b"unknown")
    return name.decode("ascii", "replace")[:64]


def _measured(app: ASGIApp, metrics: inner.Metrics) -> ASGIApp:
    """Count and time every request, by route and client."""

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        status, started = 500, perf_counter()

        async def sent(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await app(scope, receive, sent)
        finally:
            labels = (getattr(scope.get("route"), "path", "other"), metrics.client(_client(scope)))
            metrics.requests.labels(*labels, status).inc()
            metrics.seconds.labels(*labels).observe(perf_counter() - started)
            if status >= 500:
                metrics.errors.labels(*labels).inc()

    return call
