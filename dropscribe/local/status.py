"""What runs of an embedded cloud, and what is deployed there."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dropscribe.local.cloud import Cloud
from dropscribe.local.deployment import outputs
from dropscribe.local.parts import CLOUD, NAMES, SPEECH

MIB = 1 << 20


@dataclass(frozen=True)
class PartStatus:
    """One running part."""

    name: str
    pid: int
    address: str
    uptime: float  # seconds
    memory: int  # bytes, its workers included


@dataclass(frozen=True)
class Status:
    """All of a cloud at one moment."""

    cloud: Cloud
    parts: tuple[PartStatus, ...]
    outputs: Mapping[str, str]

    @classmethod
    def of(cls, cloud: Cloud, stack: str) -> "Status":
        """Look at the processes and, if it answers, at the stack."""
        deployed = outputs(cloud.connection, stack) if cloud.running() else {}
        return cls(cloud, tuple(_running(cloud)), deployed)

    @property
    def lacks(self) -> list[str]:
        """What is not there of a cloud that is up: parts that don't run, a stack."""
        there = {part.name for part in self.parts}
        ours = NAMES if self.cloud.settings.api_base_url is None else (CLOUD,)
        return [name for name in ours if name not in there] + ([] if self.outputs else ["stack"])

    def document(self) -> dict[str, Any]:
        """For machines."""
        return {
            "home": str(self.cloud.home.path),
            "parts": {part.name: vars(part) for part in self.parts},
            "speech": self.cloud.settings.speech_url(),
            "outputs": dict(self.outputs),
            "lacks": self.lacks,
        }

    def lines(self) -> Iterator[str]:
        """For people."""
        found = {part.name: part for part in self.parts}
        for name in NAMES:
            if part := found.get(name):
                yield (
                    f"{name:7} {part.address}  pid {part.pid}, up {part.uptime:.0f} s, "
                    f"{part.memory / MIB:.0f} MiB"
                )
            elif name == SPEECH and self.cloud.settings.api_base_url:
                yield f"{name:7} {self.cloud.settings.api_base_url}  not on this machine"
            else:
                yield f"{name:7} not running"
        for output, value in sorted(self.outputs.items()):
            yield f"  {output:22} {value}"


def _running(cloud: Cloud) -> Iterator[PartStatus]:
    addresses = {CLOUD: cloud.connection.url, SPEECH: cloud.settings.speech_url()}
    for name, address in addresses.items():
        if process := cloud.running(name):
            uptime = time.time() - process.started
            yield PartStatus(name, process.pid, address, uptime, process.memory())
