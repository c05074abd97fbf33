"""The speech API's client, as far as it is pure: where it may connect, and with what key."""

import pytest
from transcription.api_errors import NotNow
from transcription.job import WaitReason
from transcription.speech_api import PLACEHOLDER, SpeechApi


@pytest.mark.parametrize(
    "url",
    [
        "https://api.aimlapi.com/v1",
        "HTTPS://api.example:8443/v1/",
        "http://127.0.0.1:9000/v1",
        "http://localhost:9000/v1",
        "http://[::1]:9000/v1",
    ],
)
def test_the_api_is_reached_by_tls_or_on_this_machine(url: str) -> None:
    """A key never travels in the clear."""
    SpeechApi(url, str)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.aimlapi.com/v1",
        "http://127.0.0.1.evil.example/v1",
        "http://localhost@evil.example/v1",
        "http://localhost.evil.example",
        "http://169.254.169.254/",
        "http://0.0.0.0/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "//127.0.0.1/v1",
        "api.aimlapi.com/v1",
        "https:///v1",
        "http://[",
        "",
    ],
)
def test_plain_http_to_anywhere_else_is_refused(url: str) -> None:
    """At the start, before there is a request to lose."""
    with pytest.raises(ValueError, match=r"https://|Invalid IPv6"):
        SpeechApi(url, str)


@pytest.mark.parametrize("key", [PLACEHOLDER, "", "  \n", f" {PLACEHOLDER}\n"])
@pytest.mark.parametrize("asked", ["create", "fetch"])
def test_without_a_key_nothing_is_sent(key: str, asked: str) -> None:
    """The job waits for its operator; with sockets off, a request would fail here."""
    api = SpeechApi("https://api.example/v1", lambda: key)
    with pytest.raises(NotNow, match="No API key has been set yet") as caught:
        api.prepared({}, "https://u") if asked == "create" else api.fetch("g")
    assert caught.value.reason is WaitReason.KEY


@pytest.mark.parametrize("key", ["two\nlines", "sk-with space", "schlüssel", "tab\tbed", "\x7f"])
def test_a_malformed_key_is_never_repeated(key: str) -> None:
    """The HTTP library would put it into its error, and so into rows and logs."""
    with pytest.raises(NotNow) as caught:
        SpeechApi("https://api.example/v1", lambda: key).prepared({}, "https://u")
    assert caught.value.reason is WaitReason.KEY
    assert key not in str(caught.value)
