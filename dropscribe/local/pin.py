"""The one version of the emulator that we know from inside, and therefore patch."""

import importlib.metadata

from dropscribe.local.errors import LocalError

PIN = "1.5.33"


def require_pin() -> None:
    """Raise LocalError unless the installed ministack is the pinned one."""
    try:
        installed = importlib.metadata.version("ministack")
    except importlib.metadata.PackageNotFoundError:
        installed = "none"
    if installed != PIN:
        raise LocalError(
            f"The embedded cloud needs ministack {PIN}, but {installed} is installed. "
            "Run `make clean`, then `make demo`, to get the pinned one."
        )
