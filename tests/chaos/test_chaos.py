"""Three small storms, always the same: whatever they break, no promise."""

from dataclasses import replace

import pytest

from tests.chaos import figures, model, remains, storm
from tests.chaos.ground import KEY, Ground
from tests.chaos.seed import plan_of

# Chosen so that together they leave hardly anything out: see test_plan.py.
SEEDS = (6, 16, 33)
UPLOADS = 30


@pytest.mark.parametrize("seed", SEEDS)
def test_no_promise_is_broken(battered: Ground, seed: int) -> None:
    """Nothing lost, nothing paid twice, no transcript missing, wrong or old, no secret logged."""
    outcome = storm.run(plan_of(seed, UPLOADS), battered)
    leaks = remains.leaks(battered.stack, KEY)
    violations = model.judge(replace(outcome.evidence, leaks=leaks))
    assert violations == [], "\n".join(figures.lines(outcome))


def test_dead_letters_have_their_alarm(battered: Ground) -> None:
    """What a storm may leave in that queue calls somebody."""
    queue = battered.stack.outputs["DeadLetterQueueUrl"].rpartition("/")[2]
    alarms = battered.stack.session.client("cloudwatch").describe_alarms()["MetricAlarms"]
    watched = [alarm["Dimensions"] for alarm in alarms if "DeadLetters" in alarm["AlarmName"]]
    assert [{"Name": "QueueName", "Value": queue}] in watched
