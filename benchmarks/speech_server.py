"""A speech API that needs so many seconds for each recording, and remembers when.

    python -m benchmarks.speech_server SECONDS AT_ONCE

It works at so many recordings at a time and takes all others, which wait for their turn with it.
A recording is in flight from the moment its `create` arrives until the work at it is over, whoever
asks for the result. `GET /seen` tells all of that, times in seconds since the epoch.
"""

import heapq
import json
import sys
import threading
import time
import uuid
from typing import Any

from benchmarks.local_server import Quiet, serve
from tests.scripted_reply import Reply

WORDS = "And Mr. John Dashwood had then leisure to consider how much there might be in his power"
DONE = Reply.completed(WORDS).content
creates: dict[str, dict[str, Any]] = {}
free: list[float] = []
changed = threading.Lock()


class Api(Quiet):
    """Answers `create` and `fetch`, whoever asks, and whoever asks what it has seen."""

    def do_POST(self) -> None:  # noqa: N802 the base class's name
        """Take a recording by its URL, which nobody reads."""
        arrived = time.time()
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        generation_id = uuid.uuid4().hex
        with changed:
            over = max(arrived, free[0]) + float(sys.argv[1])
            heapq.heapreplace(free, over)
            url = asked["url"].partition("?")[0]
            creates[generation_id] = {"url": url, "arrived": arrived, "over": over, "looks": []}
        self._answer(201, json.dumps({"generation_id": generation_id, "status": "queued"}).encode())
        creates[generation_id]["answered"] = time.time()

    def do_GET(self) -> None:  # noqa: N802 the base class's name
        """Tell how far a recording is."""
        name, now = self.path.rpartition("/")[2], time.time()
        if name == "seen":
            self._answer(200, json.dumps(creates).encode())
            return
        ready = now >= creates[name]["over"]
        self._answer(200, DONE if ready else b'{"status": "processing"}')
        creates[name]["looks"].append({"arrived": now, "answered": time.time(), "ready": ready})

    def _answer(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


if __name__ == "__main__":
    free += [0.0] * int(sys.argv[2])
    serve(Api)
