"""What somebody is told of: every alarm, where it is heard, and the page that shows the rest."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from dropscribe.cli import COMMANDS
from tests.infra.conftest import Synthesize
from tests.infra.template import Template

ALARMS = (
    "DeadLettersAlarm",
    "UploadQueueAlarm",
    "OldestOpenJobAlarm",
    "OperatorMustActAlarm",
    "AmbiguousSubmitsAlarm",
    "UnaccountedObjectsAlarm",
    "ReconcilerAlarm",
)
# Those that only some settings bring.
MORE = {"BudgetAlarm"}
# What the alarms and the dashboard look at; tests/unit/test_telemetry.py shows each emitted.
OURS = {
    "JobsSubmitted",
    "JobsCompleted",
    "JobsRejected",
    "JobsFailed",
    "JobsExpired",
    "AmbiguousSubmits",
    "OperatorMustAct",
    "ApiErrors",
    "AudioSeconds",
    "AwsDollars",
    "BudgetReached",
    "JobsWaiting",
    "Polls",
    "SlotWaits",
    "SpeechDollars",
    "TimeToTranscriptSeconds",
    "OldestOpenJobSeconds",
    "UnaccountedObjects",
    "Reconciled",
}
RUNBOOK = Path(__file__).parents[2] / "docs" / "runbook.md"


def paragraphs() -> dict[str, str]:
    """The runbook's sections by their headings."""
    parts = re.split(r"^## (.+)$", RUNBOOK.read_text(), flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_there_are_these_alarms(template: Template) -> None:
    """For what is stuck, lost, in doubt or not looked after; and no other."""
    assert set(template.of_type("AWS::CloudWatch::Alarm")) == set(ALARMS)


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_has_its_paragraph(template: Template, name: str) -> None:
    """The runbook says what it means, where to look, what to do; the description says where."""
    assert template.properties(name)["AlarmDescription"].endswith(
        f" docs/runbook.md#{name.lower()}"
    )
    said = paragraphs()[name]
    assert [word for word in ("**Means.**", "**Look.**", "**Do.**") if word not in said] == []


def test_every_paragraph_has_its_alarm() -> None:
    """The runbook tells of no alarm that nobody will hear."""
    assert {name for name in paragraphs() if name.endswith("Alarm")} == set(ALARMS) | MORE


def test_what_the_runbook_says_to_do_can_be_done() -> None:
    """Each command that it names is one of ours."""
    told = set(re.findall(r"`dropscribe ([a-z]+)", RUNBOOK.read_text()))
    assert told
    assert told - set(COMMANDS) == set()


@pytest.mark.parametrize("name", ALARMS)
def test_the_topic_hears_of_an_alarm_and_of_its_end(template: Template, name: str) -> None:
    """Whoever subscribed learns that it is over, too."""
    alarm = template.properties(name)
    assert alarm["AlarmActions"] == alarm["OKActions"] == ["Alarms"]


@pytest.mark.parametrize("name", ALARMS)
def test_silence_is_fine_but_for_the_reconciler(template: Template, name: str) -> None:
    """Nothing uploaded is nothing wrong; a Reconcile that doesn't run says nothing at all."""
    treated = template.properties(name)["TreatMissingData"]
    assert treated == ("breaching" if name == "ReconcilerAlarm" else "notBreaching")


@pytest.mark.parametrize(
    ("name", "metric", "beyond"),
    [
        ("DeadLettersAlarm", "ApproximateNumberOfMessagesVisible", ("GreaterThanThreshold", 0)),
        ("UploadQueueAlarm", "ApproximateAgeOfOldestMessage", ("GreaterThanThreshold", 3600)),
        ("OldestOpenJobAlarm", "OldestOpenJobSeconds", ("GreaterThanThreshold", 6 * 3600)),
        ("OperatorMustActAlarm", "OperatorMustAct", ("GreaterThanThreshold", 0)),
        ("AmbiguousSubmitsAlarm", "AmbiguousSubmits", ("GreaterThanThreshold", 0)),
        ("UnaccountedObjectsAlarm", "UnaccountedObjects", ("GreaterThanThreshold", 0)),
        ("ReconcilerAlarm", "Reconciled", ("LessThanThreshold", 1)),
    ],
)
def test_an_alarm_looks_at_its_number(
    template: Template, name: str, metric: str, beyond: tuple[str, float]
) -> None:
    """One metric of our own or of SQS, and the threshold beyond which somebody must look."""
    alarm = template.properties(name)
    assert alarm["MetricName"] == metric
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == beyond


def test_a_budget_brings_its_alarm(synthesize: Synthesize) -> None:
    """It goes off when files wait for the next day; the runbook says what to do."""
    made = synthesize(maxInFlight=9, pricePerMinute=0.006, dailyBudget=20, sendBy="auto")
    alarm = made.properties("BudgetAlarm")
    assert (alarm["MetricName"], alarm["Threshold"]) == ("BudgetReached", 0)
    assert "**Do.**" in paragraphs()["BudgetAlarm"]


def test_an_alarm_looks_at_its_own_stack(template: Template) -> None:
    """Two stacks in an account share no series: functions and alarms name the stack alike."""
    alarms = template.of_type("AWS::CloudWatch::Alarm").values()
    ours = [it["Dimensions"] for it in alarms if it["Namespace"] == "Dropscribe"]
    assert ours == [[{"Name": "service", "Value": "AWS::StackName"}]] * 5
    told = [it["Environment"]["Variables"] for it in template.functions().values()]
    assert {it["STACK_NAME"] for it in told} == {"AWS::StackName"}
    assert {it["POWERTOOLS_METRICS_NAMESPACE"] for it in told} == {"Dropscribe"}


def test_the_age_of_an_open_job_is_a_setting(synthesize: Synthesize) -> None:
    """Whoever transcribes whole archives lets jobs be open for longer."""
    made = synthesize(oldestOpenJobHours=48, alarmEmail="ops@example.org")
    assert made.properties("OldestOpenJobAlarm")["Threshold"] == 48 * 3600


def test_an_address_can_be_written_to(template: Template, synthesize: Synthesize) -> None:
    """The setting alarmEmail subscribes one; without it, whoever wants to subscribes."""
    assert template.of_type("AWS::SNS::Subscription") == {}
    made = synthesize(oldestOpenJobHours=48, alarmEmail="ops@example.org")
    [subscription] = made.of_type("AWS::SNS::Subscription").values()
    assert subscription == {
        "Endpoint": "ops@example.org",
        "Protocol": "email",
        "TopicArn": "Alarms",
    }


def test_cloudwatch_alone_may_publish_alarms(template: Template) -> None:
    """For alarms of this account; everybody else is refused without TLS."""
    [policy] = template.of_type("AWS::SNS::TopicPolicy").values()
    statements = {it["Effect"]: it for it in policy["PolicyDocument"]["Statement"]}
    assert statements["Allow"]["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert (statements["Allow"]["Action"], statements["Allow"]["Resource"]) == (
        "sns:Publish",
        "Alarms",
    )
    account = {"StringEquals": {"aws:SourceAccount": "AWS::AccountId"}}
    assert statements["Allow"]["Condition"] == account
    assert statements["Deny"]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def shown(template: Template) -> list[Any]:
    """Every series of the dashboard, as CloudWatch would read it."""
    body = json.loads(template.properties("Dashboard")["DashboardBody"])
    return [series for widget in body["widgets"] for series in widget["properties"]["metrics"]]


@pytest.mark.parametrize(
    "title",
    [
        "Messages about uploads",
        "Outcomes",
        "Upload to transcript, seconds",
        "Waiting, seconds",
        "Dead letters",
        "Wrong",
        "Held back",
        "Messages about what a backfill brings",
        "Dollars",
        "Paid to the speech API: seconds of audio",
        "Creates and polls",
        "Paid to AWS",
    ],
)
def test_the_dashboard_shows(template: Template, title: str) -> None:
    """Uploads, outcomes, time to transcript, queues, errors, what is held back, what it costs."""
    body = json.loads(template.properties("Dashboard")["DashboardBody"])
    assert title in [widget["properties"]["title"] for widget in body["widgets"]]


def test_no_number_of_ours_is_made_up(template: Template) -> None:
    """What alarms and dashboard look at in our namespace is what functions emit."""
    named = {series[1] for series in shown(template) if series[0] == "Dropscribe"}
    alarms = template.of_type("AWS::CloudWatch::Alarm").values()
    named |= {it["MetricName"] for it in alarms if it["Namespace"] == "Dropscribe"}
    assert named == OURS


def test_the_dashboard_shows_this_stack(template: Template) -> None:
    """Each of our series names the stack; each Lambda of ours has its milliseconds."""
    series = shown(template)
    ours = [it for it in series if it[0] == "Dropscribe"]
    assert {tuple(it[2:4]) for it in ours} == {("service", "AWS::StackName")}
    functions = {it[3] for it in series if it[:2] == ["AWS/Lambda", "Duration"]}
    assert functions == set(template.functions())
