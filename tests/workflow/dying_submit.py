"""Submit, as whatever version is on the path, up to the point where it dies: run as a script.

    python dying_submit.py CLAIMED|SENDING BODY     with the function's own environment

It takes the message BODY as the deployed function would. Its row is written by that version's own
code; the API is never called.
"""

import os
import sys
from typing import Any

import wiring
from transcription import s3_events
from transcription.ledger import Ledger
from transcription.speech_api import SpeechApi

DIED = 9


def die(*_: Any, **__: Any) -> Any:
    """End at once, as a Lambda does whose host is gone."""
    os._exit(DIED)


def main(point: str, body: str) -> None:
    """Die right after the claim, or right after SENDING was written."""
    if point == "CLAIMED":
        Ledger.save = die  # type: ignore[method-assign]
    else:
        SpeechApi.prepared = lambda *_: die  # type: ignore[method-assign]
    for request in s3_events.read(body):
        wiring.intake().handle(request)


if __name__ == "__main__":
    main(*sys.argv[1:])
