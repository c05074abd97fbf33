"""How an upload reaches the queue: notifications of our bucket, events of somebody else's."""

from typing import Any

import pytest

from infra.settings import SettingError
from tests.infra.conftest import Synthesize
from tests.infra.template import Template


def notifications(template: Template) -> list[dict[str, Any]]:
    """The queue configurations of the uploads bucket's notifications."""
    made = template.properties("UploadsNotifications")["NotificationConfiguration"]
    assert made.keys() == {"QueueConfigurations"}
    return list(made["QueueConfigurations"])


def filters(template: Template) -> set[tuple[tuple[str, str], ...]]:
    """The filter rules of each notification."""
    return {
        tuple(sorted((rule["Name"], rule["Value"]) for rule in it["Filter"]["Key"]["FilterRules"]))
        for it in notifications(template)
    }


def test_every_upload_is_noticed(template: Template) -> None:
    """One notification, of every way to create an object, without a filter."""
    assert notifications(template) == [
        {"Events": ["s3:ObjectCreated:*"], "QueueArn": "UploadQueue.Arn"}
    ]


def test_prefixes_alone_are_a_notification_each(synthesize: Synthesize) -> None:
    """`calls/` and `talks/` are watched, whatever follows."""
    made = synthesize(watchPrefixes=["calls/", "talks/"])
    assert filters(made) == {(("prefix", "calls/"),), (("prefix", "talks/"),)}


def test_suffixes_may_come_from_the_command_line(synthesize: Synthesize) -> None:
    """`-c dropscribe:watchSuffixes=.mp3,.wav` is a list of two."""
    made = synthesize(watchSuffixes=".mp3, .wav")
    assert filters(made) == {(("suffix", ".mp3"),), (("suffix", ".wav"),)}


def test_each_prefix_is_watched_for_each_suffix(synthesize: Synthesize) -> None:
    """Two prefixes and two suffixes are four notifications, none of which overlap."""
    made = synthesize(watchPrefixes=["a/", "b/"], watchSuffixes=[".mp3", ".wav"])
    assert filters(made) == {
        (("prefix", prefix), ("suffix", suffix))
        for prefix in ("a/", "b/")
        for suffix in (".mp3", ".wav")
    }


def test_filters_are_encoded_as_s3_compares_them(synthesize: Synthesize) -> None:
    """A space is a plus and an umlaut percent-encoded, as in the keys of S3's events."""
    made = synthesize(watchPrefixes=["Meine Anrufe/für Ü+1/"])
    assert filters(made) == {(("prefix", "Meine+Anrufe/f%C3%BCr+%C3%9C%2B1/"),)}


def test_only_our_own_bucket_may_send_to_the_queue(template: Template) -> None:
    """S3 may send for this bucket, and never for a bucket of another account."""
    statements = template.queue_policy("UploadQueue")
    s3 = [it for it in statements if it["Principal"] == {"Service": "s3.amazonaws.com"}]
    conditions = {it["Effect"]: it["Condition"] for it in s3}
    assert conditions == {
        "Allow": {"ArnLike": {"aws:SourceArn": "Uploads.Arn"}},
        "Deny": {"StringNotEquals": {"aws:SourceAccount": "AWS::AccountId"}},
    }
    assert len(statements) == 3


def test_an_existing_bucket_is_left_as_it_is(existing: Template) -> None:
    """No bucket is made for uploads, no notification set: those may be somebody else's."""
    assert set(existing.of_type("AWS::S3::Bucket")) == {"Answers", "Transcripts"}
    assert existing.of_type("Custom::S3BucketNotifications") == {}
    assert existing.body["Outputs"]["UploadBucketName"] == {"Value": "their-recordings"}


def test_an_existing_bucket_is_watched_through_eventbridge(existing: Template) -> None:
    """A rule sends its events to the queue, and what can't be sent to the dead letters."""
    rule = existing.properties("ObjectCreated")
    assert rule["EventPattern"] == {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {"bucket": {"name": ["their-recordings"]}},
    }
    [target] = rule["Targets"]
    assert (target["Arn"], target["DeadLetterConfig"]["Arn"]) == (
        "UploadQueue.Arn",
        "DeadLetters.Arn",
    )


@pytest.mark.parametrize("queue", ["UploadQueue", "DeadLetters"])
def test_the_rule_may_send_to_both_queues(existing: Template, queue: str) -> None:
    """EventBridge may send for the rule of the existing bucket; S3 itself may not at all."""
    senders = [it for it in existing.queue_policy(queue) if it["Effect"] == "Allow"]
    rules = {it["Condition"]["ArnEquals"]["aws:SourceArn"] for it in senders}
    assert "ObjectCreated.Arn" in rules
    assert {it["Principal"]["Service"] for it in senders} == {"events.amazonaws.com"}


@pytest.mark.parametrize("encryption", ["aws-managed", "customer-managed"])
def test_no_other_rule_may_send_to_the_queue(synthesize: Synthesize, encryption: str) -> None:
    """EventBridge is everybody's, and the CDK lets all of it send to a queue under a KMS key."""
    made = synthesize(existingBucket="their-recordings", encryption=encryption)
    [deny] = [
        it
        for it in made.queue_policy("UploadQueue")
        if it["Effect"] == "Deny" and it["Principal"] == {"Service": "events.amazonaws.com"}
    ]
    assert deny["Action"] == "sqs:SendMessage"
    assert deny["Condition"]["ArnNotEquals"] == {"aws:SourceArn": "ObjectCreated.Arn"}


def test_a_pattern_that_no_rule_can_hold_is_refused(synthesize: Synthesize) -> None:
    """EventBridge takes 2,048 letters, and says so at deployment only."""
    prefixes = [f"team-{number:02}/recordings/" for number in range(10)]
    with pytest.raises(SettingError, match=r"make a pattern of 2,\d{3} letters .*takes 2,048"):
        synthesize(
            existingBucket="their-recordings",
            watchPrefixes=prefixes,
            watchSuffixes=[".mp3", ".wav", ".m4a", ".ogg", ".flac"],
        )
    assert synthesize(existingBucket="their-recordings", watchPrefixes=prefixes)


@pytest.mark.parametrize(
    ("settings", "keys"),
    [
        ({"watchPrefixes": ["a/", "b/"]}, [{"prefix": "a/"}, {"prefix": "b/"}]),
        ({"watchSuffixes": [".mp3"]}, [{"suffix": ".mp3"}]),
        (
            {"watchPrefixes": ["a/", "2*2/"], "watchSuffixes": [".mp3"]},
            [{"wildcard": "a/*.mp3"}, {"wildcard": "2\\*2/*.mp3"}],
        ),
    ],
)
def test_keys_of_an_existing_bucket_can_be_filtered_too(
    synthesize: Synthesize, settings: dict[str, Any], keys: list[dict[str, str]]
) -> None:
    """Prefixes, suffixes, or both at once; a star in a name is no wildcard."""
    made = synthesize(existingBucket="their-recordings", **settings)
    assert made.properties("ObjectCreated")["EventPattern"]["detail"]["object"] == {"key": keys}
