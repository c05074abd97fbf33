"""Keys are kept out of what is logged of an error, and of what the state machine is told of it."""

import traceback

import pytest
from botocore.exceptions import ClientError
from transcription.discretion import hide_keys, nameless

REFUSED = (
    "User: arn:aws:sts::1:assumed-role/Publish is not authorized to perform: s3:PutObject "
    'on resource: "arn:aws:s3:::transcripts/calls/Jürgen K.mp3.txt" because nobody allows it'
)


def denied() -> ClientError:
    return ClientError({"Error": {"Code": "AccessDenied", "Message": REFUSED}}, "PutObject")


def test_a_refusal_names_the_action_and_the_bucket_but_no_key() -> None:
    """As AWS writes it, in quotes."""
    told = nameless(REFUSED)
    assert told.endswith(
        's3:PutObject on resource: "arn:aws:s3:::transcripts/<key>" because nobody allows it'
    )


@pytest.mark.parametrize("bare", ["arn:aws-cn:s3:::b/a b.mp3", "arn:aws:s3:::b/a b.mp3 (refused)"])
def test_without_quotes_nothing_after_the_bucket_is_told(bare: str) -> None:
    """A key may have blanks in it."""
    assert nameless(f"On {bare}\nnext").splitlines()[0].endswith(":s3:::b/<key>")


def test_what_names_no_object_stays() -> None:
    """Other resources are ours to name."""
    told = "on resource: arn:aws:dynamodb:eu-west-1:1:table/Jobs because; arn:aws:s3:::bucket"
    assert nameless(told) == told


def test_a_whole_chain_of_errors_is_discreet() -> None:
    """What led to an error is logged with it, and so is each of a group."""
    try:
        try:
            raise denied()
        except ClientError as error:
            raise ExceptionGroup("Some failed", [denied(), ValueError("else")]) from error
    except ExceptionGroup as group:
        hide_keys(group)
        told = "".join(traceback.format_exception(group))
    assert told.count("<key>") == 2
    assert ("Jürgen" in told, "else" in told) == (False, True)
