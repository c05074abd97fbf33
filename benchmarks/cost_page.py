"""docs/cost.md, written from what was counted; a section each."""

import re
from collections.abc import Iterator, Mapping
from textwrap import fill
from typing import Any, Final

from transcription.costs import (
    AS_OF,
    MEMORY,
    MONTHLY,
    OUT,
    PRICES,
    Calls,
    Price,
    priced,
    transfer_dollars,
)
from transcription.job import Status
from transcription.pace import PACE
from transcription.speeds import TYPICAL, UNKNOWN
from transcription.waiting import BYTES_A_SECOND

from benchmarks.counted_files import ASSUMED, FILES, LOOK_ASSUMED, SLOWER, WAV_BYTES, Figures
from benchmarks.machine import ROOT, described

WIDTH: Final = 100  # letters of a line
MIB: Final = 1024 * 1024
HOURS: Final = 730  # of a month
MINUTES: Final = 60 * HOURS
OF_A_MONTH: Final = 1_000  # files
# What Lambda's five connections ask an idle queue for in a month, 20 seconds each.
IDLE: Final = 5 * 3 * MINUTES
# A minute of audio as MP3 of 128 kbit/s, in bytes.
MP3_BYTES: Final = 60 * BYTES_A_SECOND
# What an API may ask for a minute of audio, to compare with.
EXAMPLE: Final = 0.006
# A job whose processing takes ten minutes.
LONG: Final = 600.0
METRIC: Final = re.compile(r'add_metric\(\s*"(\w+)"')
NEWLINE: Final = "\n"
HEAD: Final = """<!-- Written by `python -m benchmarks.costs > docs/cost.md`: change that. -->
# What a file costs

"""


def page(figures: Figures, template: Mapping[str, Any]) -> str:
    """The whole page."""
    sections = (
        _answer(figures),
        one_file(figures),
        _look(figures),
        _transfer(),
        _month(figures, template),
        _share(figures),
        _prices(),
    )
    return HEAD + "\n".join(map(filled, sections))


def filled(section: str) -> str:
    """The section with its paragraphs broken to lines anew, its headings and tables as they are."""
    blocks = section.strip().split("\n\n")
    return "\n\n".join(map(_filled, blocks)) + "\n"


def _filled(block: str) -> str:
    return block if block[0] in "#|" else fill(block, WIDTH, break_on_hyphens=False)


def one_file(figures: Figures, title: str = "One minute of audio") -> str:
    """The derivation of one file's dollars."""
    took = ", ".join(f"{name} {ms:.0f} ms" for name, ms in figures.milliseconds.items())
    slow = dict(figures.file) | {"gb_second": 10 * figures.file["gb_second"]}
    return f"""## {title}

{_table(figures.file, ASSUMED)}
Counted on {described()}: the mean of {FILES} files, one after the other, through a warm stack as it
is deployed by default. What is marked * is what AWS's documents say happens where the emulator
makes no call of its own, or what a quiet stack does, whose Lambdas have forgotten the API's key.
With a `pricePerMinute` each file adds one write unit, for the day's sum.

The time of the Lambdas is not AWS's. It was measured here ({took}) and counts {SLOWER}-fold,
because 512 MiB of memory come with 0.29 of a core at AWS. Were it ten times that, a file would cost
{_dollars(priced(slow))}. Where each file finds three Lambdas cold, and each starts for a second, it
is {_dollars(priced({"gb_second": 3 * MEMORY}))} more.

A file that is never sent, because it is no recording, costs {_dollars(priced(figures.unsent))}.
"""


def _answer(figures: Figures) -> str:
    file, look = priced(figures.file), priced(figures.look)
    return f"""A recording of one minute costs **{_dollars(file)}** at AWS where its transcript
is there at the first look, and **{_dollars(look)}** more for each further look:
{_dollars(file + look)} with two. The speech API's own price comes on top, and so does the way of
the recording out of AWS.

The prices are list prices of us-east-1 as known on {AS_OF}, without any free tier. They are inputs,
in `functions/transcription/costs.py`: check them on [their pages](#prices), and for your region.
`dropscribe cost` adds up what files have cost, `dropscribe estimate` what they would.
"""


def _look(figures: Figures) -> str:
    transition, look = PRICES["transition"].dollars, priced(figures.look)
    # What it would seem to take where a recording of its length is the stack's first.
    unseen = UNKNOWN.predicted(LONG / TYPICAL.per_second)
    learnt, first = looks(LONG, LONG), looks(LONG, unseen)
    return f"""## Each further look

{_table(figures.look, LOOK_ASSUMED)}
A job that is processed for ten minutes is looked at {_times(learnt)} where the jobs before have
taught the stack how long it takes: {_dollars(priced(figures.file) + (learnt - 1) * look)} in all,
of which {_dollars(3 * learnt * transition)} are transitions of waiting. As the very first job of a
stack it would be looked at {_times(first)}. A look every ten seconds would take
{_dollars(3 * LONG / 10 * transition)} of transitions.
"""


def looks(processing: float, predicted: float) -> int:
    """How often a job is looked at whose processing takes so long, where so long is foreseen."""
    elapsed, count = PACE.first(predicted, lambda: 0.5), 1
    while elapsed < processing:
        elapsed += PACE.gap(elapsed, lambda: 0.5)
        count += 1
    return count


def _transfer() -> str:
    mib, wav, mp3 = map(transfer_dollars, (MIB, WAV_BYTES, MP3_BYTES))
    return f"""## The way out of AWS

The speech API lies outside of AWS, so each recording leaves it: {_dollars(mib)} for each MiB, once
for each time that it is sent. A minute is {_dollars(wav)} as WAV (16 kHz, one channel) and
{_dollars(mp3)} as MP3 of 128 kbit/s; who records for this alone should compress. An account's
first 100 GB of a month are free.
"""


def _month(figures: Figures, template: Mapping[str, Any]) -> str:
    rows = list(_fixed(figures, template))
    total = sum(dollars for _, dollars in rows)
    lines = "".join(f"| {what} | {_cents(dollars)} |\n" for what, dollars in rows)
    files = OF_A_MONTH * priced(figures.file)
    keys, kms = 2 * MONTHLY["key"].dollars, priced({"kms": asks_kms(figures.file)})
    return f"""## A month

A thousand files of a minute are {_cents(files)} with one look each. A stack costs the following in
every month, whatever it does:

| what | a month |
|---|---|
{lines}| **all of it** | **{_cents(total)}** |

The first ten custom metrics, ten alarms, three dashboards, a million requests and 400,000
GB-seconds of an account are free: one small stack pays little of this. Storage is not in it.

With `encryption` set to `customer-managed` there are two keys more, {_cents(keys)}, and requests to
KMS, which the emulator doesn't make: were each call to S3, SQS and Secrets Manager one, a file
would cost {_dollars(kms)} more. It is less, for S3 keeps keys for its buckets.
"""


def asks_kms(calls: Calls) -> float:
    """How many calls may ask KMS, at most."""
    return sum(calls[name] for name in ("s3_put", "s3_get", "sqs", "secret_call"))


def _fixed(figures: Figures, template: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """What a month costs without any file, by what it is for."""
    kinds = [it["Type"] for it in template["Resources"].values()]
    for name, kind in (
        ("dashboard", "AWS::CloudWatch::Dashboard"),
        ("alarm", "AWS::CloudWatch::Alarm"),
        ("secret", "AWS::SecretsManager::Secret"),
    ):
        yield _times_priced(kinds.count(kind), name)
    yield _times_priced(len(metrics()), "metric")
    runs = ((MINUTES, "Dispatch", figures.dispatch), (MINUTES / 5, "Reconcile", figures.reconcile))
    for times, function, calls in runs:
        yield f"{times:,.0f} runs of {function} that find nothing to do", times * priced(calls)
    asked = IDLE * kinds.count("AWS::Lambda::EventSourceMapping")
    yield f"{asked:,} looks of Lambda into empty queues", asked * PRICES["sqs"].dollars


def _times_priced(count: int, name: str) -> tuple[str, float]:
    kind = MONTHLY[name].what.partition(": ")[2]
    return f"{count:,} {kind}{'s'[: count != 1]}", count * MONTHLY[name].dollars


def metrics() -> set[str]:
    """The names under which the functions count."""
    sources = [path.read_text() for path in (ROOT / "functions").glob("*.py")]
    named = {name for source in sources for name in METRIC.findall(source)}
    return named | {f"Jobs{status.capitalize()}" for status in Status}


def _share(figures: Figures) -> str:
    minute = priced(figures.file) + transfer_dollars(MP3_BYTES)
    hour = priced(figures.file) + transfer_dollars(60 * MP3_BYTES)
    return f"""## Beside the speech API

What the API asks for a minute is a setting, `pricePerMinute`, for it is not the same for all models
and accounts. Were it {_dollars(EXAMPLE)}, AWS would add {minute / EXAMPLE:.0%} to a recording of
a minute and {hour / (60 * EXAMPLE):.1%} to one of an hour, both as MP3, their way out of AWS
included.
"""


def _prices() -> str:
    rows = [*PRICES.values(), OUT, *(_a_month(price) for price in MONTHLY.values())]
    lines = [f"| {it.what} | {_plain(it.dollars)} | {it.page} |" for it in rows]
    return f"""## Prices

| what | dollars for one | page of AWS |
|---|---|---|
{NEWLINE.join(lines)}

DynamoDB halved its prices on demand in November 2024; many a page still shows those of before.
"""


def _a_month(price: Price) -> Price:
    return price._replace(what=f"{price.what}, a month")


def _table(calls: Calls, assumed: Calls) -> str:
    """Operations, how many of each, and what they come to, the dearest first."""
    parts = {name: priced({name: count}) for name, count in calls.items() if count}
    lines = [
        f"| {PRICES[name].what}{'*' * (name in assumed)} | {calls[name]:,.4g} "
        f"| {_plain(PRICES[name].dollars)} | {dollars:.8f} |"
        for name, dollars in sorted(parts.items(), key=lambda part: -part[1])
    ]
    total = f"| **all of it** | | | **{priced(calls):.8f}** |"
    heading = ["| operation | count | dollars for one | dollars |", "|---|---|---|---|"]
    return "\n".join([*heading, *lines, total]) + "\n"


def _dollars(amount: float) -> str:
    """To two digits that say something: $0.00023, $0.0045."""
    return f"${float(f'{amount:.2g}'):.7f}".rstrip("0")


def _cents(amount: float) -> str:
    return f"${amount:.2f}"


def _plain(amount: float) -> str:
    return f"{amount:.14f}".rstrip("0").rstrip(".")


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
