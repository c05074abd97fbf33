"""Who is told of a transcript: by the setting `notifyEmail`, and of a render that failed nobody."""

import json

import pytest

from tests.infra.conftest import Synthesize
from tests.infra.template import Template

ADDRESS = "desk@example.org"


@pytest.fixture(scope="module")
def notifying(synthesize: Synthesize) -> Template:
    """The template that writes to somebody."""
    return synthesize(notifyEmail=ADDRESS)


def test_nobody_is_written_to_unless_asked(template: Template) -> None:
    """By default there is neither topic nor rule for it."""
    assert "Notifications" not in template.of_type("AWS::SNS::Topic")
    assert "TranscriptionEnded" not in template.of_type("AWS::Events::Rule")


def test_an_address_is_subscribed(notifying: Template) -> None:
    """To a topic of its own, which is not that of the alarms."""
    [subscription] = notifying.of_type("AWS::SNS::Subscription").values()
    assert subscription == {
        "Protocol": "email",
        "Endpoint": ADDRESS,
        "TopicArn": "Notifications",
    }


def test_both_events_are_told(notifying: Template) -> None:
    """The rule on our bus takes what is completed and what failed."""
    rule = notifying.properties("TranscriptionEnded")
    assert rule["EventBusName"] == "Events"
    assert rule["EventPattern"] == {
        "source": ["dropscribe"],
        "detail-type": ["Transcription Completed", "Transcription Failed"],
    }


def test_a_letter_says_what_became_of_which_file(notifying: Template) -> None:
    """Status, key and reason; the words of a transcript are not in an event, so not in a letter."""
    [target] = notifying.properties("TranscriptionEnded")["Targets"]
    transformer = target["InputTransformer"]
    lines = [json.loads(line) for line in transformer["InputTemplate"].splitlines()]
    assert target["Arn"] == "Notifications"
    assert lines[0] == "<detail-status>: <detail-key>"
    assert transformer["InputPathsMap"]["detail-reason"] == "$.detail.reason"


def test_only_our_rule_may_publish_and_only_with_tls(notifying: Template) -> None:
    """Nobody else writes to that address through us."""
    policies = notifying.of_type("AWS::SNS::TopicPolicy").values()
    [policy] = [it["PolicyDocument"] for it in policies if it["Topics"] == ["Notifications"]]
    [allowed] = [it for it in policy["Statement"] if it["Effect"] == "Allow"]
    denied = [it["Condition"] for it in policy["Statement"] if it["Effect"] == "Deny"]
    assert allowed["Principal"] == {"Service": "events.amazonaws.com"}
    assert {"Bool": {"aws:SecureTransport": "false"}} in denied


def test_cdk_nag_finds_nothing_in_it(notifying: Template) -> None:
    """Nothing is open or unencrypted only because somebody wants letters."""
    [report] = notifying.report["pluginReports"]
    assert report["violations"] == []


def test_a_render_that_failed_is_no_dead_letter(template: Template) -> None:
    """It is tried once more within the hour; the old renditions stay, so nothing was lost."""
    config = template.properties("PublishEventInvokeConfig")
    assert (config["MaximumRetryAttempts"], config["MaximumEventAgeInSeconds"]) == (1, 3600)
    assert "DestinationConfig" not in config
    assert "DeadLetterConfig" not in template.functions()["Publish"]
