"""The work of one job: get the audio, decode it, listen, shape the answer."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dropscribe.local.speech import limits
from dropscribe.local.speech.answers import Heard, shape
from dropscribe.local.speech.audio import Recording, read_recording
from dropscribe.local.speech.download import Download
from dropscribe.local.speech.jobs import CreateRequest, Job
from dropscribe.local.speech.whisper import Whisper


@dataclass(frozen=True)
class Transcription:
    """Turns jobs into answers with one model; its files live in ``folder`` while it works."""

    whisper: Whisper
    download: Download
    folder: Path

    def __call__(self, job: Job) -> Mapping[str, Any]:
        """The job's ``result``. Raises JobError when the audio cannot be had or read."""
        asked = job.request.parameters
        recording = self._recording(job.request)
        choice = limits.choose_language(asked, self.whisper.languages)
        hearings = [self.whisper.hear(samples, choice.language) for samples in recording.channels]
        heard = Heard(
            channels=[hearing.words for hearing in hearings],
            seconds=recording.seconds,
            request_id=str(uuid.uuid4()),
            created=_iso(job.created),
            model=self.whisper.name,
            sha256=recording.sha256,
            language=hearings[0].language,
            language_confidence=hearings[0].language_confidence,
            warnings=choice.warnings + limits.undone(asked),
        )
        return shape(heard, asked)

    def _recording(self, request: CreateRequest) -> Recording:
        path = request.upload or self.folder / uuid.uuid4().hex
        asked = request.parameters
        by_channel = bool(asked.get("multi_channel") or asked.get("multichannel"))
        try:
            if request.url:
                self.download(request.url, path)
            return read_recording(path, by_channel=by_channel)
        finally:
            path.unlink(missing_ok=True)


def _iso(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
    return moment.replace("+00:00", "Z")
