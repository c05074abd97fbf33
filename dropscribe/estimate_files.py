"""Which files an estimate counts, which it leaves out, and what it could not look at."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from transcription import media
from transcription.sending import SendBy, TooLarge, choose

from dropscribe.exits import Failure, JobFailed
from dropscribe.lengths import head_of, seconds_in
from dropscribe.recordings import NotUploadable, Recording, content_type_of, recordings
from dropscribe.refusals import explained
from dropscribe.screen import visible
from dropscribe.stack import Stack

BUCKET: Final = "s3://"
TOO_LARGE: Final = "The recording is too large to be sent"
Sized = tuple[int, float | None]  # bytes and seconds, None where only the bytes tell


@dataclass
class Look:
    """A look at what places hold. The other two are right once `sized` has come to its end.

    `left_out` counts by their reasons files that the stack would reject; `failed` says of places,
    and of files, why they could not be looked at. Without a stack there are only local places.
    """

    stack: Stack | None
    left_out: Counter[str] = field(default_factory=Counter)
    failed: dict[str, Failure] = field(default_factory=dict)

    def sized(self, places: Iterable[str]) -> Iterator[Sized]:
        """The files that would be sent."""
        for place in places:
            try:
                yield from self._files(place)
            except Exception as error:  # noqa: BLE001 - raised again there, if it is none of ours
                self.failed[place] = _foreseen(error)

    def _files(self, place: str) -> Iterator[Sized]:
        if Path(place).exists():
            for one in _recordings(place):
                yield from self._local(one)
        elif self.stack:
            for key, size in _listed(self.stack, place):
                yield from self._kept(key, size, None)

    def _local(self, one: Recording) -> Iterator[Sized]:
        """A local file, if it can be read; the others of its folder don't depend on that."""
        try:
            head, seconds = head_of(one.path), seconds_in(one.path, one.size)
        except OSError as error:
            self.failed[str(one.path)] = _foreseen(error)
            return
        yield from self._kept(one.key, one.size, seconds, head)

    def _kept(
        self, key: str, size: int, seconds: float | None, head: bytes | None = None
    ) -> Iterator[Sized]:
        if why := refusal(key, size, head):
            self.left_out[why] += 1
        else:
            yield size, seconds

    def check(self) -> None:
        """Raise the Failure of what could not be looked at, if there was any: the gravest."""
        failures = list(self.failed.values())
        if failures:
            gravest = max(failures, key=lambda failure: failure.exit_code)
            raise type(gravest)("\n".join(failure.message for failure in failures))


def refusal(key: str, size: int, head: bytes | None) -> str | None:
    """Why the stack would reject a file of `size` bytes, whatever its settings; None if it won't.

    `head` is how it begins, None where nobody has read that: then only its size may tell.
    """
    try:
        if head is not None or size == 0:
            media.check(key, size, content_type_of(key), head or b"")
        choose(SendBy.AUTO, key, "", size)
    except media.NotARecording as error:
        return str(error)
    except TooLarge:
        return TOO_LARGE
    return None


def _recordings(place: str) -> list[Recording]:
    try:
        return recordings([Path(place)], recursive=True)
    except NotUploadable as error:
        raise JobFailed(f"{visible(place)}: {error}") from error


def _listed(stack: Stack, place: str) -> Iterator[tuple[str, int]]:
    """Keys and sizes of what a bucket has below a prefix; the markers of folders are none."""
    bucket, prefix = stack.output("UploadBucketName"), place
    if place.startswith(BUCKET):
        bucket, _, prefix = place.removeprefix(BUCKET).partition("/")
    pages = stack.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    is_bare = True
    try:
        for page in pages:
            files = [it for it in page.get("Contents", []) if not it["Key"].endswith("/")]
            is_bare = is_bare and not files
            yield from ((it["Key"], it["Size"]) for it in files)
    except stack.s3.exceptions.NoSuchBucket as error:
        raise JobFailed(f"There is no bucket {visible(bucket)}.") from error
    if is_bare:
        named = visible(place)
        raise JobFailed(f"There is no file {named}, and no key in the bucket that begins so.")


def _foreseen(error: Exception) -> Failure:
    failure = error if isinstance(error, Failure) else explained(error)
    if failure is None:
        raise error
    return failure
