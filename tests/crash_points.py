"""The named crash points: where whoever is at work on a job may die. docs/recovery.md has a table.

Each lies before or after one call of AWS, whose answer, if it came, nobody saw; or in the middle
of the POST to the speech API. `Trap` kills there whoever uses a boto3 client, once:

    with Trap(point).set_in(clients), pytest.raises(Killed):
        ... work ...
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

Params = Mapping[str, Any]


class Killed(BaseException):
    """The process is gone: nothing that it would have done is done."""


class Point(NamedTuple):
    """Before, or after, the first call of an AWS operation whose parameters fit."""

    after: bool
    operation: str
    fits: Callable[[Params], bool] = lambda _: True


def _claims(status: str) -> Callable[[Params], bool]:
    return lambda params: params["Item"].get("status") == status


def _saves(attribute: str, value: str | None = None) -> Callable[[Params], bool]:
    def fits(params: Params) -> bool:
        saved = params.get("ExpressionAttributeValues", {}).get(f":{attribute}")
        return saved is not None and value in {None, str(saved)}

    return fits


def _changes(item: str, expression: str) -> Callable[[Params], bool]:
    """Whether an item whose id begins so is changed by an expression that begins so."""

    def fits(params: Params) -> bool:
        begins = str(params["Key"]["job_id"]).startswith(item)
        return begins and params["UpdateExpression"].startswith(expression)

    return fits


def _puts_into(bucket: str) -> Callable[[Params], bool]:
    return lambda params: bucket in params["Bucket"].lower()


BEFORE, AFTER = False, True
# Where the POST is on its way; no call of AWS marks it.
POSTED: Final = "posted"
POINTS: Final[Mapping[str, Point]] = {
    "received": Point(BEFORE, "PutItem", _claims("CLAIMED")),
    "claimed": Point(AFTER, "PutItem", _claims("CLAIMED")),
    "rejected": Point(AFTER, "PutItem", _claims("REJECTED")),
    "seated": Point(AFTER, "UpdateItem", _changes("#slots", "SET holders.")),
    "reserved": Point(AFTER, "UpdateItem", _changes("#spent", "ADD")),
    "lined-up": Point(AFTER, "UpdateItem", _saves("wait_reason", "slot")),
    "freed": Point(AFTER, "UpdateItem", _changes("#slots", "REMOVE holders.")),
    "woken": Point(AFTER, "UpdateItem", _changes("#slots", "SET woken")),
    "marked": Point(AFTER, "UpdateItem", _saves("status", "SENDING")),
    "refused": Point(BEFORE, "UpdateItem", _saves("status", "WAITING")),
    "answered": Point(BEFORE, "UpdateItem", _saves("status", "SUBMITTED")),
    "saved": Point(AFTER, "UpdateItem", _saves("status", "SUBMITTED")),
    "started": Point(BEFORE, "UpdateItem", _saves("execution_arn")),
    "fetched": Point(BEFORE, "PutObject", _puts_into("answers")),
    "kept": Point(AFTER, "PutObject", _puts_into("answers")),
    "transcribed": Point(AFTER, "UpdateItem", _saves("status", "TRANSCRIBED")),
    "half-rendered": Point(AFTER, "PutObject", _puts_into("transcripts")),
    "rendered": Point(BEFORE, "UpdateItem", _saves("status", "COMPLETED")),
    "completed": Point(AFTER, "UpdateItem", _saves("status", "COMPLETED")),
    "told": Point(AFTER, "PutEvents"),
    "doubted": Point(AFTER, "UpdateItem", _saves("status", "AMBIGUOUS")),
    "reopened": Point(AFTER, "UpdateItem", _saves("attempt")),
    "resumed": Point(AFTER, "UpdateItem", _saves("resumes")),
    "cancelled": Point(BEFORE, "StopExecution"),
    "swept": Point(BEFORE, "PutItem", lambda params: params["Item"]["job_id"] == "#inventory"),
}
NAMES: Final = frozenset({*POINTS, POSTED})


def kill() -> None:
    raise Killed


class Trap:
    """Kills whoever comes to a point first, or does something else to the world there."""

    def __init__(self, point: Point, spring: Callable[[], None] = kill) -> None:
        self._point = point
        self._spring = spring
        self._fits = self._sprung = False

    @contextmanager
    def set_in(self, clients: Iterable[Any]) -> Iterator[None]:
        """Set the trap in boto3 clients."""
        held = list(clients)
        watched = {"provide-client-params": self._before, "after-call": self._after}
        for client in held:
            for event, handler in watched.items():
                client.meta.events.register_first(event, handler)
        try:
            yield
        finally:
            for client in held:
                for event, handler in watched.items():
                    client.meta.events.unregister(event, handler)

    def _before(self, params: Params, model: Any, **_: Any) -> None:
        fits = model.name == self._point.operation and self._point.fits(params)
        self._fits = fits and not self._sprung
        if self._fits and not self._point.after:
            self._go_off()

    def _after(self, parsed: Params, **_: Any) -> None:
        if self._fits and "Error" not in parsed:
            self._go_off()

    def _go_off(self) -> None:
        self._fits, self._sprung = False, True
        self._spring()
