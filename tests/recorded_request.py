"""A request as the scripted speech API received it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser
from functools import cached_property
from typing import Any
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True)
class Part:
    """One part of a form. ``file_name`` and ``content_type`` are None for a text part."""

    name: str
    body: bytes
    file_name: str | None = None
    content_type: str | None = None


@dataclass(frozen=True)
class RecordedRequest:
    """Everything a client sent, and when (seconds since 1970). Headers ignore case."""

    method: str
    path: str
    headers: Message
    body: bytes
    at: float
    port: int = 0
    """The client's."""

    @property
    def key(self) -> str:
        """The bearer key, empty when there is none."""
        scheme, _, key = (self.headers["Authorization"] or "").partition(" ")
        return key if scheme == "Bearer" else ""

    @cached_property
    def json(self) -> Any:
        """The body as JSON; None when it is no JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The parts of a form; none when it is no form."""
        boundary = self.headers.get_param("boundary")
        if self.headers.get_content_type() != "multipart/form-data" or not boundary:
            return ()
        fence = b"\r\n--" + str(boundary).encode()
        pieces = (b"\r\n" + self.body).split(fence)[1:-1]
        return tuple(_part(piece.removeprefix(b"\r\n")) for piece in pieces)

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What was asked for, from JSON as it is, from a form as text."""
        if isinstance(self.json, dict):
            return self.json
        return {part.name: part.body.decode() for part in self.parts if part.file_name is None}

    @property
    def url(self) -> str:
        """Where the audio is to be fetched; empty for an upload."""
        return str(self.parameters.get("url") or "")

    @property
    def upload(self) -> Part | None:
        """The audio in the form; None for a create by URL."""
        return next((part for part in self.parts if part.file_name is not None), None)

    def names(self, text: str) -> bool:
        """Whether ``text``, say an object key, stands in the URL's path or is the file's name."""
        file_name = self.upload.file_name if self.upload else None
        return text in unquote(urlsplit(self.url).path) or text == file_name


def _part(piece: bytes) -> Part:
    head, _, body = piece.partition(b"\r\n\r\n")
    headers = BytesHeaderParser().parsebytes(head)
    name = headers.get_param("name", header="content-disposition")
    return Part(str(name), body, headers.get_filename(), headers["content-type"])
