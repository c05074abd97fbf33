"""The speech API by script: a real server on 127.0.0.1 that answers as it is told.

    with ScriptedApi() as api:
        api.on_create(Reply.refused(429).but(headers={"Retry-After": "7"}))
        api.on_fetch(Reply.pending(), Reply.completed("hello world"))
        api.when("calls/a.mp3").on_create(Reply.created("id-a")).on_fetch(Reply.failed())
        ... send requests to api.base_url ...
        assert api.creates[0].parameters["model"] == "#g1_whisper-small"

What is not scripted works: a create gives a fresh id, a fetch of it a finished transcript.
"""

import hashlib
import secrets
import tempfile
import threading
from collections.abc import Callable, Sequence
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple, Self
from urllib.parse import unquote

from dropscribe.local.speech.download import Download
from dropscribe.local.speech.errors import JobError
from tests.recorded_request import Part, RecordedRequest
from tests.scripted_reply import Drop, Reply
from tests.scripted_socket import ScriptedServer

__all__ = ["Drop", "Fetched", "Part", "RecordedRequest", "Reply", "Script", "ScriptedApi"]


class Fetched(NamedTuple):
    """What came of fetching a create's URL; ``problem`` is empty when it worked."""

    url: str
    size: int = 0
    sha256: str = ""
    problem: str = ""


class Script:
    """Replies in order. Creates share one sequence; every id plays the fetches from the start."""

    def __init__(self) -> None:
        self._creates: Sequence[Reply] = ()
        self._created = 0
        self._fetches: Sequence[Reply] = ()
        self._fetched: dict[str, int] = {}

    def on_create(self, *replies: Reply) -> Self:
        """Answer the next creates so, one reply each. Replaces what was set before."""
        self._creates, self._created = replies, 0
        return self

    def on_fetch(self, *replies: Reply) -> Self:
        """Answer the fetches of each id so, one reply each. Replaces what was set before."""
        self._fetches, self._fetched = replies, {}
        return self

    @property
    def has_fetches(self) -> bool:
        """Whether anything was set by ``on_fetch``."""
        return bool(self._fetches)

    @property
    def drops_unread(self) -> bool:
        """Whether the next create is to be reset before its body is read."""
        turn = self._creates[self._created : self._created + 1]
        return any(reply.drop is Drop.UNREAD for reply in turn)

    def next_create(self) -> Reply | None:
        """The reply whose turn it is, None when all were given."""
        if self._created >= len(self._creates):
            return None
        reply = self._creates[self._created]
        self._created += not reply.lasting
        return reply

    def next_fetch(self, generation_id: str) -> Reply | None:
        """The reply whose turn it is for this id, None when all were given."""
        turn = self._fetched.setdefault(generation_id, 0)
        if turn >= len(self._fetches):
            return None
        self._fetched[generation_id] += not self._fetches[turn].lasting
        return self._fetches[turn]


Matches = Callable[[RecordedRequest], bool]


class ScriptedApi:
    """The server. Entering it starts it, leaving it ends every thread and connection of it.

    ``key``: the only bearer key that is let in; None lets everybody in. May be changed any time.
    ``fetch_urls``: fetch the URL of every create, as the provider does, into ``fetched``;
    ``ca_file`` is then trusted too. ``port`` 0 is any free one.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        key: str | None = None,
        fetch_urls: bool = False,
        ca_file: Path | None = None,
    ) -> None:
        self.key, self.fetch_urls = key, fetch_urls
        self._download = Download(ca_file)
        self._changed = threading.Condition()
        self._in_flight = self._most_in_flight = 0
        self._forget()
        self._server = ScriptedServer(port, self)

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    @property
    def base_url(self) -> str:
        """What ``ApiBaseUrl`` is to be set to."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    @property
    def creates(self) -> tuple[RecordedRequest, ...]:
        """Every create so far, also those that were refused or dropped."""
        with self._changed:
            return tuple(self._creates)

    @property
    def fetches(self) -> tuple[RecordedRequest, ...]:
        """Every fetch so far."""
        with self._changed:
            return tuple(self._fetches)

    @property
    def most_files_at_a_time(self) -> int:
        """The most files it had: created, all of them, and not yet fetched for the last time."""
        last = {each.path: each.at for each in self.fetches}
        events = [(each.at, 1) for each in self.creates] + [(at, -1) for at in last.values()]
        return max(accumulate(change for _, change in sorted(events)), default=0)

    @property
    def fetched(self) -> tuple[Fetched, ...]:
        """What came of the creates' URLs, when ``fetch_urls``."""
        with self._changed:
            return tuple(self._fetched)

    @property
    def most_creates_in_flight(self) -> int:
        """The largest number of creates that were being answered at one time."""
        return self._most_in_flight

    def on_create(self, *replies: Reply) -> Self:
        """Answer the next creates so; see Script."""
        with self._changed:
            self._base.on_create(*replies)
        return self

    def on_fetch(self, *replies: Reply, generation_id: str | None = None) -> Self:
        """Answer the fetches of every id so, or of this one alone; see Script."""
        with self._changed:
            script = self._base
            if generation_id is not None:
                script = self._by_id.setdefault(generation_id, Script())
            script.on_fetch(*replies)
        return self

    def when(self, matches: str | Matches) -> Script:
        """A script for the creates that match, and for the ids they are given.

        A string matches a create whose URL's path or file name has it. The first match counts.
        """
        test = matches if callable(matches) else lambda request: request.names(str(matches))
        script = Script()
        with self._changed:
            self._rules.append((test, script))
        return script

    def reset(self) -> None:
        """Forget every script, request and id, and let everybody in."""
        with self._changed:
            self._forget()
            self.key = None

    def wait_for(self, condition: Callable[[Self], bool], seconds: float = 10.0) -> bool:
        """Wait until a request makes ``condition`` true; False when none did in time."""
        with self._changed:
            return self._changed.wait_for(lambda: condition(self), seconds)

    def drops_unread(self, request: RecordedRequest) -> bool:
        """Whether this create, known by its head alone, is reset; then it is recorded so."""
        with self._changed:
            if not self._base.drops_unread:
                return False
            self._base.next_create()
            self._creates.append(request)
            self._changed.notify_all()
        return True

    def answer(self, request: RecordedRequest) -> Reply:
        """Record the request and decide on the reply."""
        is_create = request.method == "POST" and request.path == "/v1/stt/create"
        is_fetch = request.method == "GET" and request.path.startswith("/v1/stt/")
        if not (is_create or is_fetch):
            return Reply.refused(404, "NotFound", "There is no such path.")
        with self._changed:
            (self._creates if is_create else self._fetches).append(request)
            self._changed.notify_all()
            if self.key is not None and request.key != self.key:
                return Reply.refused(401, "Unauthorized", "The API key is missing or wrong.")
        if is_create:
            return self._answer_create(request)
        return self._answer_fetch(unquote(request.path.removeprefix("/v1/stt/")))

    def enter_create(self, step: int) -> None:
        """Count a create that begins (+1) or ends (-1)."""
        with self._changed:
            self._in_flight += step
            self._most_in_flight = max(self._most_in_flight, self._in_flight)

    def _answer_create(self, request: RecordedRequest) -> Reply:
        if self.fetch_urls and request.url:
            self._fetch(request.url)
        with self._changed:
            found = (script for matches, script in self._rules if matches(request))
            script = next(found, self._base)
            reply = script.next_create() or _unscripted(request)
            if isinstance(reply.body, dict) and "generation_id" in reply.body:
                # Ids may begin with a dash, so ours do.
                fresh = "-" + secrets.token_urlsafe(15)
                generation_id = reply.body["generation_id"] or fresh
                reply = reply.but(body=reply.body | {"generation_id": generation_id})
                self._made_by[generation_id] = script
        return reply

    def _answer_fetch(self, generation_id: str) -> Reply:
        with self._changed:
            made_by = self._made_by.get(generation_id)
            script = self._by_id.get(generation_id, made_by or self._base)
            script = script if script.has_fetches else self._base
            known = made_by is not None or script.has_fetches
            reply = script.next_fetch(generation_id)
        return reply or (Reply.completed() if known else Reply.expired())

    def _fetch(self, url: str) -> None:
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "audio"
            try:
                self._download(url, target)
                body = target.read_bytes()
                fetched = Fetched(url, len(body), hashlib.sha256(body).hexdigest())
            except JobError as error:
                fetched = Fetched(url, problem=error.message)
        with self._changed:
            self._fetched.append(fetched)

    def _forget(self) -> None:
        self._base = Script()
        self._rules: list[tuple[Matches, Script]] = []
        self._by_id: dict[str, Script] = {}
        self._made_by: dict[str, Script] = {}
        self._creates: list[RecordedRequest] = []
        self._fetches: list[RecordedRequest] = []
        self._fetched: list[Fetched] = []
        self._most_in_flight = self._in_flight


def _unscripted(request: RecordedRequest) -> Reply:
    if not request.parameters.get("model"):
        return Reply.refused(400, "BadRequest", "model is required")
    if not request.url and not request.upload:
        return Reply.refused(400, "BadRequest", "One of url or file is required")
    return Reply.created()
