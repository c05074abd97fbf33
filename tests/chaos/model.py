"""What must be true when all has come to rest, whatever went wrong before. Nothing here does IO.

Promise 1, nothing is lost; promise 2, nothing is paid twice; promise 3, the newest version's
transcript stands; promise 7, no secrets. Each violation is a sentence that names the upload.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from tests.chaos.evidence import Evidence, Rendition, Seen
from tests.chaos.faults import Meaning
from tests.chaos.plan import Fate, Version
from tests.chaos.recording import heard

SUFFIXES = frozenset({"txt", "md", "srt", "vtt", "json"})
TERMINAL = frozenset({"COMPLETED", "REJECTED", "FAILED", "EXPIRED"})


def judge(evidence: Evidence) -> list[str]:
    """Every violation; none is what we promise."""
    violations = [] if evidence.at_rest else ["The stack never came to rest"]
    withdrawn = _withdrawn(evidence.seen)
    for one in evidence.seen:
        endings = _endings(one, one.version.name in withdrawn)
        for found in (_lost(one), _wrong_end(one, endings), _paid_twice(one)):
            violations += [f"{one.version.name}: {sentence}" for sentence in found]
    violations += _transcripts(evidence)
    violations += [f"A secret was logged: {leak}" for leak in evidence.leaks]
    return violations


def _lost(one: Seen) -> Iterator[str]:
    """Every object version is terminal, with a reason, or a dead letter."""
    if one.row is None:
        if not (one.is_dead_letter or _left_no_trace(one.version)):
            yield "it has no row, and is no dead letter"
        return
    status = one.row["status"]
    if status not in TERMINAL and not one.is_dead_letter:
        yield f"it is left {status}"
    if status in TERMINAL and "announced_at" not in one.row:
        yield f"nobody was told that it is {status}"
    if status in TERMINAL - {"COMPLETED"} and not one.row.get("reason"):
        yield f"it is {status} without a reason"


def _left_no_trace(version: Version) -> bool:
    """Its event was lost, and it was deleted before anybody listed the bucket."""
    return version.fate is Fate.GONE and not version.deliveries and not version.belated


def _wrong_end(one: Seen, endings: frozenset[str]) -> Iterator[str]:
    """It ended as what happened to it asks for."""
    if one.row and one.row["status"] in TERMINAL - endings:
        wanted = " or ".join(sorted(endings))
        yield f"it is {one.row['status']}, not {wanted}: {one.row.get('reason')}"


def _endings(one: Seen, withdrawn: bool) -> frozenset[str]:
    """The statuses in which a version may end, given what the provider knows of it."""
    if not one.version.is_speech:
        return frozenset({"REJECTED"})
    if one.record.created(Meaning.REFUSED):
        return frozenset({"REJECTED"})
    if one.record.was_given_up:
        return frozenset({"FAILED"})
    if any(fetch.is_gone for fetch in one.record.fetches):
        return frozenset({"COMPLETED", "EXPIRED"})
    # Its owner may have taken it back before it was sent, or too late.
    return frozenset({"COMPLETED", "REJECTED"} if withdrawn else {"COMPLETED"})


def _withdrawn(seen: Sequence[Seen]) -> set[str]:
    """The versions that were deleted, or that have lain under a delete marker."""
    marked = [one.version for one in seen if one.version.fate is Fate.MARKED]
    below = {
        one.version.name
        for one in seen
        for marker in marked
        if marker.key == one.version.key and marker.number >= one.version.number
    }
    return below | {one.version.name for one in seen if one.version.fate is Fate.GONE}


def _paid_twice(one: Seen) -> Iterator[str]:
    """One create, but for those that are counted as ambiguous: here and there the same."""
    row = one.row or {}
    ambiguous = int(row.get("ambiguous", 0))
    lost, ids = one.record.created(Meaning.LOST), one.record.ids
    kept = [row["generation_id"]] if row.get("generation_id") else []
    if not one.version.is_speech and one.record.creates:
        yield "it is no speech, and was sent"
    if not set(kept) <= set(ids):
        yield "its id is none that it was given"
    if row.get("status") == "COMPLETED" and not kept:
        yield "it is COMPLETED without an id"
    if lost + len(ids) > 1 + ambiguous:
        yield f"{lost + len(ids)} creates may be billed, with {ambiguous} counted as ambiguous"
    if ambiguous != one.record.doubts(one.deaths):
        counted = f"{lost} answers lost and {len(one.deaths)} senders dead"
        yield f"{ambiguous} ambiguous, but {counted}"


def _transcripts(evidence: Evidence) -> Iterator[str]:
    """For each key, the newest version that was completed has its words there, and nobody else."""
    by_key = sorted(evidence.seen, key=lambda one: (one.version.key, one.version.number))
    for key, versions in groupby(by_key, key=lambda one: one.version.key):
        done = [one for one in versions if one.row and one.row["status"] == "COMPLETED"]
        there = evidence.renditions.get(key, {})
        if done:
            yield from (f"{key}: {sentence}" for sentence in _compared(done[-1], there))
        elif there:
            yield f"{key}: a transcript of something that was never completed"


def _compared(newest: Seen, there: Mapping[str, Rendition]) -> Iterator[str]:
    if missing := SUFFIXES - there.keys():
        yield f"no {', '.join(sorted(missing))}"
    words = frozenset(heard(newest.version.body))
    for suffix, rendition in sorted(there.items()):
        if newest.row and rendition.job_id != newest.row["job_id"]:
            yield f"the {suffix} is of another version than its newest, {newest.version.name}"
        if rendition.words != words:
            yield f"the {suffix} has other words than {newest.version.name}"
