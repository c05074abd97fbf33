"""The speech API under a plan: a real server that fails as planned and remembers everything.

It hears words in the bytes that it really got, by URL or by upload. A watcher is told of each
call while the caller waits for its answer, so that whoever kills knows where it kills.
"""

import hashlib
import secrets
import threading
import time
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, Protocol, Self
from urllib.parse import parse_qs, unquote, urlsplit

from dropscribe.local.speech.download import Download
from dropscribe.local.speech.errors import JobError
from tests.chaos.plan import Plan, Version
from tests.chaos.puts import Puts
from tests.chaos.record import Create, Fetch, Record
from tests.chaos.script import create_fault, fetch_fault, transcript
from tests.scripted_api import RecordedRequest, Reply
from tests.scripted_socket import ScriptedServer
from tests.stack import Put


class Made(NamedTuple):
    """What stands behind an id: `body` is None where the recording could not be fetched."""

    version: Version
    at: float
    body: bytes | None


class Watcher(Protocol):
    """Who is told, on the server's own thread, before an answer leaves. `port` is the caller's."""

    def accepted(self, version: Version, port: int) -> None: ...
    def fetched(self, version: Version, port: int, finished: bool) -> None: ...


class Nobody:
    """Watches nothing."""

    def accepted(self, version: Version, port: int) -> None:
        """Let it pass."""

    def fetched(self, version: Version, port: int, finished: bool) -> None:
        """Let it pass."""


class Provider:
    """The server. `key` is the only one that it lets in; `play` begins a plan."""

    def __init__(self, key: str, certificate: Path) -> None:
        self._key = key
        self._download = Download(certificate)
        self._changed = threading.Condition()
        self._server = ScriptedServer(0, self)
        self.play(Plan(0, (), ()), Puts(), Nobody())

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def play(self, plan: Plan, puts: Puts, watcher: Watcher) -> None:
        """Begin a plan; nothing of the last one is remembered. `puts` resolves its URLs."""
        with self._changed:
            self.records: defaultdict[str, Record] = defaultdict(Record)
            self._puts, self._watcher = puts, watcher
            self._made: dict[str, Made] = {}
            self._by_content = {_sha256(each.body): each for each in plan.versions}

    def drops_unread(self, _request: RecordedRequest) -> bool:
        """Never: it must be read to know whose create it is."""
        return False

    def enter_create(self, step: int) -> None:
        """Nobody asks how many creates are answered at one time."""

    def answer(self, request: RecordedRequest) -> Reply:
        """Record a call and decide on its reply."""
        if request.key != self._key:
            return Reply.refused(401)
        if request.method == "POST":
            return self._answer_create(request)
        return self._answer_fetch(unquote(request.path.removeprefix("/v1/stt/")), request.port)

    def _answer_create(self, request: RecordedRequest) -> Reply:
        version, body = self._got(request)
        with self._changed:
            creates = self.records[version.name].creates
            fault = create_fault(version, len(creates))
            generation_id = None if fault else "-" + secrets.token_urlsafe(15)
            creates.append(Create(fault, generation_id, time.time()))
            if generation_id:
                self._made[generation_id] = Made(version, time.time(), body)
        if fault:
            return fault.reply
        self._watcher.accepted(version, request.port)
        return Reply.created(generation_id)

    def _answer_fetch(self, generation_id: str, port: int) -> Reply:
        made = self._made.get(generation_id)
        if made is None:
            return Reply.expired()
        with self._changed:
            fetches = self.records[made.version.name].fetches
            fault = fetch_fault(made.version, len(fetches), made.body)
            fetches.append(Fetch(fault, time.time() - made.at))
        self._watcher.fetched(made.version, port, finished=fault is None)
        return fault.reply if fault else transcript(made.body or b"")

    def _got(self, request: RecordedRequest) -> tuple[Version, bytes | None]:
        if request.upload:
            body = request.upload.body
            return self._by_content[_sha256(body)], body
        return self._named(request.url), self._fetch(request.url)

    def _named(self, url: str) -> Version:
        """The version that a URL names."""
        parts = urlsplit(url)
        _, _, key = unquote(parts.path).lstrip("/").partition("/")
        return self._puts.version(Put(key, parse_qs(parts.query)["versionId"][0]))

    def _fetch(self, url: str) -> bytes | None:
        with TemporaryDirectory() as folder:
            target = Path(folder) / "audio"
            try:
                self._download(url, target)
            except JobError:
                return None
            return target.read_bytes()


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
