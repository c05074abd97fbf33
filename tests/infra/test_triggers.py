"""What calls the functions: the queue, the clock, executions that ended."""

import dispatch
import pytest
import reconcile
from transcription.publisher import RENDER_LEASE
from transcription.sending import BATCH, DISPATCH_TIMEOUT, ONE_JOB, SUBMIT_TIMEOUT

from tests.infra.conftest import Synthesize
from tests.infra.template import Template


def test_a_message_is_hidden_for_six_timeouts_of_submit(template: Template) -> None:
    """AWS's advice, so that no batch is delivered again while it is still worked on."""
    assert template.properties("UploadQueue")["VisibilityTimeout"] == 6 * SUBMIT_TIMEOUT
    assert template.functions()["Submit"]["Timeout"] == SUBMIT_TIMEOUT


def test_dispatch_begins_no_job_that_it_could_not_finish(template: Template) -> None:
    """What it asks for one job is the time that the largest, slowest upload takes."""
    timeout = template.functions()["Dispatch"]["Timeout"]
    assert timeout == DISPATCH_TIMEOUT
    assert dispatch.ONE_JOB == ONE_JOB * 1000 < timeout * 1000


def test_no_render_is_at_work_when_its_lease_is_over(template: Template) -> None:
    """What erases a job waits as long as its row says, and not for Publish itself."""
    assert template.functions()["Publish"]["Timeout"] < RENDER_LEASE


def test_what_nobody_could_take_stands_in_the_dead_letter_queue(template: Template) -> None:
    """After five receives a message is kept for two weeks more, where an alarm watches."""
    redrive = template.properties("UploadQueue")["RedrivePolicy"]
    assert redrive == {"deadLetterTargetArn": "DeadLetters.Arn", "maxReceiveCount": 5}
    alarm = template.properties("DeadLettersAlarm")
    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": "DeadLetters.QueueName"}]
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 0)


@pytest.mark.parametrize("queue", ["UploadQueue", "BackfillQueue", "DeadLetters"])
def test_a_queue_is_encrypted_and_refuses_plain_http(template: Template, queue: str) -> None:
    """All queues encrypt what they hold, keep it for two weeks, and speak TLS only."""
    made = template.properties(queue)
    assert (made["SqsManagedSseEnabled"], made["MessageRetentionPeriod"]) == (True, 14 * 86400)
    [deny] = [it for it in template.queue_policy(queue) if "Bool" in it.get("Condition", {})]
    assert (deny["Effect"], deny["Action"]) == ("Deny", "sqs:*")
    assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_submit_takes_one_message_and_gives_back_only_what_failed(template: Template) -> None:
    """Nothing waits behind somebody's large upload, nor comes back with somebody's bad message."""
    mapping = template.event_source("UploadQueue")
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["FunctionName"] == "Submit"
    assert mapping["BatchSize"] == BATCH == 1


def test_the_concurrency_of_submit_is_a_setting(template: Template, synthesize: Synthesize) -> None:
    """So many at once, and no throttled receive that would count as a try."""
    made = [template, synthesize(submitConcurrency="3")]
    mappings = [it.event_source("UploadQueue") for it in made]
    most = [it["ScalingConfig"]["MaximumConcurrency"] for it in mappings]
    assert most == [10, 3]


def test_dispatch_looks_every_minute(template: Template) -> None:
    """The clock calls Dispatch, and does not repeat a call that the next minute makes anyway."""
    rule = template.properties("EveryMinute")
    [target] = rule["Targets"]
    assert (rule["ScheduleExpression"], rule["State"]) == ("rate(1 minute)", "ENABLED")
    assert target["Arn"] == "Dispatch.Arn"
    assert target["RetryPolicy"] == {"MaximumRetryAttempts": 0}


def test_a_freed_slot_calls_dispatch(template: Template) -> None:
    """By an event of our own, whose source nobody else listens to: Poll can't know Dispatch."""
    rule = template.properties("SlotFreed")
    [target] = rule["Targets"]
    pattern = {"source": ["dropscribe.slots"], "detail-type": ["Slot Freed"]}
    assert (rule["EventBusName"], rule["EventPattern"]) == ("Events", pattern)
    assert (target["Arn"], target["Input"]) == ("Dispatch.Arn", '{"freed":true}')


def test_reconcile_looks_every_five_minutes(template: Template) -> None:
    """What it missed it finds at the next run; it begins no job that it could not finish."""
    rule = template.properties("EveryFiveMinutes")
    [target] = rule["Targets"]
    assert (rule["ScheduleExpression"], rule["State"]) == ("rate(5 minutes)", "ENABLED")
    assert (target["Arn"], target["RetryPolicy"]) == ("Reconcile.Arn", {"MaximumRetryAttempts": 0})
    assert template.functions()["Reconcile"]["Timeout"] * 1000 > reconcile.ONE_JOB


@pytest.mark.parametrize(("name", "seconds"), [("Dispatch", 60), ("Reconcile", 300)])
def test_lambda_repeats_no_scheduled_run(template: Template, name: str, seconds: int) -> None:
    """One that failed, or had to wait for longer than until the next, is not run beside that."""
    config = template.properties(f"{name}EventInvokeConfig")
    assert (config["FunctionName"], config["MaximumRetryAttempts"]) == (name, 0)
    assert config["MaximumEventAgeInSeconds"] == seconds


def test_an_execution_that_ended_badly_closes_its_row(template: Template) -> None:
    """What no Catch sees (a timeout, an abort) comes to RecordFailure as an event of ours only."""
    rule = template.properties("ExecutionEnded")
    assert rule["EventPattern"] == {
        "source": ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        "detail": {
            "stateMachineArn": ["TranscribeStateMachine"],
            "status": ["FAILED", "TIMED_OUT", "ABORTED"],
        },
    }
    [target] = rule["Targets"]
    assert target["Arn"] == "RecordFailure.Arn"
    assert target["DeadLetterConfig"] == {"Arn": "DeadLetters.Arn"}


def test_the_dead_letter_queue_takes_what_the_rule_could_not_deliver(template: Template) -> None:
    """EventBridge may send there, for this rule only."""
    [statement] = [it for it in template.queue_policy("DeadLetters") if it["Effect"] == "Allow"]
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    assert statement["Action"] == "sqs:SendMessage"
    assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": "ExecutionEnded.Arn"}}
