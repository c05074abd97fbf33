"""The parts that publish, with a look at all they publish: no test can forget the schemas."""

import json
from collections.abc import Mapping
from typing import Any

from transcription import announcer, shelf
from transcription.job import Job

from tests.unit.schema import faults


class Announcer(announcer.Announcer):
    """Sends no event that breaks the published schema."""

    __slots__ = ()

    def detail(self, job: Job) -> dict[str, Any]:
        found = super().detail(job)
        assert faults("event-1", found) == []
        return found


class Shelf(shelf.Shelf):
    """Puts no canonical transcript that breaks the published schema."""

    __slots__ = ()

    def put_renditions(self, job: Job, made: Mapping[str, str]) -> dict[str, str]:
        assert faults("transcript-1", json.loads(made["json"])) == []
        return super().put_renditions(job, made)
