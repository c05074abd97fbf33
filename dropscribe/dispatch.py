"""Telling the stack to send at once what waits."""

import json

from botocore.exceptions import BotoCoreError, ClientError

from dropscribe.stack import Stack


def dispatch(stack: Stack) -> bool:
    """Let go what waits, now; False where the stack could not be told.

    That is no failure: Dispatch runs each minute anyway.
    """
    try:
        stack.functions.invoke(
            FunctionName=stack.output("DispatchFunctionName"),
            InvocationType="Event",
            Payload=json.dumps({"now": True}).encode(),
        )
    except (BotoCoreError, ClientError):
        return False
    return True
