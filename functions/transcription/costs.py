"""What a file costs beside the speech API: AWS's requests, and the way of its bytes out of AWS.

Nothing here is measured while files run. `FILE`, `LOOK` and `UNSENT` were counted once, by
`python -m benchmarks.costs` on the embedded cloud; docs/cost.md shows the derivation. The prices
are inputs: the list prices of us-east-1, in dollars, without any free tier, as known at `AS_OF`.
Check them on the pages they name, and for your region, before you rely on them.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final, NamedTuple

from transcription.job import Job
from transcription.next_step import failed_there

AS_OF: Final = date(2025, 6, 1)
MILLION: Final = 1_000_000
GIB: Final = 1024**3
# What each function has, in GiB; a test holds it to infra/functions.py.
MEMORY: Final = 0.5
# What goes by upload passes through a Lambda: bytes a second, assumed, not measured in AWS.
UPLOAD_BYTES_A_SECOND: Final = 20_000_000


class Price(NamedTuple):
    """Dollars for one; `page` is the page of AWS that says so."""

    dollars: float
    what: str
    page: str


PRICES: Final[Mapping[str, Price]] = {
    "transition": Price(
        0.025 / 1000, "Step Functions: transition, Standard", "AWS Step Functions pricing"
    ),
    "s3_put": Price(0.005 / 1000, "S3: PUT or LIST", "Amazon S3 pricing"),
    "s3_get": Price(0.0004 / 1000, "S3: GET or HEAD", "Amazon S3 pricing"),
    "write": Price(
        0.625 / MILLION, "DynamoDB: write request unit, on demand", "Amazon DynamoDB pricing"
    ),
    "read": Price(
        0.125 / MILLION, "DynamoDB: read request unit, on demand", "Amazon DynamoDB pricing"
    ),
    "trace": Price(5.0 / MILLION, "X-Ray: trace recorded", "AWS X-Ray pricing"),
    "gb_second": Price(0.0000133334, "Lambda: GB-second, arm64", "AWS Lambda pricing"),
    "invocation": Price(0.20 / MILLION, "Lambda: request", "AWS Lambda pricing"),
    "log_byte": Price(0.50 / GIB, "CloudWatch Logs: byte taken in", "Amazon CloudWatch pricing"),
    "event": Price(1.00 / MILLION, "EventBridge: custom event", "Amazon EventBridge pricing"),
    "sqs": Price(0.40 / MILLION, "SQS: request, standard queue", "Amazon SQS pricing"),
    "secret_call": Price(0.05 / 10_000, "Secrets Manager: API call", "AWS Secrets Manager pricing"),
    "kms": Price(0.03 / 10_000, "KMS: request, with keys of your own only", "AWS KMS pricing"),
}
OUT: Final = Price(0.09 / GIB, "Data out to the internet: byte", "Amazon EC2 on-demand pricing")

# What a stack costs in a month, used or not, apart from its schedules.
MONTHLY: Final[Mapping[str, Price]] = {
    "secret": Price(0.40, "Secrets Manager: secret", "AWS Secrets Manager pricing"),
    "alarm": Price(0.10, "CloudWatch: alarm", "Amazon CloudWatch pricing"),
    "dashboard": Price(3.00, "CloudWatch: dashboard", "Amazon CloudWatch pricing"),
    "metric": Price(0.30, "CloudWatch: custom metric", "Amazon CloudWatch pricing"),
    "key": Price(1.00, "KMS: key, with keys of your own only", "AWS KMS pricing"),
}

Calls = Mapping[str, float]
# A file that is transcribed, with one look at the API; each further look; a file never sent.
FILE: Final[Calls] = {
    "transition": 4,
    "s3_put": 7,
    "s3_get": 7,
    "write": 53.7,
    "read": 4.7,
    "trace": 2,
    "gb_second": 0.411,
    "invocation": 3,
    "log_byte": 3960,
    "event": 1,
    "sqs": 3,
    "secret_call": 2,
}
LOOK: Final[Calls] = {
    "transition": 3,
    "write": 4.6,
    "read": 0.6,
    "gb_second": 0.0854,
    "invocation": 1,
    "log_byte": 1110,
    "secret_call": 1,
}
UNSENT: Final[Calls] = {
    "s3_put": 1,
    "s3_get": 2,
    "write": 8,
    "read": 1,
    "trace": 1,
    "gb_second": 0.0929,
    "invocation": 1,
    "log_byte": 1460,
    "event": 1,
    "sqs": 3,
}


def priced(calls: Calls) -> float:
    """Dollars for so many calls."""
    return sum(PRICES[name].dollars * count for name, count in calls.items())


def aws_dollars(job: Job) -> float:
    """What AWS takes for a job so far, in dollars, estimated from its row; no transfer in it."""
    if not job.submitted_at:
        return priced(UNSENT)
    # Whatever was tried again took the whole way again, at most.
    files = priced(FILE) * max(1, job.attempt)
    looks = priced(LOOK) * max(0, job.polls - job.attempt)
    return files + looks + _carried(job)


def speech_dollars(job: Job) -> float:
    """What the speech API has surely taken for a job, in dollars; 0 where no price was set.

    It says that it does not bill what failed there.
    """
    is_paid = job.submitted_at and not failed_there(job)
    return (job.price or 0.0) if is_paid else 0.0


def transfer_dollars(size: int) -> float:
    """What AWS takes for bytes that leave it, in dollars: recordings do, to the speech API."""
    return size * OUT.dollars


def _carried(job: Job) -> float:
    """The Lambda time in which a recording that goes by upload is read and sent."""
    if job.sent_by != "upload" or not job.size:
        return 0.0
    return priced({"gb_second": MEMORY * job.size / UPLOAD_BYTES_A_SECOND})
