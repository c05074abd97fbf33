"""The jobs table by a plain client: boto3's own way looks through all services to make one."""

from datetime import datetime
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from boto3.dynamodb.transform import TransformationInjector, copy_dynamodb_params

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.service_resource import Table


def table_of(client: "DynamoDBClient", name: str) -> "Table":
    """As much of boto3's Table as we use; the client takes and gives Python's values hereafter."""
    inject, events = TransformationInjector(), client.meta.events
    events.register("provide-client-params.dynamodb", copy_dynamodb_params)
    events.register("before-parameter-build.dynamodb", inject.inject_condition_expressions)
    events.register("before-parameter-build.dynamodb", inject.inject_attribute_value_input)
    events.register("after-call.dynamodb", inject.inject_attribute_value_output)
    return cast("Table", _Table(client, name))


class _Table:
    def __init__(self, client: "DynamoDBClient", name: str) -> None:
        self.name = name
        self.meta = SimpleNamespace(client=client)
        self.get_item = partial(client.get_item, TableName=name)
        self.put_item = partial(client.put_item, TableName=name)
        self.update_item = partial(client.update_item, TableName=name)
        self.delete_item = partial(client.delete_item, TableName=name)
        self.query = partial(client.query, TableName=name)

    @property
    def creation_date_time(self) -> datetime:
        found = self.meta.client.describe_table(TableName=self.name)
        made_at: datetime = found["Table"]["CreationDateTime"]
        return made_at
