"""The inventory an hour later: what became of objects of whose upload nobody was told.

S3 dates its objects, and Reconcile leaves the young ones to their events. So that they are old, it
runs once in this process with the inventory's clock an hour ahead. All else is the real time, and
what it takes in is polled and published by the deployed functions as always.
"""

from datetime import datetime, timedelta

from transcription.inventory import Inventory
from transcription.reconciler import Reconciler

from tests.application.house import House, Places
from tests.stack import Stack


def take_in(stack: Stack, base_url: str, key: str) -> int:
    """Take in what has no row; says how many objects that were."""
    house = _house(stack, base_url)
    house.key = key

    def ahead() -> datetime:
        return house.now() + timedelta(hours=1)

    inventory = Inventory(house.s3, house.ledger, house.places.uploads, (), (), ahead)
    reconciler = Reconciler(house.intake, house.failures, inventory, house.now)
    return reconciler.run(lambda: True).unaccounted


def _house(stack: Stack, base_url: str) -> House:
    """The application in this process, on what is deployed."""
    out = stack.outputs
    places = Places(
        uploads=out["UploadBucketName"],
        answers=out["AnswerBucketName"],
        transcripts=out["TranscriptBucketName"],
        bus=out["EventBusName"],
        machine=out["StateMachineArn"],
    )
    return House(stack.session, places, out["JobsTableName"], base_url)
