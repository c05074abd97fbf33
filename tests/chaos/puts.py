"""Where S3 keeps each version: an event, or a URL, may name it before its upload has returned."""

import threading

from tests.chaos.plan import Version
from tests.stack import Put

PATIENCE = 20.0  # seconds


class Puts:
    """Written by whoever uploads, read by everybody."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._versions: dict[Put, Version] = {}
        self._puts: dict[str, Put] = {}

    def add(self, version: Version, put: Put) -> None:
        with self._changed:
            self._versions[put] = version
            self._puts[version.name] = put
            self._changed.notify_all()

    def version(self, put: Put) -> Version:
        """The upload behind a key and a version id; waits for it."""
        with self._changed:
            assert self._changed.wait_for(lambda: put in self._versions, PATIENCE), put
            return self._versions[put]

    def put(self, version: Version) -> Put:
        """Key and version id of an upload; waits for it."""
        with self._changed:
            assert self._changed.wait_for(lambda: version.name in self._puts, PATIENCE), version
            return self._puts[version.name]
