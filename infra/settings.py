"""The settings of a stack, read from the CDK context (`-c dropscribe:name=value` or cdk.json).

Every name and its default stand in `Settings`; a name or value that is wrong stops the synthesis
with a sentence.
"""

import difflib
import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final

from transcription.sending import SendBy

from infra import values

PREFIX: Final = "dropscribe:"
# What CloudWatch Logs can keep, in days, and the CDK's names for it.
LOG_RETENTIONS: Final = {
    1: "ONE_DAY",
    3: "THREE_DAYS",
    7: "ONE_WEEK",
    14: "TWO_WEEKS",
    30: "ONE_MONTH",
    90: "THREE_MONTHS",
    180: "SIX_MONTHS",
    365: "ONE_YEAR",
    1827: "FIVE_YEARS",
    3653: "TEN_YEARS",
}
# Notifications that S3 takes for one bucket; each prefix with each suffix is one.
MOST_NOTIFICATIONS: Final = 100


class SettingError(Exception):
    """A setting that can't be; the message names it and says what it takes."""


def setting(default: Any, parse: Callable[[Any], Any], meaning: str) -> Any:
    return field(default_factory=lambda: default, metadata={"parse": parse, "meaning": meaning})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting: its default, what it takes, what it means."""

    stack_name: str = setting(
        "Dropscribe", values.a_stack_name, "several stacks may share an account"
    )
    model: str = setting("#g1_whisper-small", values.a_text, "the model that transcribes")
    default_options: Mapping[str, Any] = setting(
        {"smart_format": True, "utterances": True},
        values.speech_options,
        "what every file asks of the speech API",
    )
    ambiguous: str = setting(
        "resend",
        values.one_of("resend", "hold"),
        "a submit whose answer was lost: once more, or held",
    )
    send_by: str = setting(
        "url",
        values.one_of(*map(str, SendBy)),
        "how recordings reach the API: [sending.md](sending.md)",
    )
    deadline_minutes: int = setting(
        55, values.whole(1, 55), "the last look; the provider forgets a result after 60 minutes"
    )
    existing_bucket: str | None = setting(
        None,
        values.a_bucket_name,
        "watch this bucket, through EventBridge, instead of making a new one: "
        "[see below](#an-existing-bucket)",
    )
    existing_bucket_key_arn: str | None = setting(
        None,
        values.a_key_arn,
        "the KMS key that encrypts the existing bucket's objects, if one does",
    )
    watch_prefixes: tuple[str, ...] = setting((), values.words, "only keys that begin so")
    watch_suffixes: tuple[str, ...] = setting((), values.words, "only keys that end so")
    upload_retention_days: int = setting(
        0, values.whole(0, 36500), "delete recordings after; 0: never"
    )
    answer_retention_days: int = setting(
        0, values.whole(0, 36500), "delete raw answers after; 0: never"
    )
    transcript_retention_days: int = setting(
        0, values.whole(0, 36500), "delete renditions after; 0: never"
    )
    log_retention_days: int = setting(30, values.one_of(*LOG_RETENTIONS), "delete logs after")
    removal_policy: str = setting(
        "retain",
        values.one_of("retain", "destroy"),
        "what a deleted stack does with buckets and table; `destroy` takes empty buckets only, "
        "so delete every version in them before",
    )
    point_in_time_recovery: bool = setting(
        True, values.a_flag, "keep 35 days of the jobs table's past"
    )
    deletion_protection: bool = setting(True, values.a_flag, "refuse to delete the jobs table")
    submit_concurrency: int = setting(
        10, values.whole(2, 1000), "how many Submit functions run at once"
    )
    max_in_flight: int = setting(
        5,
        values.whole(0, 1000),
        "how many files the speech API has at a time; the others wait for a slot; 0: any number",
    )
    price_per_minute: float = setting(
        0.0,
        values.dollars,
        "what the speech API asks for a minute of audio, in dollars; 0: not known",
    )
    daily_budget: float = setting(
        0.0,
        values.dollars,
        "dollars for the speech API, after which files wait until the next UTC day; 0: no limit",
    )
    encryption: str = setting(
        "aws-managed",
        values.one_of("aws-managed", "customer-managed"),
        "whose keys encrypt buckets, table, secret, queues, topics and bus: "
        "[security.md](security.md#encryption)",
    )
    notify_email: str | None = setting(
        None, values.an_address, "whom to tell how each file ended: [events.md](events.md)"
    )
    alarm_email: str | None = setting(
        None, values.an_address, "whom alarms write to: [runbook.md](runbook.md)"
    )
    oldest_open_job_hours: int = setting(
        6, values.whole(1, 24 * 365), "the age of an open job that is an alarm"
    )

    @classmethod
    def read(cls, context: Mapping[str, Any]) -> "Settings":
        """The settings in a CDK context; raises SettingError."""
        given = {
            name.removeprefix(PREFIX): value
            for name, value in context.items()
            if name.startswith(PREFIX)
        }
        known = {camel(item.name): item for item in fields(cls)}
        for name in given:
            if name not in known:
                raise SettingError(_unknown(name, known))
        settings = cls(
            **{
                known[name].name: _parsed(name, value, known[name].metadata["parse"])
                for name, value in given.items()
            }
        )
        settings.refuse_overlaps()
        settings.refuse_idle()
        settings.refuse_unpriced()
        settings.refuse_undeletable()
        return settings

    @property
    def every_file(self) -> str:
        """What every file asks for, its model too, as JSON: the weakest layer of its options."""
        return json.dumps({"model": self.model, **self.default_options}, sort_keys=True)

    @property
    def watched(self) -> str:
        """How keys begin and end that are transcribed, as JSON; where none is named, anyhow."""
        keys = {"prefixes": self.watch_prefixes, "suffixes": self.watch_suffixes}
        return json.dumps(keys, ensure_ascii=False)

    def refuse_overlaps(self) -> None:
        """S3 refuses two notifications that one key could match, and too many of them."""
        for first, second in itertools.permutations(self.watch_prefixes, 2):
            if second.startswith(first):
                raise SettingError(f"{PREFIX}watchPrefixes: {second!r} lies within {first!r}.")
        for first, second in itertools.permutations(self.watch_suffixes, 2):
            if second.endswith(first):
                raise SettingError(f"{PREFIX}watchSuffixes: {second!r} ends with {first!r}.")
        pairs = max(1, len(self.watch_prefixes)) * max(1, len(self.watch_suffixes))
        if pairs > MOST_NOTIFICATIONS:
            raise SettingError(
                f"{PREFIX}watchPrefixes with {PREFIX}watchSuffixes make {pairs} notifications, "
                f"but a bucket takes {MOST_NOTIFICATIONS}."
            )

    def refuse_idle(self) -> None:
        """A key for a bucket that isn't watched is a slip: it would grant nothing."""
        if self.existing_bucket_key_arn and not self.existing_bucket:
            raise SettingError(
                f"{PREFIX}existingBucketKeyArn is of use only with {PREFIX}existingBucket."
            )

    def refuse_unpriced(self) -> None:
        """A budget without a price would hold nothing back."""
        if self.daily_budget and not self.price_per_minute:
            raise SettingError(f"{PREFIX}dailyBudget is of use only with {PREFIX}pricePerMinute.")

    def refuse_undeletable(self) -> None:
        """A stack that is to delete its table, and may not, would be left half deleted."""
        if self.removal_policy == "destroy" and self.deletion_protection:
            raise SettingError(
                f"{PREFIX}removalPolicy destroy can't delete a jobs table that is protected: "
                f"set {PREFIX}deletionProtection to false, too."
            )


def camel(name: str) -> str:
    """The CDK writes its context in camel case."""
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)


def _unknown(name: str, known: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    hint = f" Did you mean {PREFIX}{near[0]}?" if near else ""
    return f"There is no setting {PREFIX}{name}.{hint}"


def _parsed(name: str, value: Any, parse: Callable[[Any], Any]) -> Any:
    try:
        return parse(value)
    except ValueError as error:
        sentence = f"{PREFIX}{name} is {value!r}, but takes {error}"
        raise SettingError(sentence if sentence.endswith("?") else f"{sentence}.") from error
