"""Every benchmark by its name: what each writes of its figures, and which picture it draws."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from benchmarks import (
    backfilling,
    burst,
    captions,
    cold_start,
    costs,
    overhead,
    plots,
    rendering,
    searching,
    sending,
    waiting,
    waiting_cloud,
)
from benchmarks.clouds import LIMIT


def _rendering(path: Path) -> str:
    found = rendering.growth()
    plots.rendering(found, path)
    return rendering.table(found)


def _waiting(path: Path) -> str:
    plots.waiting(waiting.points(), path)
    return waiting.table()


def _cold_start(path: Path) -> str:
    found = cold_start.measure()
    plots.cold_start(found, path)
    return cold_start.table(found)


def _burst(path: Path) -> str:
    found = burst.measure()
    plots.burst(found.ours, found.bare, LIMIT, path)
    return burst.table(found)


# With a picture, for which each is told the place.
DRAWN: Final[Mapping[str, Callable[[Path], str]]] = {
    "rendering": _rendering,
    "waiting": _waiting,
    "cold_start": _cold_start,
    "burst": _burst,
}
PLAIN: Final[Mapping[str, Callable[[], str]]] = {
    "sending": lambda: sending.table(large=False),
    "captions": captions.table,
    "searching": searching.table,
    "waiting_cloud": waiting_cloud.table,
    "overhead": overhead.table,
    "backfilling": backfilling.table,
    "costs": costs.table,
}
# In the order in which they are run and written.
NAMES: Final = (
    *("sending", "captions", "rendering", "searching"),
    *("waiting", "waiting_cloud", "cold_start", "overhead", "burst", "backfilling", "costs"),
)


def run(name: str, pictures: Path) -> str:
    """Run one; returns its section, with its picture beside the page if it has one."""
    if name in PLAIN:
        return PLAIN[name]()
    path = pictures / f"{name}.svg"
    section = DRAWN[name](path)
    return f"{section}\n![{name.replace('_', ' ')}]({pictures.name}/{path.name})\n"
