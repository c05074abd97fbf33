"""The inventory: objects of the uploads bucket that have no row, found by listing it in steps.

An event may be lost; the bucket itself is not. A run lists a part of it and notes where it stopped,
so that the next one goes on there, and begins anew after the end.

Every version is an object of its own, as each has an event of its own: one that was overwritten
before anybody saw it gets its row, too. Only what is newer than the moment watching began counts:
older recordings were never asked for, and must not be paid for by surprise.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from transcription import watching
from transcription.job import object_job_id
from transcription.ledger import Ledger
from transcription.s3_events import Upload
from transcription.watching import Watched

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client
    from types_boto3_s3.type_defs import ListObjectVersionsOutputTypeDef, ObjectVersionTypeDef

# What one run does at most: pages that it lists, entries of each (delete markers too), and, about,
# jobs that it looks up. What was there before watching began is listed only.
PAGES: Final = 20
PAGE: Final = 1000
MOST: Final = 2000
# Before that its event may still be on its way.
GRACE: Final = timedelta(minutes=15)
# A listing has the versions of a key in their order, but not the sequencers by which their events
# tell it within a second. Of these, which are hexadecimal, none is greater than this.
NEWEST: Final = "f" * 64
PLACE: Final = "inventory"


class Place(NamedTuple):
    """Where a sweep has come to: in the listing of a prefix, behind a version of a key."""

    prefix: str | None = None
    behind: str = ""
    version: str = ""


START: Final = Place()


@dataclass(frozen=True, slots=True)
class Inventory:
    """Lists the uploads bucket; `prefixes` and `suffixes` are those that the stack watches."""

    s3: "S3Client"
    ledger: Ledger
    bucket: str
    prefixes: Sequence[str]
    suffixes: Sequence[str]
    now: Callable[[], datetime]
    page: int = PAGE
    most: int = MOST

    def pages(self) -> Iterator[list[Upload]]:
        """The objects without a row, page by page of what one run lists.

        Whoever wants the next page has done with the last: only then is its place noted.
        """
        watched = watching.noted(
            self.ledger, self.bucket, watching.pairs(self.prefixes, self.suffixes), self.now()
        )
        place, looked_up = self._place(), 0
        for _ in range(PAGES):
            answer = self._list(place)
            ours = self._ours(watched, answer.get("Versions", []))
            yield self._without_row(ours)
            looked_up += len(ours)
            last, place = place, self._behind(place, answer)
            self._go_on_at(place, instead_of=last)
            if place == START or looked_up >= self.most:
                return

    def _list(self, place: Place) -> "ListObjectVersionsOutputTypeDef":
        """One page. A bucket without versions lists each object as its version `null`."""
        prefix = self._prefixes[0] if place.prefix is None else place.prefix
        behind: Any = {"KeyMarker": place.behind} if place.behind else {}
        if place.version:
            behind["VersionIdMarker"] = place.version
        return self.s3.list_object_versions(
            Bucket=self.bucket, Prefix=prefix, MaxKeys=self.page, **behind
        )

    def _ours(
        self, watched: Sequence[Watched], versions: Sequence["ObjectVersionTypeDef"]
    ) -> dict[str, Upload]:
        ripe = self.now() - GRACE
        uploads = [uploaded(self.bucket, version) for version in versions if is_told_apart(version)]
        return {named(each): each for each in uploads if is_ours(each, watched, ripe)}

    def _without_row(self, ours: Mapping[str, Upload]) -> list[Upload]:
        known = self.ledger.known(ours)
        lost: dict[str, Upload] = {}
        older: Upload | None = None
        for job_id, upload in reversed(list(ours.items())):  # a key's oldest version first
            if job_id not in known:
                lost[job_id] = self._placed(upload, older, lost)
            older = upload
        return list(reversed(lost.values()))

    def _placed(self, upload: Upload, older: Upload | None, lost: Mapping[str, Upload]) -> Upload:
        """A lost version right above the next older one, where the same second made both."""
        if upload.sequencer or older is None or _moment(older) != _moment(upload):
            return upload
        there = lost.get(named(older)) or self.ledger.get(named(older))
        return replace(upload, sequencer=just_above(there.sequencer if there else None))

    def _behind(self, place: Place, answer: "ListObjectVersionsOutputTypeDef") -> Place:
        prefix = self._prefixes[0] if place.prefix is None else place.prefix
        if answer["IsTruncated"]:
            return Place(prefix, answer["NextKeyMarker"], answer.get("NextVersionIdMarker", ""))
        later = [other for other in self._prefixes if other > prefix]
        return Place(later[0]) if later else START

    @property
    def _prefixes(self) -> list[str]:
        return sorted(self.prefixes) or [""]

    def _place(self) -> Place:
        """Where the last run stopped, unless what is watched has changed since."""
        noted = Place(**self.ledger.noted(PLACE))
        return noted if noted.prefix in self._prefixes else START

    def _go_on_at(self, place: Place, instead_of: Place) -> None:
        if place != instead_of:
            self.ledger.note(PLACE, **(place._asdict() if place != START else {}))


def uploaded(bucket: str, version: "ObjectVersionTypeDef") -> Upload:
    """What an event would have said of a listed version."""
    version_id = version["VersionId"]
    return Upload(
        bucket=bucket,
        key=version["Key"],
        version_id=None if version_id == "null" else version_id,
        etag=version["ETag"].strip('"'),
        size=version["Size"],
        sequencer=NEWEST if version["IsLatest"] else None,
        seen_at=version["LastModified"],
    )


def just_above(sequencer: str | None) -> str:
    """Greater than a sequencer, and less than any other that is: S3 pads them with zeros."""
    return (sequencer or "").ljust(63, "0") + "1"


def is_told_apart(version: "ObjectVersionTypeDef") -> bool:
    """Whether its key, and its id where it has one, name this version.

    One from before its bucket had versions is gone for us once it is overwritten, as it is where
    there are none.
    """
    return version["IsLatest"] or version["VersionId"] != "null"


def named(upload: Upload) -> str:
    """The job of a listed version, as its event or a HEAD would name it."""
    return object_job_id(upload.bucket, upload.key, upload.version_id, upload.etag, upload.seen_at)


def is_ours(upload: Upload, watched: Sequence[Watched], ripe: datetime) -> bool:
    """Whether a version should have its row by now; S3 tells its time in whole seconds."""
    if upload.key.endswith("/") and upload.size == 0:
        return False  # a folder marker
    since = watching.since(watched, upload.key)
    return since is not None and since.replace(microsecond=0) <= upload.seen_at < ripe


def _moment(upload: Upload) -> tuple[str, datetime]:
    """What versions share whose order only their sequencers tell."""
    return upload.key, upload.seen_at.replace(microsecond=0)
