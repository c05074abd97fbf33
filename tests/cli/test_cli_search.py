"""`dropscribe search` over real objects."""

import json
from typing import Any

from transcription.document import document_of, written
from transcription.reading import transcript_of

from tests.cli.conftest import Run
from tests.cli.small_stack import SmallStack
from tests.unit.examples import a_job, a_payload, spoken


def said(stack: SmallStack, key: str, text: str, *names: str, **more: Any) -> None:
    """Put the canonical transcript of a recording where it belongs."""
    payload = a_payload(spoken(text, **more))
    body = written(document_of(a_job(key=key, speaker_names=names), transcript_of(payload)))
    bucket = stack.outputs["TranscriptBucketName"]
    for suffix, text_of in {"json": body, "txt": text}.items():
        stack.s3.put_object(Bucket=bucket, Key=f"{key}.{suffix}", Body=text_of.encode())


def test_hits_are_told_with_key_time_and_speaker(stack: SmallStack, run: Run) -> None:
    """In a pipe each is a line of its own, the hit between stars, in the order of the keys."""
    said(stack, "b.wav", "No refund. Ever.", start=3725.0)
    said(stack, "a.wav", "I want a refund, please.", "Ada")
    said(stack, "c.wav", "Thank you.")
    result = run("search", "REFUND")
    assert result.stdout.splitlines() == [
        "a.wav\t00:00:00\tAda\tI want a *refund,* please.",
        "b.wav\t01:02:05\t\tNo *refund.* Ever.",
    ]
    assert (result.exit_code, result.stderr) == (0, "Found 2 times in 3 transcripts.\n")


def test_words_are_one_phrase_below_a_prefix(stack: SmallStack, run: Run) -> None:
    """Quoted or not; other prefixes are not read."""
    for key in ("calls/a.wav", "talks/a.wav"):
        said(stack, key, "Cancel my contract. Now.")
    said(stack, "calls/b.wav", "My cancelled contract.")
    result = run("search", "my contract", "now", "--prefix", "calls/", "--json")
    document = json.loads(result.stdout)
    [hit] = document["hits"]
    assert (hit["key"], hit["hit"]["said"]) == ("calls/a.wav", "my contract. Now.")
    assert (document["read"], document["more"]) == (2, False)


def test_a_limit_ends_the_search(stack: SmallStack, run: Run) -> None:
    """What comes after is not shown, and that there may be more is told."""
    said(stack, "a.wav", "ha ha ha")
    result = run("search", "ha", "--limit", "2")
    assert len(result.stdout.splitlines()) == 2
    assert "raise --limit" in result.stderr


def test_nothing_found_is_an_exit_code(stack: SmallStack, run: Run) -> None:
    """As with grep; a file that is no transcript is passed by."""
    bucket = stack.outputs["TranscriptBucketName"]
    for key, body in {"a.json": b"refund", "b.json": b'{"segments": "refund"}'}.items():
        stack.s3.put_object(Bucket=bucket, Key=key, Body=body)
    result = run("search", "refund")
    assert (result.exit_code, result.stdout) == (1, "")


def test_signs_alone_are_not_searched_for(run: Run) -> None:
    """They do not count, so nothing would be left."""
    assert run("search", "?!").exit_code == 2
