"""Read a ``create`` request: JSON with a ``url``, or a form with the audio in it."""

import json
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.types import Message

from dropscribe.local.speech import parameters
from dropscribe.local.speech.errors import ApiError, bad_request
from dropscribe.local.speech.jobs import CreateRequest

MOST_AUDIO_BYTES = 2 * 10**9
MOST_JSON_BYTES = 10**6
_AUDIO_PARTS = ("audio", "file")


async def read_create(request: Request, folder: Path) -> CreateRequest:
    """The request, its upload saved in ``folder``. Raises ApiError: 400, 404 or 413."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        return _by_url(await _capped(request, MOST_JSON_BYTES).body())
    if kind == "multipart/form-data":
        async with _capped(request, MOST_AUDIO_BYTES).form() as form:
            return await _by_upload(form, folder)
    raise bad_request("The body must be application/json or multipart/form-data")


def _by_url(body: bytes) -> CreateRequest:
    try:
        asked = json.loads(body)
    except ValueError:
        raise bad_request("The body is not valid JSON") from None
    if not isinstance(asked, dict):
        raise bad_request("The body must be a JSON object")
    parameters.check(asked)
    return CreateRequest(asked, url=_only_source(asked, []))


async def _by_upload(form: FormData, folder: Path) -> CreateRequest:
    fields = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    files = [
        value
        for name, value in form.multi_items()
        if isinstance(value, UploadFile) and name in _AUDIO_PARTS
    ]
    asked = parameters.from_form(fields)
    parameters.check(asked)
    if url := _only_source(asked, files):
        return CreateRequest(asked, url=url)
    target = folder / uuid.uuid4().hex
    await run_in_threadpool(_save, files[0], target)
    return CreateRequest(asked, upload=target)


def _only_source(asked: Mapping[str, Any], files: list[UploadFile]) -> str | None:
    url: str | None = asked.get("url")
    if not url and not files:
        raise bad_request("One of url or file is required")
    if (url and files) or len(files) > 1:
        raise bad_request("Only one of url and file is allowed")
    return url


def _save(upload: UploadFile, target: Path) -> None:
    with target.open("wb") as file:
        shutil.copyfileobj(upload.file, file)


def _capped(request: Request, most: int) -> Request:
    received = 0

    async def receive() -> Message:
        nonlocal received
        message = await request.receive()
        received += len(message.get("body", b""))
        if received > most:
            raise ApiError(413, "PayloadTooLarge", "The request is too large")
        return message

    return Request(request.scope, receive)
