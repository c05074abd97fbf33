"""Whose recording it was stays out of the logs: AWS names the whole object when it refuses one."""

import re
from typing import Final

# A bucket's name may stay. AWS puts the key in quotes; without them it may have blanks in it.
OBJECT: Final = re.compile(r'(arn:aws[\w-]*:s3:::[^/\s"]+/)[^"\n]*')


def nameless(text: str) -> str:
    """The text without objects' keys."""
    return OBJECT.sub(r"\1<key>", text)


def hide_keys(error: BaseException) -> None:
    """Take objects' keys out of an error, and out of those that led to it or are in its group."""
    error.args = tuple(nameless(arg) if isinstance(arg, str) else arg for arg in error.args)
    for other in (error.__cause__, error.__context__, *getattr(error, "exceptions", ())):
        if other is not None:
            hide_keys(other)
