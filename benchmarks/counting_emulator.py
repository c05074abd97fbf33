"""Run the embedded cloud's emulator and write down every call that it takes, a JSON line each.

    python -m benchmarks.counting_emulator --workers 6 --log calls.jsonl

It is `dropscribe.local.emulator` with three places of ministack watched: each request with whoever
signed it, the capacity units that DynamoDB would bill, and each Lambda with its milliseconds.
"""

import contextvars
import json
import sys
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import click
from ministack import app
from ministack.core import iam_actions, router
from ministack.services import dynamodb, lambda_svc, sts

from dropscribe.local import mends

RRU = 4096  # bytes that one read request unit reads, strongly consistent
# What CloudWatch Logs adds to the bytes of each line.
LINE = 26
caller = contextvars.ContextVar("caller", default="")


class Book:
    """The lines, written by any thread."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8")
        self._lock = threading.Lock()

    def write(self, **facts: Any) -> None:
        with self._lock:
            self._file.write(json.dumps(facts) + "\n")
            self._file.flush()


def watch_requests(book: Book) -> None:
    """Each request: who signed it, what it asks for, how it ended, and the bytes of the answer."""
    serve = app.app

    async def served(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/_ministack"):
            await serve(scope, receive, send)
            return
        asked = _asked(scope)
        caller.set(asked["by"])
        answered = {"status": 0, "bytes": 0}

        async def sent(message: Any) -> None:
            answered["status"] = message.get("status", answered["status"])
            answered["bytes"] += len(message.get("body", b""))
            await send(message)

        await serve(scope, receive, sent)
        book.write(kind="request", **asked, **answered)

    app.app = served


def _asked(scope: Any) -> dict[str, str]:
    headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
    query = parse_qs(scope["query_string"].decode(), keep_blank_values=True)
    request = (scope["method"], scope["path"], headers)
    service = router.detect_service(*request, query)
    action = iam_actions.extract_iam_action(service, *request, b"", query) or service
    key = router.extract_access_key_id(headers, query)
    return {
        "by": str((sts._sessions.get(key) or {}).get("Arn", key)).rpartition("/")[2],
        "method": scope["method"],
        "action": action,
        "presigned": "X-Amz-Signature" in query,
    }


def watch_units(book: Book) -> None:
    """The units of each item read or written, an index's too, as the emulator reckons them."""
    add = dynamodb._add_consumed_capacity

    def added(result: Any, data: Any, table: str, write: bool = False, **items: Any) -> None:
        add(result, data, table, write=write, **items)
        reckoned: dict[str, Any] = {}
        add(reckoned, data | {"ReturnConsumedCapacity": "INDEXES"}, table, write=write, **items)
        units = reckoned["ConsumedCapacity"]["CapacityUnits"]
        if not write:
            units *= max(1, -(-_read(result) // RRU))
        book.write(kind="units", by=caller.get(), write=write, units=units)

    dynamodb._add_consumed_capacity = added


def _read(result: Any) -> int:
    items = result.get("Items") or [result.get("Item") or {}]
    return sum(map(dynamodb._item_size_bytes, items))


def watch_functions(book: Book) -> None:
    """Each Lambda: how long its worker had it, and how much it logged."""
    execute = lambda_svc._execute_function_warm

    def executed(func: Any, event: Any, request_id: str) -> Any:
        started = time.perf_counter()
        result = execute(func, event, request_id)
        milliseconds = (time.perf_counter() - started) * 1000
        lines = (result.get("log") or "").splitlines()
        name = (func.get("config") or func)["FunctionName"]
        logged = sum(len(line.encode()) + LINE for line in lines)
        book.write(kind="function", by=name, ms=milliseconds, logged=logged)
        return result

    lambda_svc._execute_function_warm = executed


@click.command()
@click.option("--workers", required=True, type=int)
@click.option("--log", required=True, type=click.Path(path_type=Path))
def main(workers: int, log: Path) -> None:
    """Watch ministack, mend it as always, then run its own main."""
    book = Book(log)
    watch_requests(book)
    watch_units(book)
    watch_functions(book)
    mends.apply(workers)
    sys.argv = ["ministack"]
    app.main()


if __name__ == "__main__":
    main()
