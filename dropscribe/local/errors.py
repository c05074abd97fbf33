"""What can go wrong in the embedded cloud, each told in a sentence that says what to do.

dropscribe.exits.Failure
 +-- LocalError         1: something failed
      +-- NotRunning    3: the embedded cloud is not up
"""

from dropscribe.exits import ExitCode, Failure


class LocalError(Failure):
    """The embedded cloud could not do what was asked."""


class NotRunning(LocalError):
    """What was asked needs the embedded cloud, and it is not running."""

    exit_code = ExitCode.NOT_READY
