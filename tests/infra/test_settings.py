"""The settings: what they take, and with which sentence they refuse."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.settings import SettingError, Settings
from tests.infra.conftest import run_app

ROOT = Path(__file__).parents[2]

WRONG: list[tuple[str, Any, str]] = [
    ("stackName", "", "a letter, then"),
    ("stackName", "my stack", "a letter, then"),
    ("stackName", "9lives", "a letter, then"),
    ("model", "  ", "some text"),
    ("model", 2, "some text"),
    ("defaultOptions", "smart_format", "an object of options"),
    ("defaultOptions", ["smart_format"], "an object of options"),
    ("defaultOptions", {"language": None}, "a BCP-47 language tag"),
    ("defaultOptions", {"keywords": {"a": 1}}, "a list of up to 100 words"),
    ("defaultOptions", {"utt_split": 1.2}, "needs utterances=true"),
    ("defaultOptions", {"diarise": True}, "did you mean diarize?"),
    ("defaultOptions", {"diarize": "perhaps"}, "true or false"),
    ("defaultOptions", '{"utt_split": -1}', "a number of seconds"),
    ("ambiguous", "retry", "one of resend, hold"),
    ("sendBy", "post", "one of url, upload, auto"),
    ("deadlineMinutes", 0, "a whole number from 1 to 55"),
    ("deadlineMinutes", 56, "a whole number from 1 to 55"),
    ("deadlineMinutes", 12.5, "a whole number from 1 to 55"),
    ("deadlineMinutes", "²", "a whole number from 1 to 55"),
    ("existingBucket", "My-Bucket", "the name of a bucket"),
    ("existingBucket", "s3://bucket", "the name of a bucket"),
    ("existingBucket", "ab", "the name of a bucket"),
    ("existingBucket", "a_b_c", "the name of a bucket"),
    ("watchPrefixes", 7, "a list of words"),
    ("watchPrefixes", ["a/", 7], "a list of words"),
    ("watchSuffixes", {"mp3": True}, "a list of words"),
    ("uploadRetentionDays", -1, "a whole number from 0"),
    ("answerRetentionDays", "a week", "a whole number from 0"),
    ("transcriptRetentionDays", True, "a whole number from 0"),
    ("logRetentionDays", 31, "one of 1, 3, 7, 14, 30"),
    ("notifyEmail", "everybody", "an e-mail address"),
    ("removalPolicy", "delete", "one of retain, destroy"),
    ("pointInTimeRecovery", "on", "true or false"),
    ("deletionProtection", 1, "true or false"),
    ("submitConcurrency", 1, "a whole number from 2 to 1000"),
    ("submitConcurrency", 1001, "a whole number from 2 to 1000"),
    ("maxInFlight", -1, "a whole number from 0 to 1000"),
    ("pricePerMinute", "cheap", "dollars, from 0"),
    ("pricePerMinute", True, "dollars, from 0"),
    ("dailyBudget", -5, "dollars, from 0"),
    ("dailyBudget", "nan", "dollars, from 0"),
    ("dailyBudget", "1e9", "dollars, from 0 to 1,000,000"),
    ("encryption", "mine", "one of aws-managed, customer-managed"),
    ("existingBucketKeyArn", "alias/theirs", "the ARN of a KMS key"),
    ("existingBucketKeyArn", "arn:aws:kms:us-east-1:111122223333:alias/theirs", "not of an alias"),
    ("alarmEmail", "ops", "an e-mail address"),
    ("oldestOpenJobHours", 0, "a whole number from 1"),
]


def read(**settings: Any) -> Settings:
    return Settings.read({f"dropscribe:{name}": value for name, value in settings.items()})


@pytest.mark.parametrize(("name", "value", "takes"), WRONG)
def test_a_wrong_value_stops_with_a_sentence(name: str, value: Any, takes: str) -> None:
    """The sentence names the setting, shows the value and says what it takes."""
    with pytest.raises(SettingError) as refused:
        read(**{name: value})
    sentence = str(refused.value)
    assert sentence.startswith(f"dropscribe:{name} is {value!r}, but takes ")
    assert takes in sentence
    assert sentence[-1] in ".?"
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("name", "hint"),
    [("ambigous", "dropscribe:ambiguous"), ("watchPrefix", "dropscribe:watchPrefixes")],
)
def test_an_unknown_name_is_refused_with_a_hint(name: str, hint: str) -> None:
    """A slip of the pen is not ignored."""
    with pytest.raises(
        SettingError, match=rf"no setting dropscribe:{name}\. Did you mean {hint}\?"
    ):
        read(**{name: "x"})


def test_a_name_like_no_other_is_refused_without_a_hint() -> None:
    """Where nothing is near, nothing is guessed."""
    with pytest.raises(SettingError, match=r"no setting dropscribe:zzz\.$"):
        read(zzz=1)


def test_context_of_others_is_not_ours_to_judge() -> None:
    """The CDK's own context, and anybody's, passes by."""
    assert Settings.read({"aws:cdk:bundling-stacks": [], "zzz": 1}) == Settings()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("watchPrefixes", ["calls/", "calls/2026/"], "'calls/2026/' lies within 'calls/'"),
        ("watchPrefixes", ["calls/", "calls/"], "lies within"),
        ("watchSuffixes", ["3", ".mp3"], "'.mp3' ends with '3'"),
        ("watchSuffixes", ".mp3,.mp3", "ends with"),
    ],
)
def test_overlapping_filters_are_refused(name: str, value: Any, said: str) -> None:
    """S3 would refuse them at deployment, with less to go on."""
    with pytest.raises(SettingError, match=f"dropscribe:{name}: ") as refused:
        read(**{name: value})
    assert said in str(refused.value)


def test_a_budget_without_a_price_is_refused() -> None:
    """It would hold nothing back."""
    with pytest.raises(SettingError, match=r"dailyBudget is of use only with .*pricePerMinute"):
        read(dailyBudget=5)
    assert read(dailyBudget="5", pricePerMinute="0.006").daily_budget == 5.0


def test_a_stack_that_could_not_be_deleted_is_refused() -> None:
    """Its deletion would fail halfway, at the protected table."""
    with pytest.raises(SettingError, match=r"set dropscribe:deletionProtection to false, too"):
        read(removalPolicy="destroy")
    assert read(removalPolicy="destroy", deletionProtection=False).removal_policy == "destroy"


def test_more_filters_than_a_bucket_takes_are_refused() -> None:
    """Each prefix with each suffix is a notification, and S3 takes a hundred."""
    prefixes = [f"{number:02}/" for number in range(51)]
    with pytest.raises(SettingError, match=r"make 102 notifications, but a bucket takes 100"):
        read(watchPrefixes=prefixes, watchSuffixes=[".mp3", ".wav"])


def test_the_command_line_says_the_same_as_cdk_json() -> None:
    """`-c name=value` gives text; it means what JSON would."""
    typed = read(
        defaultOptions='{"diarize": true, "keywords": ["a:2", "b"]}',
        deadlineMinutes="40",
        deletionProtection="FALSE",
        watchPrefixes="a/, b/,",
        logRetentionDays="7",
    )
    assert typed == read(
        defaultOptions={"diarize": True, "keywords": ["a:2", "b"]},
        deadlineMinutes=40,
        deletionProtection=False,
        watchPrefixes=["a/", "b/"],
        logRetentionDays=7,
    )


def test_cdk_json_shows_the_defaults() -> None:
    """What people find in cdk.json to change is what holds if they delete it."""
    written = json.loads((ROOT / "cdk.json").read_text())["context"]
    assert written
    assert Settings.read(written) == Settings()


def test_a_wrong_setting_ends_the_synthesis_with_just_its_sentence(tmp_path: Path) -> None:
    """No traceback, no noise of the CDK's; the exit code tells scripts."""
    done = run_app(tmp_path, CDK_CONTEXT_JSON='{"dropscribe:ambiguous": "retry"}')
    assert done.returncode == 1
    assert done.stderr == "dropscribe:ambiguous is 'retry', but takes one of resend, hold.\n"
    assert done.stdout == ""
    assert not (tmp_path / "Dropscribe.template.json").exists()


def test_a_key_without_its_bucket_is_refused() -> None:
    """It would grant nothing: most likely the bucket was forgotten."""
    arn = "arn:aws:kms:us-east-1:111122223333:key/1234abcd"
    with pytest.raises(SettingError, match="only with dropscribe:existingBucket"):
        read(existingBucketKeyArn=arn)
    assert read(existingBucketKeyArn=arn, existingBucket="theirs").existing_bucket_key_arn == arn
