"""The figures as pictures: SVG that differs only where the figures do."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import matplotlib as mpl
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from benchmarks.burst_figures import Burst
    from benchmarks.cold_start import Start
    from benchmarks.rendering import Figure as Rendered

    Points = Mapping[str, Sequence[tuple[float, float]]]

# Colours that most people who see fewer can tell apart.
COLOURS: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
GREY: Final = "#bbbbbb"
LOOKS: Final[Any] = {
    "svg.hashsalt": "dropscribe",
    "svg.fonttype": "none",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#eeeeee",
    "legend.frameon": False,
}
MANY: Final = 10  # points that are too many to be named


@contextmanager
def drawn(path: Path, rows: int = 1, wide: float = 7.0, high: float = 3.5) -> Iterator[Any]:
    """Axes to draw in, one above the other, written to a file then; sizes in inches."""
    with mpl.rc_context(LOOKS):
        figure = Figure((wide, high), layout="constrained")
        yield figure.subplots(rows, sharex=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})


def waiting(points: "Points", path: Path) -> None:
    """Looks a file against lateness, a mark for each policy."""
    named = [name for name in points if len(points[name]) < MANY]
    colours = dict(zip(named, COLOURS, strict=False))
    with drawn(path) as axes:
        for name in sorted(points, key=lambda name: len(points[name]), reverse=True):
            looks, late = zip(*points[name], strict=True)
            size, colour = (40, colours[name]) if name in colours else (8, GREY)
            axes.scatter(looks, late, size, colour, label=name)
        axes.set(xlabel="looks at the API for each file", ylabel="seconds late, mean")
        axes.set(xlim=(0, None), ylim=(-0.5, 18))
        axes.legend(loc="upper right")


def burst(ours: "Burst", bare: "Burst", limit: int, path: Path) -> None:
    """How many files were done, and how many the API had, by time."""
    with drawn(path, rows=2, high=4.5) as (done, flying):
        for each, name, colour in ((ours, "Dropscribe", COLOURS[0]), (bare, "bare", COLOURS[1])):
            done.plot(each.completed, range(1, len(each.completed) + 1), color=colour, label=name)
            flying.step(*_highest(each.in_flight), color=colour, where="post", lw=1)
        done.set(ylabel="files done", ylim=(0, None))
        done.legend(loc="lower right")
        flying.axhline(limit, color=GREY, lw=1, zorder=0)
        flying.set_yscale("log")
        flying.set(ylabel="in flight", xlabel="seconds since the first upload", xlim=(0, None))


def _highest(line: "Sequence[tuple[float, int]]") -> "tuple[Sequence[float], Sequence[int]]":
    """A line with one point for each half second: the highest."""
    highest: dict[float, int] = {}
    for at, count in line:
        half = int(2 * at) / 2
        highest[half] = max(highest.get(half, 0), count)
    return list(highest), list(highest.values())


def cold_start(starts: "Sequence[Start]", path: Path) -> None:
    """What importing each function takes, beside the least and the usual."""
    places = range(len(starts))
    with drawn(path) as axes:
        for shift, (name, colour) in enumerate(
            (("floor", GREY), ("ours", COLOURS[0]), ("naive", COLOURS[1]))
        ):
            heights = [getattr(start, name) for start in starts]
            at = [place + (shift - 1) * 0.27 for place in places]
            axes.bar(at, heights, 0.25, color=colour, label=name)
        axes.set_xticks(places, [start.function for start in starts])
        axes.set(ylabel="ms to import")
        axes.grid(visible=False, axis="x")
        axes.legend(loc="upper right", ncols=3)


def rendering(figures: "Mapping[int, Sequence[Rendered]]", path: Path) -> None:
    """Seconds for all five renditions by the words of the transcript."""
    words = list(figures)
    best = [min(one.five for one in figures[count]) for count in words]
    with drawn(path, wide=5.0) as axes:
        axes.loglog(words, best, "o-", color=COLOURS[0], label="all five renditions")
        line = [best[-1] / words[-1] * count for count in words]
        axes.loglog(words, line, ls=":", color=GREY, label="twice the words, twice the time")
        axes.set(xlabel="words", ylabel="seconds of a processor")
        axes.legend(loc="upper left")
