"""The state machine's definition, as Step Functions would get it."""

import json
from typing import Any

import pytest

from tests.infra.conftest import Synthesize
from tests.infra.template import Template

TASKS = ("Poll", "Publish", "RecordFailure")
# What travels: which job, which look at it and after what, and what went wrong.
POINTERS = {"job_id", "attempt", "look", "course", "status", "stage", "reason", "error", "cause"}


@pytest.fixture(scope="module")
def machine(template: Template) -> dict[str, Any]:
    """The whole definition."""
    return template.definition()


def test_the_language_is_jsonata(machine: dict[str, Any]) -> None:
    """Expressions are JSONata from the top down: no state chooses another language."""
    assert machine["QueryLanguage"] == "JSONata"
    assert not [name for name, it in machine["States"].items() if "QueryLanguage" in it]


def test_the_graph_is_the_one_in_the_picture(machine: dict[str, Any]) -> None:
    """Wait, poll, look and wait again, until there is something to publish or to record."""
    look = machine["States"]["Look?"]
    targets = {it["Condition"].split("'")[1]: it["Next"] for it in look["Choices"]}
    following = {name: it["Next"] for name, it in machine["States"].items() if "Next" in it}
    assert machine["StartAt"] == "Wait"
    assert targets == {"pending": "Wait", "transcribed": "Publish", "over": "Done"}
    assert look["Default"] == "RecordFailure"
    assert following == {
        "Poll": "Look?",
        "Wait": "Poll",
        "RecordFailure": "Failed",
    }
    assert machine["States"]["Publish"]["End"]


def test_an_execution_that_was_not_told_asks_when_to_come(machine: dict[str, Any]) -> None:
    """Its input lacks `seconds`: it waits for none, and then Poll's look 0 says how many."""
    started = "$states.context.Execution.Input"
    told = "$exists($states.input.seconds) ? $states.input.seconds : 0"
    look = (
        f"$exists($states.input.look) ? $states.input.look : ($exists({started}.seconds) ? 1 : 0)"
    )
    assert machine["States"]["Wait"]["Seconds"] == f"{{% {told} %}}"
    assert machine["States"]["Poll"]["Arguments"]["Payload"]["look"] == f"{{% {look} %}}"


def test_states_are_called_like_the_functions_they_call(
    machine: dict[str, Any], template: Template
) -> None:
    """The console's graph is the directory listing."""
    called = {
        name: state["Arguments"]["FunctionName"]
        for name, state in machine["States"].items()
        if state["Type"] == "Task"
    }
    assert called == {name: f"{name}.Arn" for name in TASKS}
    assert called.keys() <= template.functions().keys()


@pytest.mark.parametrize("name", TASKS)
def test_a_task_waits_longer_than_its_function_may_run(
    machine: dict[str, Any], template: Template, name: str
) -> None:
    """A function's own timeout comes first: its answer says more."""
    task = machine["States"][name]
    assert task["TimeoutSeconds"] > template.functions()[name]["Timeout"]
    assert task["Resource"].endswith(":states:::lambda:invoke")


@pytest.mark.parametrize("name", TASKS)
def test_a_task_is_tried_again(machine: dict[str, Any], name: str) -> None:
    """Throttling is waited out the longest; any other failure gets a few more tries."""
    throttled, other = machine["States"][name]["Retry"]
    assert "Lambda.TooManyRequestsException" in throttled["ErrorEquals"]
    assert other["ErrorEquals"] == ["States.ALL"]
    assert throttled["MaxAttempts"] > other["MaxAttempts"] > 0
    assert {throttled["JitterStrategy"], other["JitterStrategy"]} == {"FULL"}


@pytest.mark.parametrize(("name", "stage"), [("Poll", "poll"), ("Publish", "publish")])
def test_whatever_fails_is_recorded(machine: dict[str, Any], name: str, stage: str) -> None:
    """Any error of a task goes to RecordFailure, with the stage it happened in."""
    [catch] = machine["States"][name]["Catch"]
    assert (catch["ErrorEquals"], catch["Next"]) == (["States.ALL"], "RecordFailure")
    assert catch["Output"]["stage"] == stage
    # Where an error came without a cause, an undefined value would end the execution.
    assert catch["Output"]["cause"].startswith("{% $exists($states.errorOutput.Cause) ?")


def test_only_recording_a_failure_is_not_caught(machine: dict[str, Any]) -> None:
    """When even that fails the execution fails, which the rule and Dispatch see."""
    uncaught = {name for name in TASKS if "Catch" not in machine["States"][name]}
    assert uncaught == {"RecordFailure"}
    assert machine["States"]["Failed"]["Type"] == "Fail"


def longest(retry: dict[str, Any]) -> float:
    """Seconds between all tries, where chance shortens none."""
    first, rate = retry["IntervalSeconds"], retry.get("BackoffRate", 2)
    waits = (first * rate**number for number in range(retry["MaxAttempts"]))
    return float(sum(min(wait, retry["MaxDelaySeconds"]) for wait in waits))


@pytest.mark.parametrize("minutes", [1, 55])
def test_an_execution_outlives_the_last_look(synthesize: Synthesize, minutes: int) -> None:
    """After the deadline there is time for Publish, its tries and RecordFailure."""
    machine = synthesize(deadlineMinutes=minutes).definition()
    tries = [retry for name in ("Poll", "Publish") for retry in machine["States"][name]["Retry"]]
    assert machine["TimeoutSeconds"] >= minutes * 60 + sum(map(longest, tries)) + 10 * 60


def test_only_pointers_travel(machine: dict[str, Any]) -> None:
    """Payloads name a job and what went wrong with it; no state assigns or passes on more."""
    for state in machine["States"].values():
        assert set(state.get("Arguments", {}).get("Payload", {})) <= POINTERS
        assert "Assign" not in state
    outputs = [machine["States"][name]["Output"] for name in TASKS]
    assert outputs == ["{% $states.result.Payload %}"] * 3


@pytest.mark.parametrize("name", TASKS)
def test_a_task_names_its_job_by_the_executions_input(machine: dict[str, Any], name: str) -> None:
    """Whatever states pass on, job and attempt are those that the execution was started for."""
    payload = machine["States"][name]["Arguments"]["Payload"]
    for field in ("job_id", "attempt"):
        assert payload[field] == f"{{% $states.context.Execution.Input.{field} %}}"


def test_executions_are_traced_and_errors_logged_without_data(template: Template) -> None:
    """Errors reach a log group that forgets; what states carry does not."""
    made = template.properties("TranscribeStateMachine")
    logging = made["LoggingConfiguration"]
    assert made["TracingConfiguration"] == {"Enabled": True}
    assert (logging["Level"], logging["IncludeExecutionData"]) == ("ERROR", False)
    assert "TranscribeLogs.Arn" in json.dumps(logging["Destinations"])
