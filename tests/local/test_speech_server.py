"""The local speech server as a process, with a real Whisper and real speech."""

import io
import signal
import socket
import subprocess
import time
import wave
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import av
import numpy as np
import pytest
import urllib3
from numpy.typing import NDArray

from tests.local.audio_host import hosted
from tests.local.speech_client import SpeechClient
from tests.local.speech_process import COMMAND, SpeechServer, running_server
from tests.scripted_reply import Reply

MODEL = "#g1_whisper-small"
SAID = (
    "And Mr. John Dashwood had then leisure to consider how much there might be prudently in his "
    "power to do for them."
)


def wav(*channels: NDArray[np.int16]) -> bytes:
    """A WAV file of these channels at 16 kHz."""
    file = io.BytesIO()
    with wave.open(file, "wb") as recording:
        recording.setparams((len(channels), 2, 16000, 0, "NONE", ""))
        recording.writeframes(np.stack(channels, axis=1).tobytes())
    return file.getvalue()


def samples_of(path: Path) -> NDArray[np.int16]:
    """The samples of a mono WAV file."""
    with wave.open(str(path)) as recording:
        return np.frombuffer(recording.readframes(recording.getnframes()), np.int16)


def test_an_upload_is_transcribed_word_for_word(client: SpeechClient, sample: Path) -> None:
    """Real speech in, its text out, with words in order and within the recording."""
    result = client.transcribed(sample, smart_format="true", utterances="true")
    [alternative] = result["results"]["channels"][0]["alternatives"]
    assert alternative["transcript"] == SAID
    starts = [word["start"] for word in alternative["words"]]
    assert starts == sorted(starts)
    assert alternative["words"][-1]["end"] <= result["metadata"]["duration"] == pytest.approx(7.1)
    assert result["results"]["utterances"][0]["transcript"].startswith("And Mr. John")


def test_a_url_is_transcribed_word_for_word(client: SpeechClient, sample: Path) -> None:
    """The server fetches the recording itself."""
    with hosted({"/a.wav": Reply(200, sample.read_bytes())}) as address:
        created = client.create(model=MODEL, url=f"{address}/a.wav?sig=1", punctuate=True)
        result = client.finished(created.json["generation_id"])["result"]
    assert result["results"]["channels"][0]["alternatives"][0]["transcript"] == SAID


def test_plain_whisper_is_bare(client: SpeechClient, sample: Path) -> None:
    """Without formatting there are neither capitals nor punctuation."""
    result = client.transcribed(sample)
    transcript = result["results"]["channels"][0]["alternatives"][0]["transcript"]
    assert transcript == SAID.lower().replace(".", "")


@pytest.mark.parametrize("volume", [0, 300, 3000])
def test_silence_and_noise_are_an_empty_success(client: SpeechClient, volume: int) -> None:
    """Whisper's habit of hearing words in noise does not show."""
    noise = np.random.default_rng(7).normal(0, volume, 16000 * 4).astype(np.int16)
    result = client.transcribed(wav(noise), smart_format="true")
    assert result["results"]["channels"][0]["alternatives"][0]["transcript"] == ""
    assert result["metadata"]["duration"] == pytest.approx(4)


def test_channels_are_heard_by_themselves(client: SpeechClient, sample: Path) -> None:
    """With multi_channel a silent side stays silent."""
    speech = samples_of(sample)
    result = client.transcribed(wav(np.zeros_like(speech), speech), multi_channel="true")
    texts = [side["alternatives"][0]["transcript"] for side in result["results"]["channels"]]
    assert texts == ["", SAID.lower().replace(".", "")]
    assert result["metadata"]["channels"] == 2


@pytest.mark.parametrize(
    ("container", "codec"), [("ogg", "libopus"), ("mp4", "aac"), ("webm", "libopus")]
)
def test_other_formats_are_decoded(
    client: SpeechClient, sample: Path, container: str, codec: str
) -> None:
    """What people record with is understood."""
    file = io.BytesIO()
    with av.open(str(sample)) as source, av.open(file, "w", format=container) as target:
        stream: Any = target.add_stream(codec, rate=48000)
        for frame in source.decode(audio=0):
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    result = client.transcribed(file.getvalue())
    assert "dashwood had then leisure" in str(result["results"])


def test_what_is_no_audio_fails_its_job(client: SpeechClient) -> None:
    """The request is accepted, the job ends in error, and the next one works on."""
    created = client.upload(b"This is a letter and no recording.")
    answer = client.finished(created.json["generation_id"])
    assert (answer["status"], answer["error"]["name"]) == ("error", "UnreadableAudio")


def test_an_unreachable_url_fails_its_job(client: SpeechClient) -> None:
    """The error says why, without the URL."""
    created = client.create(model=MODEL, url="http://127.0.0.1:9/a.wav?sig=secret")
    answer = client.finished(created.json["generation_id"])
    assert (answer["status"], answer["error"]["name"]) == ("error", "AudioNotFetched")
    assert "secret" not in str(answer)


def test_what_is_not_done_is_warned_of(client: SpeechClient) -> None:
    """Diarization, and a language the English model does not know."""
    quiet = wav(np.zeros(16000, np.int16))
    result = client.transcribed(quiet, diarize="true", language="pt")
    warned = [warning["parameter"] for warning in result["metadata"]["warnings"]]
    assert sorted(warned) == ["diarize", "language"]


@pytest.mark.parametrize("part", ["audio", "file"])
def test_either_name_of_the_file_part_is_taken(client: SpeechClient, part: str) -> None:
    """Models differ in what they call it."""
    assert client.upload(b"any", part).status == 201


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b'{"model": 7, "url": "http://127.0.0.1/"}', "application/json"),
        (b'{"url": "http://127.0.0.1/"}', "application/json"),
        (b"model=whisper-small", "text/plain"),
        (b"nothing", "multipart/form-data"),
        (b"nothing", "multipart/form-data; boundary=b"),
    ],
)
def test_unreadable_requests_are_bad(client: SpeechClient, body: bytes, content_type: str) -> None:
    """They are refused in the documented envelope."""
    answer = client.post(body, content_type)
    assert answer.status == answer.json["status"] == 400
    assert answer.json["error"]["message"] == answer.json["message"]


def test_both_url_and_file_are_too_much(client: SpeechClient) -> None:
    """Exactly one of the two."""
    assert client.upload(b"any", url="http://127.0.0.1/").status == 400


def test_an_unknown_model_is_not_found(client: SpeechClient) -> None:
    """404 from create."""
    assert client.create(model="#g1_nova-9", url="http://127.0.0.1/").status == 404


def test_every_listed_key_is_let_in(speech: SpeechServer) -> None:
    """--api-key may be repeated."""
    assert SpeechClient(speech.base_url, "second-key").fetch("unknown").status == 404


def test_health_is_told_without_a_key(speech: SpeechServer) -> None:
    """It names the model."""
    answer = urllib3.request("GET", speech.base_url.removesuffix("/v1") + "/healthz")
    assert answer.json() == {"status": "ok", "model": "tiny.en"}


def test_nothing_said_or_addressed_is_logged_or_kept(tmp_path: Path, sample: Path) -> None:
    """No words, no query strings and no keys in the log, and no file is left.

    Neither a recording nor the session file of onnxruntime's telemetry, which is switched off.
    """
    with running_server(tmp_path) as server:
        server.client.transcribed(sample)
        with hosted({"/a.wav": Reply(200, sample.read_bytes())}) as address:
            created = server.client.create(model=MODEL, url=f"{address}/a.wav?sig=secret")
            server.client.finished(created.json["generation_id"])
        assert [path for path in server.folder.rglob("*") if path.is_file()] == []
        log = server.log.read_text()
    assert "is completed" in log
    assert not any(word in log.lower() for word in ("dashwood", "secret", "first-key"))


def test_it_stops_when_told_to_even_at_work(tmp_path: Path, sample: Path) -> None:
    """SIGTERM in the middle of a long recording ends it in order, with nothing left behind."""
    with running_server(tmp_path) as server:
        client = server.client
        created = client.upload(wav(np.tile(samples_of(sample), 60)))
        while client.fetch(created.json["generation_id"]).json["status"] != "active":
            time.sleep(0.05)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(10) == 0
        assert list(server.folder.iterdir()) == []


def test_a_client_that_leaves_half_way_is_no_error(tmp_path: Path) -> None:
    """The upload is forgotten without a word in the log."""
    with running_server(tmp_path) as server:
        address = urlsplit(server.base_url)
        with socket.create_connection((str(address.hostname), address.port or 0)) as client:
            client.sendall(
                b"POST /v1/stt/create HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999\r\n"
                b"Authorization: Bearer first-key\r\n"
                b"Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n"
            )
        assert server.client.fetch("unknown").status == 404
        assert server.log.read_text() == ""


def test_a_taken_port_is_said_in_one_sentence(speech: SpeechServer) -> None:
    """No traceback, and an exit code."""
    port = speech.base_url.removesuffix("/v1").rpartition(":")[2]
    second = subprocess.run(
        [*COMMAND, "--port", port], capture_output=True, text=True, check=False, timeout=30
    )
    assert second.returncode == 1
    assert (
        second.stderr
        == f"Error: Port {port} of 127.0.0.1 cannot be used: Address already in use.\n"
    )
