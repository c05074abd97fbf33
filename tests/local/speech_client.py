"""A client of the speech API for tests, as plain as can be."""

import json
import time
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import urllib3


class Answer(NamedTuple):
    """An HTTP status and the JSON that came with it."""

    status: int
    json: Any


class SpeechClient:
    """Sends what it is told to, right or wrong."""

    def __init__(self, base_url: str, key: str | None) -> None:
        self.base_url = base_url
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}

    def post(self, body: bytes, content_type: str) -> Answer:
        """Create with any body."""
        return self._send("POST", "create", body, {"Content-Type": content_type})

    def create(self, **parameters: Any) -> Answer:
        """Create by JSON."""
        return self.post(json.dumps(parameters).encode(), "application/json")

    def upload(self, audio: Path | bytes, part: str = "audio", **parameters: str) -> Answer:
        """Create by a form."""
        content = audio if isinstance(audio, bytes) else audio.read_bytes()
        fields = {"model": "#g1_whisper-small"} | parameters
        body, content_type = urllib3.encode_multipart_formdata(
            {**fields, part: ("recording.wav", content, "audio/wav")}
        )
        return self.post(body, content_type)

    def fetch(self, generation_id: str) -> Answer:
        """Look once."""
        return self._send("GET", quote(generation_id, safe=""), None, {})

    def finished(self, generation_id: str, seconds: float = 60) -> Any:
        """Look until the job is neither queued nor active; the body of the last look."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            answer = self.fetch(generation_id).json
            if answer["status"] not in {"queued", "active"}:
                return answer
            time.sleep(0.1)
        raise TimeoutError(f"still {answer['status']} after {seconds} seconds")

    def transcribed(self, audio: Path | bytes, **parameters: str) -> Any:
        """The result of uploading this recording."""
        return self.finished(self.upload(audio, **parameters).json["generation_id"])["result"]

    def _send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        with urllib3.PoolManager(retries=False, timeout=30) as pool:
            address = f"{self.base_url}/stt/{path}"
            sent = pool.request(method, address, body=body, headers=self.headers | headers)
            return Answer(sent.status, json.loads(sent.data))
