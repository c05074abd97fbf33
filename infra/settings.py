"""The settings of a stack, read from the CDK context (`-c dropscribe:name=value` or cdk.json).

Every name and its default stand in `Settings`; a name or value that is wrong stops the synthesis
with a sentence.
"""

import difflib
import itertools
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

# The table that the Lambdas refuse a file's options by refuses the stack's defaults too.
sys.path.insert(0, str(Path(__file__).parent.parent / "functions"))
from transcription import options

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


class SettingError(Exception):
    """A setting that can't be; the message names it and says what it takes."""


def a_flag(value: Any) -> bool:
    if str(value).lower() in {"true", "false"}:
        return str(value).lower() == "true"
    raise ValueError("true or false")


def a_name(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("some text")
    return value.strip()


def a_bucket(value: Any) -> str:
    name = a_name(value)
    if not 3 <= len(name) <= 63 or name != name.lower() or not name[0].isalnum() or "/" in name:
        raise ValueError("the name of a bucket, 3 to 63 lower-case letters, digits, dots, hyphens")
    return name


def names(value: Any) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise ValueError("a list of words, or words separated by commas")
    return tuple(part for part in parts if part)


def whole(least: int, most: int) -> Callable[[Any], int]:
    def parse(value: Any) -> int:
        if not str(value).isdigit() or not least <= int(value) <= most:
            raise ValueError(f"a whole number from {least} to {most}")
        return int(value)

    return parse


def one_of(*choices: Any) -> Callable[[Any], Any]:
    def parse(value: Any) -> Any:
        found = [choice for choice in choices if str(choice) == str(value)]
        if not found:
            raise ValueError("one of " + ", ".join(map(str, choices)))
        return found[0]

    return parse


def speech_options(value: Any) -> dict[str, Any]:
    """Options for the speech API, as an object in cdk.json or as JSON on the command line."""
    try:
        given = json.loads(value) if isinstance(value, str) else dict(value)
        return {name: options.parsed(name, _written(item)) for name, item in given.items()}
    except options.BadOption as error:
        raise ValueError(f"options of the speech API. {error}") from error
    except (TypeError, AttributeError, ValueError) as error:
        raise ValueError('an object of options, such as {"smart_format": true}') from error


def _written(item: Any) -> str:
    """An option as people write it, since options are parsed from text."""
    return ",".join(map(str, item)) if isinstance(item, list) else str(item)


def setting(default: Any, parse: Callable[[Any], Any], meaning: str) -> Any:
    return field(default_factory=lambda: default, metadata={"parse": parse, "meaning": meaning})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting: its default, what it takes, what it means."""

    stack_name: str = setting("Dropscribe", a_name, "several stacks may share an account")
    model: str = setting("#g1_whisper-small", a_name, "the model that transcribes")
    default_options: Mapping[str, Any] = setting(
        {"smart_format": True, "utterances": True},
        speech_options,
        "what every file asks of the speech API",
    )
    ambiguous: str = setting(
        "resend", one_of("resend", "hold"), "a submit whose answer was lost: once more, or held"
    )
    deadline_minutes: int = setting(
        55, whole(1, 55), "the last look; the provider forgets a result after 60 minutes"
    )
    existing_bucket: str | None = setting(
        None, a_bucket, "watch this bucket, through EventBridge, instead of making a new one"
    )
    watch_prefixes: tuple[str, ...] = setting((), names, "only keys that begin so")
    watch_suffixes: tuple[str, ...] = setting((), names, "only keys that end so")
    upload_retention_days: int = setting(0, whole(0, 36500), "delete recordings after; 0: never")
    answer_retention_days: int = setting(0, whole(0, 36500), "delete raw answers after; 0: never")
    transcript_retention_days: int = setting(
        0, whole(0, 36500), "delete renditions after; 0: never"
    )
    log_retention_days: int = setting(30, one_of(*LOG_RETENTIONS), "delete logs after")
    removal_policy: str = setting(
        "retain", one_of("retain", "destroy"), "what a deleted stack does with buckets and table"
    )
    point_in_time_recovery: bool = setting(True, a_flag, "keep 35 days of the jobs table's past")
    deletion_protection: bool = setting(True, a_flag, "refuse to delete the jobs table")
    submit_concurrency: int = setting(10, whole(2, 1000), "how many Submit functions run at once")

    @classmethod
    def read(cls, context: Mapping[str, Any]) -> "Settings":
        """The settings in a CDK context; raises SettingError."""
        given = {
            name.removeprefix(PREFIX): value
            for name, value in context.items()
            if name.startswith(PREFIX)
        }
        known = {_camel(item.name): item for item in fields(cls)}
        for name in given.keys() - known.keys():
            near = difflib.get_close_matches(name, known, 1)
            hint = f" Did you mean {PREFIX}{near[0]}?" if near else ""
            raise SettingError(f"There is no setting {PREFIX}{name}.{hint}")
        settings = cls(
            **{
                known[name].name: _parsed(name, value, known[name].metadata["parse"])
                for name, value in given.items()
            }
        )
        settings.refuse_overlaps()
        return settings

    def refuse_overlaps(self) -> None:
        """S3 refuses two notifications that one key could match."""
        for first, second in itertools.permutations(self.watch_prefixes, 2):
            if second.startswith(first):
                raise SettingError(f"{PREFIX}watchPrefixes: {second!r} lies within {first!r}.")
        for first, second in itertools.permutations(self.watch_suffixes, 2):
            if second.endswith(first):
                raise SettingError(f"{PREFIX}watchSuffixes: {second!r} ends with {first!r}.")


def _camel(name: str) -> str:
    """The CDK writes its context in camel case."""
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)


def _parsed(name: str, value: Any, parse: Callable[[Any], Any]) -> Any:
    try:
        return parse(value)
    except ValueError as error:
        raise SettingError(f"{PREFIX}{name} is {value!r}, but takes {error}.") from error
