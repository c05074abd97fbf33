"""Where we patch the emulator: each mend makes it do what AWS does, and none does more.

They replace a few functions of ministack from outside, against exactly one version of it, before
its own `main` runs. Neither the template nor the Lambdas know of them. Each is proved by a test
in `tests/local/test_mends.py` that fails without it.
"""

import asyncio
import asyncio.sslproto
import contextvars
import functools
import json
import re
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from ministack import app
from ministack.core import iam_actions, lambda_runtime
from ministack.services import lambda_svc, s3, stepfunctions
from ministack.services.cloudformation import provisioners

from dropscribe.local.errors import LocalError
from dropscribe.local.pin import require_pin

# What a listing's `encoding-type` is about.
ENCODED = frozenset({"Key", "Prefix", "Delimiter", "KeyMarker", "NextKeyMarker"})
EVENT_SOURCE = re.compile(r"/event-source-mappings/.")
Execute = Callable[[dict[str, Any], Any, str], dict[str, Any]]


def apply(workers: int) -> None:
    """Mend the ministack that this process is about to run. Raises LocalError on another one."""
    require_pin()
    # The order matters: the error names are read on the thread that holds the worker.
    name_errors()
    queue_for_workers(workers)
    name_throttles()
    read_ranges_of_versions()
    encode_listed_versions()
    time_out_executions()
    stop_maps()
    name_parameters()
    name_actions()
    name_log_groups()
    name_map_runs()
    stop_promptly()
    stay_on_one_port()


def queue_for_workers(workers: int) -> None:
    """A call waits for one of a few workers, where ministack starts a process for each.

    A burst of 200 uploads otherwise starts more than a hundred Pythons. No function gets more
    than two thirds of the workers, so that a slow one leaves room for the others.
    """

    total = threading.Semaphore(workers)
    share = max(1, workers * 2 // 3)
    shares: dict[str, threading.Semaphore] = {}

    def queued(execute: Execute) -> Execute:
        @functools.wraps(execute)
        def call(func: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
            if _caller_waits():
                return execute(func, event, request_id)
            name = (func.get("config") or func).get("FunctionName", "")
            with shares.setdefault(name, threading.Semaphore(share)), total:
                return execute(func, event, request_id)

        return call

    _replace(lambda_svc, "_execute_function_warm", queued)


def _caller_waits() -> bool:
    """Whether a Lambda that holds a worker itself waits for this very call: it must not queue."""
    synchronous = threading.current_thread().name == "ministack-lambda-invoke"
    return synchronous and lambda_svc._invoke_depth.get() > 1


def name_errors() -> None:
    """A Python exception carries its class name, a dead worker is `Runtime.ExitError`.

    ministack calls every failure `Runtime.HandlerError`, which no Retry or Catch names.
    """

    plain = '"error": str(e), "trace": traceback'
    named = '"error": str(e), "type": type(e).__name__, "trace": traceback'
    if lambda_runtime._PYTHON_WORKER_SCRIPT.count(plain) != 1:
        raise LocalError("ministack's worker script is not the one we mend; run `make clean`.")
    _replace(lambda_runtime, "_PYTHON_WORKER_SCRIPT", lambda script: script.replace(plain, named))
    last = threading.local()

    def remembered(invoke: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
        def call(*args: Any, **kwargs: Any) -> dict[str, Any]:
            last.outcome = invoke(*args, **kwargs)
            return dict(last.outcome)

        return call

    def renamed(execute: Execute) -> Execute:
        def call(func: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
            last.outcome = {}
            result = execute(func, event, request_id)
            body = result["body"]
            if result.get("error") and body.get("errorType") == "Runtime.HandlerError":
                body["errorType"] = _error_type(last.outcome)
            return result

        return call

    _replace(lambda_runtime.Worker, "invoke", remembered)
    _replace(lambda_svc, "_execute_function_warm", renamed)


def _error_type(outcome: Mapping[str, Any]) -> str:
    if "trace" in outcome:  # the handler raised; Node's worker tells no class
        return str(outcome.get("type", "Runtime.HandlerError"))
    return "Runtime.ExitError"


def name_throttles() -> None:
    """Step Functions sees a throttled Lambda as `Lambda.TooManyRequestsException`.

    ministack says `Lambda.Unknown`, so that the retry made for it never fires.
    """

    def named(call_lambda: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        def call(func_ref: Any, event: Any) -> Any:
            try:
                return call_lambda(func_ref, event)
            except stepfunctions._ExecutionError as error:
                if error.error == "Lambda.Unknown" and _is_throttle(error.cause):
                    error.error = "Lambda.TooManyRequestsException"
                raise

        return call

    _replace(stepfunctions, "_call_lambda", named)


def _is_throttle(cause: str) -> bool:
    try:
        return bool(json.loads(cause)["__type"] == "TooManyRequestsException")
    except (ValueError, TypeError, KeyError):
        return False


def read_ranges_of_versions() -> None:
    """A ranged GET of a version answers 206 and the range; ministack sends the whole object."""

    def ranged(get_object: Callable[..., tuple[int, dict[str, str], bytes]]) -> Any:
        def get(
            bucket: str, key: str, headers: dict[str, str], query: dict[str, Any] | None = None
        ) -> tuple[int, dict[str, str], bytes]:
            status, answer, body = get_object(bucket, key, headers, query)
            wanted = headers.get("range")
            if not wanted or status != HTTPStatus.OK:
                return status, answer, body
            span = s3._parse_range(wanted, len(body))
            if span is None:
                unsatisfied = {"Content-Range": f"bytes */{len(body)}"}
                error = s3._xml_body(s3._range_error_xml(bucket, key))
                return HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, unsatisfied, error
            start, end = span
            # A checksum of the whole object would not match a part of it.
            kept = {name: answer[name] for name in answer if "checksum" not in name.lower()}
            kept["Content-Range"] = f"bytes {start}-{end}/{len(body)}"
            kept["Content-Length"] = str(end + 1 - start)
            return HTTPStatus.PARTIAL_CONTENT, kept, body[start : end + 1]

        return get

    _replace(s3, "_get_object", ranged)


def encode_listed_versions() -> None:
    """A listing of versions encodes its keys when asked to, as every SDK does ask.

    ministack writes them raw, where XML turns a carriage return into a newline and forbids others.
    """
    asked = contextvars.ContextVar("asked", default="")

    def listed(list_versions: Callable[..., Any]) -> Callable[..., Any]:
        def call(bucket: str, query: dict[str, Any]) -> Any:
            token = asked.set(s3._qp(query, "encoding-type", ""))
            try:
                return list_versions(bucket, query)
            finally:
                asked.reset(token)

        return call

    def encoded(xml_body: Callable[[Any], bytes]) -> Callable[[Any], bytes]:
        def write(root: Any) -> bytes:
            if root.tag == "ListVersionsResult" and asked.get() == "url":
                s3.SubElement(root, "EncodingType").text = "url"
                for element in root.iter():
                    if element.tag in ENCODED and element.text:
                        element.text = s3._url_encode(element.text)
            return xml_body(root)

        return write

    _replace(s3, "_list_object_versions", listed)
    _replace(s3, "_xml_body", encoded)


def time_out_executions() -> None:
    """The machine's own TimeoutSeconds ends an execution as TIMED_OUT, with its event.

    In real seconds: SFN_WAIT_SCALE shortens waits, but not the work between them.
    """

    def expire(execution: dict[str, Any]) -> None:
        if execution["status"] == "RUNNING":
            execution.update(status="TIMED_OUT", stopDate=stepfunctions.now_iso())
            stepfunctions._add_event(execution, "ExecutionTimedOut", {})
            stepfunctions._emit_execution_status_event(execution)

    def timed(run: Callable[[str], None]) -> Callable[[str], None]:
        def run_in_time(arn: str) -> None:
            execution = stepfunctions._executions[arn]
            machine = stepfunctions._state_machines[execution["stateMachineArn"]]
            seconds = json.loads(machine["definition"]).get("TimeoutSeconds", threading.TIMEOUT_MAX)
            scope = contextvars.copy_context()
            timer = threading.Timer(seconds, scope.run, (expire, execution))
            timer.daemon = True
            timer.start()
            try:
                run(arn)
            finally:
                timer.cancel()

        return run_in_time

    def unless_over(fail: Callable[..., None]) -> Callable[..., None]:
        def fail_running(execution: dict[str, Any], error: str, cause: str) -> None:
            # What was stopped or timed out stays so, whatever its last state still says.
            if execution["status"] == "RUNNING":
                fail(execution, error, cause)

        return fail_running

    _replace(stepfunctions, "_run_execution", timed)
    _replace(stepfunctions, "_fail_execution", unless_over)


def stop_maps() -> None:
    """Stopping an execution stops its Distributed Map: what has not begun does not begin.

    ministack runs every child to its end, and says that the map succeeded.
    """

    def stopped(execution: Mapping[str, Any]) -> bool:
        run = stepfunctions._map_runs.get(execution.get("mapRunArn"))
        return bool(run) and stepfunctions._executions[run["executionArn"]]["status"] != "RUNNING"

    def unless_stopped(run_child: Callable[..., Any]) -> Callable[..., Any]:
        def run(states: Any, start: str, given: Any, execution: dict[str, Any], ctx: Any) -> Any:
            if stopped(execution):
                raise stepfunctions._ExecutionError("States.TaskFailed", "The map was stopped")
            return run_child(states, start, given, execution, ctx)

        return run

    def told(run_map: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any) -> Any:
            *_, execution, _ctx = args
            try:
                return run_map(*args)
            finally:
                if execution["status"] == "ABORTED":
                    _abort(execution["executionArn"])

        return run

    _replace(stepfunctions, "_run_sub_machine", unless_stopped)
    _replace(stepfunctions, "_run_distributed_map", told)


def _abort(execution_arn: str) -> None:
    """Say of the maps of a stopped execution what became of their children."""
    for run in stepfunctions._map_runs.values():
        if run["executionArn"] == execution_arn:
            run["status"] = "ABORTED"
            for counts in (run["itemCounts"], run["executionCounts"]):
                counts.update(aborted=counts["failed"], failed=0)


def name_parameters() -> None:
    """CloudFormation names a parameter CFN-..., without the slash that changes its ARN."""

    def named(create: Callable[..., Any]) -> Callable[..., Any]:
        def create_named(logical_id: str, props: Mapping[str, Any], stack_name: str) -> Any:
            return create(
                logical_id, {"Name": f"CFN-{stack_name}-{logical_id}", **props}, stack_name
            )

        return create_named

    handlers = provisioners._RESOURCE_HANDLERS["AWS::SSM::Parameter"]
    handlers["create"] = named(handlers["create"])


def name_actions() -> None:
    """IAM knows no action for a batch of messages, but one for looking at an event source.

    ministack asks for `sqs:SendMessageBatch` and its like, which no policy in AWS can grant, and
    for the right to list event sources where one is looked at.
    """

    def named(extract: Callable[..., str | None]) -> Callable[..., str | None]:
        def action(service: str, method: str, path: str, *request: Any) -> str | None:
            found = extract(service, method, path, *request)
            if found == "lambda:ListEventSourceMappings" and EVENT_SOURCE.search(path):
                return "lambda:GetEventSourceMapping"
            return found.removesuffix("Batch") if found and service == "sqs" else found

        return action

    _replace(iam_actions, "extract_iam_action", named)


def name_log_groups() -> None:
    """A policy for the lines of a log group names it with a star behind, as CloudFormation does.

    ministack asks for the bare name, which AWS has for its tags alone.
    """

    def named(extract: Callable[..., str]) -> Callable[..., str]:
        def arn(service: str, method: str, path: str, headers: Any, *request: Any) -> str:
            found = extract(service, method, path, headers, *request)
            lines = headers.get("x-amz-target", "").endswith(".FilterLogEvents")
            return f"{found}:*" if service == "logs" and lines else found

        return arn

    _replace(iam_actions, "extract_resource_arn", named)


def name_map_runs() -> None:
    """Whoever may look at the runs of one machine's maps may look at each of them.

    ministack asks for the right to look at everything.
    """

    def named(extract: Callable[..., str]) -> Callable[..., str]:
        def arn(service: str, method: str, path: str, headers: Any, body: bytes, *more: Any) -> str:
            if service == "states" and headers.get("x-amz-target", "").endswith(".DescribeMapRun"):
                return str(json.loads(body)["mapRunArn"])
            return extract(service, method, path, headers, body, *more)

        return arn

    _replace(iam_actions, "extract_resource_arn", named)


def stop_promptly() -> None:
    """SIGTERM saves the state at once, where ministack first waits half a minute.

    It waits for idle clients to answer the end of TLS, which they do not while they are idle.
    Until then a slow client keeps all the time it needs to read to the end.
    """
    stopping = threading.Event()

    def closing(close: Callable[[Any], None]) -> Callable[[Any], None]:
        def close_for_good(server: Any) -> None:
            stopping.set()
            close(server)

        return close_for_good

    def hurried(start_shutdown: Callable[[Any], None]) -> Callable[[Any], None]:
        def start(connection: Any) -> None:
            if stopping.is_set():
                connection._ssl_shutdown_timeout = 0.2
            start_shutdown(connection)

        return start

    def unwaited(_wait_closed: Any) -> Callable[[Any], Any]:
        async def at_once(_server: Any) -> None:
            # From Python 3.12.1 on this waits for every connection, idle or not.
            return

        return at_once

    _replace(asyncio.base_events.Server, "close", closing)
    _replace(asyncio.sslproto.SSLProtocol, "_start_shutdown", hurried)
    _replace(asyncio.base_events.Server, "wait_closed", unwaited)


def stay_on_one_port() -> None:
    """Listen on the port that was asked for, and not on 443 too where that is allowed."""

    _replace(app, "_port_is_bindable", lambda _: lambda _host, _port: False)


def _replace(owner: Any, name: str, make: Callable[[Any], Any]) -> None:
    setattr(owner, name, make(getattr(owner, name)))
