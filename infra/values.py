"""What the value of a setting may be: each parser takes what cdk.json or `-c` gave.

A parser raises ValueError with the words that end the sentence "... is X, but takes ...".
"""

import json
import math
import re
from collections.abc import Callable
from typing import Any

# The table that the Lambdas refuse a file's options by refuses the stack's defaults too.
from transcription.layers import STACK, BadOption, read, written_name
from transcription.options import effective, stack_layer

# As CloudFormation and S3 document them.
STACK_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")
BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
# Of the key itself: IAM grants nothing by an alias.
KEY_ARN = re.compile(r"arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]+")
# What settings of money go up to, so that a slip of some digits is seen.
MOST_DOLLARS = 1_000_000
# No more than a person's slip is caught: the confirmation that SNS sends proves an address.
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def a_flag(value: Any) -> bool:
    if str(value).lower() in {"true", "false"}:
        return str(value).lower() == "true"
    raise ValueError("true or false")


def a_text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("some text")
    return value.strip()


def a_stack_name(value: Any) -> str:
    return _matching(STACK_NAME, value, "a letter, then up to 127 letters, digits and hyphens")


def a_bucket_name(value: Any) -> str:
    what = "the name of a bucket: 3 to 63 lower-case letters, digits, dots and hyphens"
    return _matching(BUCKET_NAME, value, what)


def a_key_arn(value: Any) -> str:
    return _matching(KEY_ARN, value, "the ARN of a KMS key, not of an alias")


def an_address(value: Any) -> str:
    return _matching(ADDRESS, value, "an e-mail address")


def words(value: Any) -> tuple[str, ...]:
    """A list of texts; on the command line, they are separated by commas."""
    parts = [part.strip() for part in value.split(",")] if isinstance(value, str) else value
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise ValueError("a list of words, or words separated by commas")
    return tuple(part for part in parts if part)


def whole(least: int, most: int) -> Callable[[Any], int]:
    def parse(value: Any) -> int:
        if not str(value).isdecimal() or not least <= int(value) <= most:
            raise ValueError(f"a whole number from {least} to {most}")
        return int(value)

    return parse


def dollars(value: Any) -> float:
    """An amount of money, to a tenth of a thousandth of a cent."""
    try:
        amount = float(value)
    except (TypeError, ValueError):
        amount = math.nan
    if isinstance(value, bool) or not 0 <= amount <= MOST_DOLLARS:
        raise ValueError(f"dollars, from 0 to {MOST_DOLLARS:,}")
    return round(amount, 6)


def one_of(*choices: Any) -> Callable[[Any], Any]:
    def parse(value: Any) -> Any:
        found = [choice for choice in choices if str(choice) == str(value)]
        if not found:
            raise ValueError("one of " + ", ".join(map(str, choices)))
        return found[0]

    return parse


def speech_options(value: Any) -> dict[str, Any]:
    """Options of the speech API, as an object in cdk.json or as JSON on the command line."""
    try:
        given = json.loads(value) if isinstance(value, str) else value
        asked = read(STACK, given.items())
        effective([stack_layer("any-model", {}), asked])
        return {written_name(name): item for name, item in asked.options.items()}
    except BadOption as error:
        raise ValueError(f"options that the speech API knows: {error}") from error
    except (AttributeError, TypeError, ValueError) as error:
        raise ValueError('an object of options, such as {"smart_format": true}') from error


def _matching(pattern: re.Pattern[str], value: Any, what: str) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError(what)
    return value
