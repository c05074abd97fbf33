"""docs/settings.md, made from the settings themselves: `make docs`."""

import json
from collections.abc import Iterator
from dataclasses import Field, fields
from typing import Any

from infra.settings import PREFIX, Settings, camel

HEAD = f"""# Settings

They stand in `cdk.json` under `context`, or on the command line of the CDK:
`npx aws-cdk@2.1148.1 deploy -c {PREFIX}logRetentionDays=90`. A wrong one stops `synth` with a
sentence that names it. The API's base URL is no setting but the stack's parameter `ApiBaseUrl`.

| setting | default | takes | meaning |
|---|---|---|---|
"""


FOOT = """
## An existing bucket

S3 tells EventBridge of a bucket's uploads only where that is switched on, which the stack can't do
for a bucket that it does not own. Putting a notification configuration replaces the whole of it,
with whatever others are told: take what is there, add to it, and put it back.

```
aws s3api get-bucket-notification-configuration --bucket BUCKET |
    jq -s '(.[0] // {}) + {EventBridgeConfiguration: {}}' > all.json
aws s3api put-bucket-notification-configuration --bucket BUCKET \\
    --notification-configuration file://all.json
```

Until then every upload is found by Reconcile alone, a quarter of an hour late, and its alarm rings.
Versions are best switched on, too: they tell an upload from the next one to the same key. A KMS key
of the bucket's goes into `existingBucketKeyArn`. One rule watches the bucket, and its pattern holds
2,048 letters: `synth` refuses more prefixes and suffixes than fit.
"""


def page() -> str:
    """The page, as Markdown."""
    return HEAD + "".join(f"| {' | '.join(_row(item))} |\n" for item in fields(Settings)) + FOOT


def _row(item: Field[Any]) -> Iterator[str]:
    default = getattr(Settings(), item.name)
    yield f"`{PREFIX}{camel(item.name)}`"
    yield "none" if default is None else f"`{json.dumps(default)}`"
    yield _takes(item.metadata["parse"])
    yield item.metadata["meaning"]


def _takes(parse: Any) -> str:
    """What a setting takes: the words with which it refuses what is nothing of the kind."""
    try:
        parse(object())
    except ValueError as error:
        return str(error)
    raise AssertionError(f"{parse} takes anything")


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201 it goes to a file
