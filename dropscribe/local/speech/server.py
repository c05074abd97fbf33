"""The routes of the speech API."""

import hmac
import uuid
from collections.abc import Awaitable, Callable, Collection
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dropscribe.local.speech.errors import ApiError, bad_request
from dropscribe.local.speech.intake import read_create
from dropscribe.local.speech.jobs import Jobs

Endpoint = Callable[[Request], Awaitable[Response]]


def build_app(jobs: Jobs, keys: Collection[str], model: str, folder: Path) -> Starlette:
    """The API over ``jobs``, open to any of ``keys``; uploads are kept in ``folder``."""

    async def create(request: Request) -> Response:
        job = jobs.create(await read_create(request, folder))
        return JSONResponse({"generation_id": job.id, "status": job.status}, 201)

    async def fetch(request: Request) -> Response:
        job = jobs.find(request.path_params["generation_id"])
        if job is None:
            raise ApiError(404, "GenerationNotFound", "There is no such generation, or it expired")
        return JSONResponse({"generation_id": job.id, "status": job.status} | dict(job.outcome))

    async def healthz(_: Request) -> Response:
        return JSONResponse({"status": "ok", "model": model})

    return Starlette(
        routes=[
            Route("/v1/stt/create", _guarded(create, keys), methods=["POST"]),
            Route("/v1/stt/{generation_id}", _guarded(fetch, keys), methods=["GET"]),
            Route("/healthz", healthz, methods=["GET"]),
        ],
        exception_handlers={
            ApiError: _refused,
            HTTPException: _refused_by_framework,
            ClientDisconnect: _left,
        },
    )


def _guarded(endpoint: Endpoint, keys: Collection[str]) -> Endpoint:
    async def guarded(request: Request) -> Response:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        known = [hmac.compare_digest(key.strip().encode(), one.encode()) for one in keys]
        if scheme.lower() != "bearer" or not any(known):
            raise ApiError(401, "Unauthorized", "The API key is missing or wrong")
        return await endpoint(request)

    return guarded


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)  # noqa: S101 Starlette's signature is wider than the truth
    envelope = {
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "message": error.message,
        "instance": request.url.path,
        "requestId": str(uuid.uuid4()),
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "error": {"name": error.name, "message": error.message},
    }
    return JSONResponse(envelope, error.status)


def _refused_by_framework(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 as above
    return _refused(request, ApiError(error.status_code, "RequestError", error.detail))


def _left(request: Request, _: Exception) -> Response:
    # Nobody reads this answer, but a client that leaves is no error of ours.
    return _refused(request, bad_request("The request broke half way"))
