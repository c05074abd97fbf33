"""The tables of docs/scale.md: `python -m benchmarks.scale_page` writes them into the page."""

import math
import re
from collections.abc import Callable, Mapping
from typing import Final

from transcription.costs import FILE, PRICES, priced

from benchmarks import queueing, queueing_tables, quotas
from benchmarks.machine import ROOT

PAGE: Final = ROOT / "docs" / "scale.md"
PLACE: Final = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
# In flight on average, and at the peak, when a million files of a minute come in a day.
FILES: Final = 1_000_000


def dollars() -> str:
    """What a day's million files cost in AWS, as Markdown."""
    in_flight = FILES * queueing.held(60.0) / queueing.DAY
    slots = 2 * math.ceil(in_flight * quotas.HOLDER / 1024) * PRICES["write"].dollars
    parts = {
        "state transitions": FILE["transition"] * PRICES["transition"].dollars,
        "DynamoDB, `#slots` apart": FILE["write"] * PRICES["write"].dollars
        + FILE["read"] * PRICES["read"].dollars,
        "S3": FILE["s3_put"] * PRICES["s3_put"].dollars + FILE["s3_get"] * PRICES["s3_get"].dollars,
        "Lambda": FILE["gb_second"] * PRICES["gb_second"].dollars
        + FILE["invocation"] * PRICES["invocation"].dollars,
    }
    rest = priced(FILE) - sum(parts.values())
    rows = {**parts, "everything else": rest, "`#slots`": slots, "in all": priced(FILE) + slots}
    head = "| a million files of a minute | dollars a day |\n|---|---|\n"
    return head + "".join(f"| {what} | {each * FILES:,.0f} |\n" for what, each in rows.items())


TABLES: Final[Mapping[str, Callable[[], str]]] = {
    "quotas": quotas.table,
    "million": queueing_tables.million_table,
    "backlog": queueing_tables.backlog_table,
    "backfill": queueing_tables.backfill_table,
    "dollars": dollars,
}


def written(page: str) -> str:
    """The page with its tables made anew."""
    return PLACE.sub(lambda place: f"{place[1]}\n{TABLES[place[2]]()}\n{place[3]}", page)


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
