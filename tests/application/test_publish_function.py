"""The function Publish when `dropscribe render` calls it: what is seen where no status moves."""

import json
from collections.abc import Callable
from typing import Any

import publish
import pytest
import telemetry
import wiring
from aws_lambda_powertools.utilities.typing import LambdaContext
from transcription.publisher import NotPublishable

from tests.application.house import House

Call = Callable[..., dict[str, list[float]]]


@pytest.fixture
def call(house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Calls the function with an event; returns what it counted."""
    monkeypatch.setattr(wiring, "publisher", lambda: house.publisher)
    monkeypatch.setattr(telemetry.metrics.provider, "namespace", "Dropscribe")
    monkeypatch.setattr(telemetry.metrics.provider, "service", "Dropscribe")
    context = LambdaContext()
    context._function_name = context._invoked_function_arn = context._aws_request_id = "Publish"
    context._memory_limit_in_mb = 1024

    def called(raises: type[Exception] | None = None, **event: Any) -> dict[str, list[float]]:
        if raises:
            with pytest.raises(raises):
                publish.handler(event, context)
        else:
            publish.handler(event, context)
        counted = json.loads(capsys.readouterr().out.splitlines()[-1])
        return {name: value for name, value in counted.items() if isinstance(value, list)}

    return called


def test_a_render_is_counted_as_such(house: House, call: Call) -> None:
    """With the names that were asked for; the job is not counted as completed once more."""
    job = house.transcribe(house.submit())
    counted = call(job_id=job.job_id, attempt=1, render=True, speakers=["Ada"])
    assert counted == {"Renders": [1.0]}
    assert house.rendition(job).startswith("Ada: ")


def test_a_render_that_fails_is_counted_and_changes_nothing(house: House, call: Call) -> None:
    """It is raised, so that Lambda tries it once more; row and renditions are as they were."""
    job = house.submit()
    before = house.row(job)
    counted = call(NotPublishable, job_id=job.job_id, attempt=1, render=True)
    assert counted == {"RendersFailed": [1.0]}
    assert house.row(job) == before
