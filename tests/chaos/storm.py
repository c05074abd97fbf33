"""One storm: everything that a plan has in store, on a deployed stack, until it is at rest."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import NamedTuple

from tests.chaos import late_inventory, remains
from tests.chaos.courier import Courier
from tests.chaos.evidence import Evidence
from tests.chaos.ground import KEY, Ground
from tests.chaos.plan import Fate, Plan, Version
from tests.chaos.puts import Puts
from tests.chaos.rest import Rest
from tests.chaos.saboteur import Saboteur
from tests.chaos.workers import Workers
from tests.stack import Stack

# Programs that upload at the same time.
UPLOADERS = 4
# Seconds between two runs of a scheduled function beside the live path.
BETWEEN = 1.0


class Outcome(NamedTuple):
    """What is left, and what was really done on the way there."""

    evidence: Evidence
    done: Counter[str]


def run(plan: Plan, ground: Ground, progress: Callable[[str], None] = lambda _: None) -> Outcome:
    """Upload, break what can be broken, let it come to rest, and gather what is left."""
    puts, rest = Puts(), Rest(ground.stack, f"seed-{plan.seed}/", progress)
    saboteur = Saboteur(ground.stack, Workers(ground.cloud), plan.denials, puts.put)
    ground.provider.play(plan, puts, saboteur)
    with saboteur, Courier(ground.stack, puts, saboteur.delivered) as courier:
        with _running_beside(rest):
            _upload(plan, ground.stack, puts, saboteur)
        progress(f"uploaded {len(plan.versions)} recordings")
        at_rest = rest.reached(lambda: courier.has_delivered(plan.versions))
        for version in plan.versions:
            if version.belated:
                courier.deliver_again(version)
        lost = late_inventory.take_in(ground.stack, ground.provider.base_url, KEY)
        at_rest = rest.reached(lambda: True) and at_rest
    done = saboteur.count + courier.count + rest.runs + Counter({"found by the inventory": lost})
    evidence = remains.gather(plan, ground.stack, ground.provider, puts, rest, at_rest)
    return Outcome(evidence, done)


def _upload(plan: Plan, stack: Stack, puts: Puts, saboteur: Saboteur) -> None:
    """Each key has one owner, who puts its versions one after the other."""

    def own(versions: Sequence[Version]) -> None:
        for version in versions:
            put = stack.put(version.body, version.key)
            puts.add(version, put)
            saboteur.uploaded(version)
            time.sleep(version.pause)
            if version.fate is Fate.MARKED:
                stack.s3.delete_object(Bucket=stack.outputs["UploadBucketName"], Key=put.key)
            if version.fate is Fate.GONE:
                stack.s3.delete_object(
                    Bucket=stack.outputs["UploadBucketName"],
                    Key=put.key,
                    VersionId=put.version_id,
                )

    with ThreadPoolExecutor(UPLOADERS) as pool:
        list(pool.map(own, plan.keys.values()))


@contextmanager
def _running_beside(rest: Rest) -> Iterator[None]:
    """Dispatch and Reconcile run again and again beside the live path."""
    over = threading.Event()

    def run_both() -> None:
        while not over.wait(BETWEEN):
            rest.run("Dispatch")
            rest.run("Reconcile")

    running = threading.Thread(target=run_both)
    running.start()
    try:
        yield
    finally:
        over.set()
        running.join()
