"""Golden files: answers of the speech API, and every rendition as it came out of them.

`make golden` writes the renditions anew. Look at the difference before you keep it: it is what
people will read. Then `make docs`, for docs/renditions.md shows them.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

from transcription import answer
from transcription.document import document_of
from transcription.job import Job, Status
from transcription.reading import transcript_of
from transcription.renditions import render

HERE: Final = Path(__file__).parent
DEFAULTS: Final = {"smart_format": True, "utterances": True}


class Golden(NamedTuple):
    """A recording whose answer stands in a folder of its name."""

    name: str
    job: Job

    @property
    def folder(self) -> Path:
        return HERE / self.name

    def made(self) -> Mapping[str, str]:
        """Every rendition by its suffix, as it comes out today."""
        found = answer.read((self.folder / "answer.json").read_bytes())
        return render(document_of(self.job, transcript_of(found.payload)))

    def kept(self) -> Mapping[str, str]:
        """The same as it came out when somebody last looked."""
        files = self.folder.glob("transcript.*")
        return {path.suffix[1:]: path.read_bytes().decode() for path in files}

    def keep(self) -> None:
        """Write the files anew."""
        for path in self.folder.glob("transcript.*"):
            path.unlink()
        for suffix, rendition in self.made().items():
            (self.folder / f"transcript.{suffix}").write_bytes(rendition.encode())


def _sample(number: str, seconds: float) -> Golden:
    """A sentence of Sense and Sensibility, as Whisper tiny.en heard it for the local API."""
    name = f"sense-and-sensibility-{number}"
    job = Job(
        job_id=f"{number}{'0' * 28}",
        bucket="uploads",
        key=f"samples/{name}.wav",
        version_id="3HL4kqtJlcpXroDTDmJ",
        etag="9b2cf535f27731c974343645a3985328",
        status=Status.TRANSCRIBED,
        uploaded_at=datetime(2026, 11, 22, 10, 15, tzinfo=UTC),
        model="#g1_whisper-small",
        options=DEFAULTS,
        audio_seconds=seconds,
    )
    return Golden(name, job)


CALL: Final = Golden(
    "support-call",
    Job(
        job_id="4117" + "f" * 28,
        bucket="uploads",
        key="calls/2026/lamp_4117.mp3",
        version_id="L4kqtJlcpXroDTDmpUMLUo",
        etag="d41d8cd98f00b204e9800998ecf8427e",
        status=Status.TRANSCRIBED,
        uploaded_at=datetime(2026, 11, 22, 12, tzinfo=UTC),
        model="#g1_nova-2-general",
        options={
            **DEFAULTS,
            "multi_channel": True,
            "diarize": True,
            "summarize": "v2",
            "topics": True,
            "intents": True,
            "sentiment": True,
            "detect_entities": True,
            "search": ["broken"],
        },
        speaker_names=("Elinor", "Customer", "Her son"),
        audio_seconds=55.04,
    ),
)
GOLDEN: Final = (_sample("0870", 7.1), _sample("0890", 5.3), CALL)
