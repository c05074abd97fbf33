"""What is spent on the speech API, day by day (UTC): one item of the jobs table for each.

It is added up as soon as a price is known. A budget stops sending once a day's sum has reached it:
the sum is looked at and added to by one conditional update, so of many who send at once the limit
is passed by one file at most.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from transcription.job import Job
from transcription.pricing import DIGITS

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

REACHED: Final = "ConditionalCheckFailedException"


@dataclass(frozen=True, slots=True)
class Budget:
    """The budget of a stack: dollars `a_day`, 0 for none, and dollars `per_minute` of audio."""

    table: "Table"
    a_day: float = 0.0
    per_minute: float = 0.0

    def reserve(self, price: float | None, now: datetime, share: float = 1.0) -> bool:
        """Spend dollars today; False where this share of the budget is spent.

        Nothing where no price is known. Raises ClientError when the table can't be asked.
        """
        if not price:
            return True
        only: dict[str, Any] = {}
        values: dict[str, Any] = {}
        if self.a_day:
            only = {"ConditionExpression": "attribute_not_exists(spent) OR spent < :budget"}
            values = {":budget": _number(round(self.a_day * share, DIGITS))}
        try:
            self._add(price, now.date(), only, values)
        except ClientError as error:
            if error.response["Error"].get("Code") == REACHED:
                return False
            raise
        return True

    def give_back(self, price: float | None, spent_at: datetime) -> None:
        """Take a price off the sum of the day on which it was spent."""
        if price:
            self._add(-price, spent_at.date(), {}, {})

    def correct(self, sent: Job, price: float | None) -> None:
        """Have a job that was sent cost this instead of what is on its row."""
        if sent.sending_at and sent.price is not None and price != sent.price:
            self.give_back(round(sent.price - (price or 0.0), DIGITS), sent.sending_at)

    def _add(self, dollars: float, day: date, only: dict[str, Any], values: dict[str, Any]) -> None:
        self.table.update_item(
            Key={"job_id": item_of(day)},
            UpdateExpression="ADD spent :dollars",
            ExpressionAttributeValues={":dollars": _number(dollars), **values},
            **only,
        )


def item_of(day: date) -> str:
    """The id of the item that has a day's sum, in `spent`."""
    return f"#spent {day.isoformat()}"


def _number(dollars: float) -> Decimal:
    return Decimal(str(dollars))
