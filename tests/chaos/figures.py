"""What a storm came to, in figures."""

from collections import Counter
from collections.abc import Iterator

from tests.chaos.evidence import Evidence
from tests.chaos.faults import Meaning
from tests.chaos.storm import Outcome


def lines(outcome: Outcome) -> Iterator[str]:
    """One line for each thing worth knowing."""
    seen = outcome.evidence.seen
    statuses = Counter(str(one.row["status"]) if one.row else "no row" for one in seen)
    yield "ended: " + _counted(statuses)
    yield "done to it: " + _counted(outcome.done)
    yield _calls(outcome.evidence)
    yield _creates(outcome.evidence)


def _calls(evidence: Evidence) -> str:
    creates = [create for one in evidence.seen for create in one.record.creates]
    fetches = [fetch for one in evidence.seen for fetch in one.record.fetches]
    failed = sum(create.fault is not None for create in creates)
    failed += sum(fetch.failed for fetch in fetches)
    calls = len(creates) + len(fetches)
    return f"calls of the API: {calls}, of which {failed} failed ({failed / max(calls, 1):.0%})"


def _creates(evidence: Evidence) -> str:
    """Here and there: what the rows count, and what the provider recorded."""
    ids = sum(len(one.record.ids) for one in evidence.seen)
    sent = sum(bool(one.record.ids) for one in evidence.seen)
    lost = sum(one.record.created(Meaning.LOST) for one in evidence.seen)
    deaths = sum(len(one.deaths) for one in evidence.seen)
    ambiguous = sum(int(one.row.get("ambiguous", 0)) for one in evidence.seen if one.row)
    return (
        f"versions created: {sent}; ids given: {ids}; answers lost: {lost}; "
        f"senders found dead: {deaths}; ambiguous in the rows: {ambiguous}"
    )


def _counted(count: Counter[str]) -> str:
    return ", ".join(f"{number} {name}" for name, number in sorted(count.items()) if number)
