"""What is worth sending: real recordings, and what only calls itself one."""

import io
import json
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcription.media import BELIEVED, HEAD, STRICT, NotARecording, check, media_type

from tests.unit.sound import FORMATS, recording

WAV = recording("wav")
SECOND = WAV[WAV.index(b"data") + 8 :]
AMR = b"#!AMR\n" + bytes([0x3C, *range(0, 62, 2)]) * 50
GSM = bytes([0xD3, *range(32)]) * 40
MID_FRAME = recording("mp3")[200:]
PICTURE = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + zlib.compress(bytes(2000))
ARCHIVE = io.BytesIO()
with zipfile.ZipFile(ARCHIVE, "w") as _archive:
    _archive.writestr("[Content_Types].xml", "<Types/>")


def seen(key: str, body: bytes, content_type: str = "binary/octet-stream") -> None:
    """Check an object as the application does: its size and its first bytes."""
    check(key, len(body), content_type, body[:HEAD])


def chunk(name: bytes, body: bytes, length: int | None = None) -> bytes:
    return name + (len(body) if length is None else length).to_bytes(4, "little") + body


def wave(*chunks: bytes, riff: int = 0xFFFFFFFF) -> bytes:
    return chunk(b"RIFF", b"WAVE" + b"".join(chunks), riff)


FMT = chunk(b"fmt ", WAV[20:36])
DATA = chunk(b"data", SECOND)


@pytest.mark.parametrize("named", ["sound", "right", "wrong"])
@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_is_taken(kind: str, named: str) -> None:
    """The first bytes tell what a recording is, whatever it is called."""
    key = {"sound": "recording", "right": f"a/b.{kind.upper()}", "wrong": "notes.txt"}[named]
    seen(key, recording(kind))


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(AMR, id="amr"),
        pytest.param(b"ID3\x04\x00\x00\x00\x00\x02\x01" + bytes(257), id="tags first"),
        pytest.param(b"RF64\xff\xff\xff\xffWAVE" + chunk(b"ds64", bytes(28)) + DATA, id="rf64"),
        pytest.param(b"\x30\x26\xb2\x75\x8e\x66\xcf\x11" + bytes(100), id="wma"),
        pytest.param(bytes(4) + b"moov" + bytes(100), id="old quicktime"),
    ],
)
def test_what_cannot_be_encoded_here_is_taken_too(body: bytes) -> None:
    """Formats by hand, named like nothing."""
    seen("recording", body)


@pytest.mark.parametrize(
    ("key", "content_type", "body"),
    [
        ("call.mp3", "", MID_FRAME),
        ("CALL.MP3", "", MID_FRAME),
        ("call", "audio/mpeg", MID_FRAME),
        ("call", "Audio/MPEG; rate=44100", MID_FRAME),
        ("call.gsm", "", GSM),
        ("call", "video/mp2t", GSM),
    ],
)
def test_a_stream_cut_out_of_the_middle_is_believed(
    key: str, content_type: str, body: bytes
) -> None:
    """Formats without a header can begin with anything: their name decides."""
    seen(key, body, content_type)


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (PICTURE, "a PNG picture"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(50), "a JPEG picture"),
        (b"GIF89a" + bytes(50), "a GIF picture"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(50), "a WebP picture"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "a PDF document"),
        (ARCHIVE.getvalue(), "a ZIP archive"),
        (b"\x1f\x8b\x08\x00" + bytes(50), "a compressed archive"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(50), "a compressed archive"),
        (b"\x7fELF\x02\x01\x01" + bytes(50), "a program"),
        (b"SQLite format 3\x00" + bytes(50), "an SQLite database"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "an HTML page"),
        (b"\n\n  <HTML lang=en>" + b"x" * 600, "an HTML page"),
        (b"<?xml version='1.0'?><Error>AccessDenied</Error>", "text"),
        (json.dumps({"error": "not found"}).encode(), "text"),
        (b"hello", "text"),
        ("Schöne Grüße, 東京! ".encode() * 60, "text"),
        (b"\xef\xbb\xbf" + ("é" * 600).encode(), "text"),
        ("hello, this is text".encode("utf-16"), "UTF-16 text"),
        ("\ufeffhello".encode("utf-16-be"), "UTF-16 text"),
    ],
)
@pytest.mark.parametrize("key", ["a.mp3", "a.wav", "a.m4a", "a.ogg", "a.bin"])
def test_other_things_are_named(key: str, body: bytes, what: str) -> None:
    """A picture, a page or a text is refused by what it is, however it calls itself."""
    with pytest.raises(NotARecording, match=f"The object is {what}.*, not a recording"):
        seen(key, body, "audio/mpeg")


@given(st.text(st.characters(min_codepoint=32, exclude_categories=("Cc", "Cs")), min_size=1))
def test_no_text_is_sound(text: str) -> None:
    """Text in any script is refused under a name that is believed otherwise."""
    with pytest.raises(NotARecording):
        seen("a.mp3", (text * 30).encode())


@pytest.mark.parametrize("key", ["a.mp3", "a", "a.txt"])
def test_an_empty_object_is_refused(key: str) -> None:
    """An upload of nothing is visible as that."""
    with pytest.raises(NotARecording, match="The object is empty"):
        seen(key, b"", "audio/mpeg")


@pytest.mark.parametrize(
    ("key", "content_type", "said"),
    [
        *((f"a.{suffix}", "", f"named .{suffix}, but") for f in STRICT for suffix in f.suffixes),
        *(("a", kind, f"called {kind}, but") for f in STRICT for kind in f.types),
        ("a.mp3", "audio/wav", "called audio/wav, but does not begin like WAV"),
    ],
)
def test_a_strict_format_must_begin_like_it(key: str, content_type: str, said: str) -> None:
    """A name that promises magic bytes is not enough without them."""
    with pytest.raises(NotARecording, match=f"The object is {said}"):
        seen(key, GSM, content_type)


@pytest.mark.parametrize("suffix", sorted(BELIEVED))
def test_a_lenient_format_is_believed(suffix: str) -> None:
    """Where beginnings vary, a name is enough: the provider knows more formats than we do."""
    seen(f"a.{suffix}", GSM)


@pytest.mark.parametrize("key", ["a", "a.dat", "a.mp3.exe", "mp3", "a.mp3/b"])
def test_unknown_bytes_under_an_unknown_name_are_refused(key: str) -> None:
    """Nothing speaks for it."""
    with pytest.raises(NotARecording, match="Neither the object's first bytes nor its name"):
        seen(key, GSM)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(wave(FMT, DATA, riff=36 + len(DATA)), id="plain"),
        pytest.param(wave(FMT, chunk(b"data", SECOND, 0xFFFFFFFF)), id="streamed"),
        pytest.param(wave(FMT, chunk(b"data", SECOND, 0), riff=0), id="streamed, zero"),
        pytest.param(wave(FMT, chunk(b"LIST", bytes(3)), b"\x00", DATA), id="odd chunk"),
        pytest.param(wave(FMT, chunk(b"LIST", bytes(200_000)), DATA), id="picture inside"),
        pytest.param(wave(chunk(b"JUNK", bytes(HEAD - 20)), FMT, DATA), id="at the head's end"),
        pytest.param(wave(FMT, chunk(b"data", SECOND[:1])), id="one byte"),
    ],
)
def test_a_wave_that_reaches_its_sound_is_taken(body: bytes) -> None:
    """Chunks of any size may stand before the sound, and its length may be unknown."""
    seen("a.wav", body)


@pytest.mark.parametrize("end", [12, 19, 20, 30, 36, 43])
def test_a_wave_cut_in_its_header_is_refused(end: int) -> None:
    """An upload that broke off before the sound would cost a request."""
    with pytest.raises(NotARecording, match="cut off inside its header"):
        seen("a.wav", WAV[:end])


def test_a_wave_cut_in_a_big_chunk_is_refused() -> None:
    """Even where the cut lies beyond the bytes that were looked at."""
    with pytest.raises(NotARecording, match="cut off inside its header"):
        seen("a.wav", wave(FMT, chunk(b"LIST", bytes(200_000))))


def test_a_wave_without_sound_is_refused() -> None:
    """A header alone is what a recorder leaves when it was stopped at once."""
    with pytest.raises(NotARecording, match="has a header but no sound"):
        seen("a.wav", wave(FMT, chunk(b"data", b"")))


@given(st.binary(max_size=700), st.sampled_from(["a.mp3", "a.wav", "a", "a.aac"]))
def test_any_bytes_are_decided(body: bytes, key: str) -> None:
    """The only answer besides yes is a sentence."""
    for beginning in (b"", b"RIFF\x00\x00\x00\x00WAVE", b"\xff", b"\xef\xbb\xbf"):
        try:
            seen(key, beginning + body)
        except NotARecording as refusal:
            reason = str(refusal)
        else:
            reason = "The object is sound"
        assert reason.startswith(("The ", "Neither "))


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("wav", "audio/wav"),
        ("flac", "audio/flac"),
        ("opus", "audio/ogg"),
        ("m4a", "audio/mp4"),
        ("webm", "audio/webm"),
        ("mp3", "audio/mpeg"),
        ("aac", "audio/aac"),
    ],
)
def test_a_recording_without_a_type_has_one(written: str, kind: str) -> None:
    """Its first bytes tell; what the object says of sound itself comes first."""
    head = recording(written)[:HEAD]
    assert media_type("binary/octet-stream", head) == kind
    assert media_type("Audio/X-Mine", head) == "Audio/X-Mine"
    assert media_type("text/plain", b"hello") == "text/plain"
