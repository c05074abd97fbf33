"""Where figures were taken, without names or paths; and how much memory a process had at most."""

import os
import platform
import resource
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]
STATUS = Path("/proc/self/status")
PACKAGES = ("boto3", "urllib3", "ministack", "aws-cdk-lib")


def peak_bytes() -> int:
    """This process's largest resident size so far.

    Linux hands ru_maxrss down from the parent through exec, so that there a small child of a
    large process would seem large; its VmHWM begins anew.
    """
    if STATUS.exists():
        [line] = [line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM")]
        return int(line.split()[1]) * 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def described() -> str:
    """When, on what, with which versions, in a line of Markdown."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores ({platform.machine()}), "
        f"{memory:.0f} GiB of memory, {platform.system()}, "
        f"Python {platform.python_version()}, {versions}"
    )
