"""Where a stack keeps its rules: its SSM parameter, or an object beside the answers."""

import json

from botocore.exceptions import ClientError
from transcription import rules as rule_sets
from transcription.layers import STACK, BadOption, Layer, read
from transcription.options import Effective, effective
from transcription.rules import BrokenRules, Rule

from dropscribe.exits import JobFailed
from dropscribe.screen import visible
from dropscribe.stack import Stack


def checked(stack: Stack, text: str) -> tuple[Rule, ...]:
    """The rules of a set, each of which goes together with what else holds for its keys.

    Raises JobFailed with a sentence that says what is wrong.
    """
    if len(text.encode(errors="replace")) > rule_sets.LARGEST_OBJECT:
        raise JobFailed(f"A rule set takes up to {rule_sets.LARGEST_OBJECT:,} bytes.")
    try:
        found = rule_sets.parse(text)
        defaults = stack_layer(stack)
        for rule in found:
            for_key(defaults, found, rule.prefix)
    except (BrokenRules, BadOption) as error:
        raise JobFailed(f"Nothing was changed. {visible(str(error))}") from error
    return found


def for_key(defaults: Layer, found: tuple[Rule, ...], key: str) -> Effective:
    """What a file under a key gets before its own tags and metadata; raises BadOption."""
    return effective([defaults, *rule_sets.matching(found, key)])


def stack_layer(stack: Stack) -> Layer:
    """What the stack asks for every file."""
    return read(STACK, json.loads(stack.output("DefaultOptions")).items())


def write(stack: Stack, text: str) -> None:
    """Put a checked rule set in force."""
    value = json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":"))
    if len(value.encode()) > rule_sets.LARGEST_PARAMETER:
        name = rule_sets.name_for(value)
        bucket = stack.output("AnswerBucketName")
        stack.s3.put_object(Bucket=bucket, Key=name, Body=value.encode())
        value = json.dumps({"version": 1, "object": name})
    stack.parameters.put_parameter(
        Name=stack.output("RulesParameterName"), Value=value, Type="String", Overwrite=True
    )


def in_force(stack: Stack) -> str:
    """The rule set as it was written, wherever it lies; raises JobFailed."""
    found = stack.parameters.get_parameter(Name=stack.output("RulesParameterName"))
    text = found["Parameter"]["Value"]
    try:
        name = rule_sets.object_name(text)
    except BrokenRules:
        return text  # `show` prints it, `test` says what is wrong with it
    return text if name is None else _object(stack, name)


def _object(stack: Stack, name: str) -> str:
    bucket = stack.output("AnswerBucketName")
    try:
        with stack.s3.get_object(Bucket=bucket, Key=name)["Body"] as body:
            return body.read().decode(errors="replace")
    except ClientError as error:
        if error.response["Error"].get("Code") not in ("NoSuchKey", "404"):
            raise
        raise JobFailed(
            f"The rules are broken: s3://{bucket}/{name} is gone. Set them again."
        ) from error
