"""The stack as a whole: what it tells, what it asks, what it leaves to CloudFormation."""

from collections.abc import Iterator
from typing import Any

from tests.infra.conftest import Synthesize
from tests.infra.template import Template, plain

OUTPUTS = {
    "UploadBucketName": "Uploads",
    "TranscriptBucketName": "Transcripts",
    "AnswerBucketName": "Answers",
    "JobsTableName": "Jobs",
    "StateMachineArn": "TranscribeStateMachine",
    "BackfillStateMachineArn": "BackfillStateMachine",
    "BackfillQueueUrl": "BackfillQueue",
    "WatchedKeys": '{"prefixes": [], "suffixes": []}',
    "UploadQueueUrl": "UploadQueue",
    "DeadLetterQueueUrl": "DeadLetters",
    "ApiKeySecretArn": "ApiKey.Id",
    "EventBusName": "Events",
    "DispatchFunctionName": "Dispatch",
    "PublishFunctionName": "Publish",
    "ReconcileFunctionName": "Reconcile",
    "RecordFailureFunctionName": "RecordFailure",
    "RulesParameterName": "Rules",
    "DefaultOptions": ('{"model": "#g1_whisper-small", "smart_format": true, "utterances": true}'),
    "MaxInFlight": "5",
    "PricePerMinute": "0.0",
    "DailyBudget": "0.0",
    "AlarmTopicArn": "Alarms",
    "DashboardName": "Dashboard",
    "UploaderPolicyArn": "UploaderPolicy",
    "ReaderPolicyArn": "ReaderPolicy",
    "OperatorPolicyArn": "OperatorPolicy",
    "BackfillPolicyArn": "BackfillPolicy",
}
# Names that a second stack in the account, or a replacement, would collide with.
PHYSICAL = {
    "BucketName",
    "TableName",
    "QueueName",
    "FunctionName",
    "RoleName",
    "LogGroupName",
    "StateMachineName",
    "AlarmName",
    "DashboardName",
    "ManagedPolicyName",
    "TopicName",
    "SecretName",
}

# What only joins two resources has the stack's name in its logical id.
LINKS = {
    "AWS::Lambda::Permission",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::EventInvokeConfig",
}


def test_the_outputs_say_where_everything_is(template: Template) -> None:
    """The command line finds everything through these, and through nothing else."""
    outputs = {name: plain(it["Value"]) for name, it in template.body["Outputs"].items()}
    assert outputs == OUTPUTS


def test_nothing_has_a_name_of_its_own(template: Template) -> None:
    """CloudFormation names things, so that several stacks share an account."""
    named = {
        logical_id
        for logical_id, resource in template.body["Resources"].items()
        if resource["Type"] not in LINKS | {"Custom::S3BucketNotifications"}
        and PHYSICAL & resource.get("Properties", {}).keys()
    }
    assert named == set()


def test_the_bus_is_named_after_its_stack(synthesize: Synthesize) -> None:
    """A bus must have a name; each stack's is another."""
    bus = synthesize(stackName="Podcasts").properties("Events")
    assert bus["Name"].startswith("PodcastsEvents")


def test_another_stack_name_changes_nothing_else(
    template: Template, synthesize: Synthesize
) -> None:
    """The same resources under the same logical ids, but for what the CDK names by its path."""
    other = synthesize(stackName="Podcasts")
    here, there = (it.body["Resources"].items() for it in (template, other))
    own = [{name for name, it in made if it["Type"] not in LINKS} for made in (here, there)]
    assert own[0] == own[1]
    assert len(here) == len(there)


def test_the_api_is_the_one_parameter(template: Template) -> None:
    """What differs between AWS and a laptop is where the speech API is."""
    parameters = template.body["Parameters"].keys() - {"BootstrapVersion"}
    told = {it["Environment"]["Variables"]["API_BASE_URL"] for it in template.functions().values()}
    assert (parameters, told) == ({"ApiBaseUrl"}, {"ApiBaseUrl"})
    assert template.body["Parameters"]["ApiBaseUrl"]["Default"] == "https://api.aimlapi.com/v1"


def test_the_template_is_for_any_account_and_region(template: Template) -> None:
    """No account and no region is written into it."""
    written = str(template.body)
    assert "us-east-1" not in written
    assert "AWS::AccountId" in written


def test_nothing_depends_on_itself(template: Template) -> None:
    """CloudFormation refuses a circle of references, which the CDK writes without a word."""
    resources = template.body["Resources"]
    left = {name: set(referred(it)) & resources.keys() for name, it in resources.items()}
    while ready := {name for name, others in left.items() if not others & left.keys()}:
        left = {name: others for name, others in left.items() if name not in ready}
    assert left == {}


def referred(part: Any) -> Iterator[str]:
    """The logical ids that a part of a template refers to."""
    match part:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            yield name
        case {"Fn::GetAtt": str(name)}:
            yield name.split(".")[0]
        case dict():
            first = part.get("DependsOn", [])
            yield from [first] if isinstance(first, str) else first
            yield from (name for inner in part.values() for name in referred(inner))
        case list():
            yield from (name for inner in part for name in referred(inner))
