"""What AWS takes for one file, from calls counted on the embedded cloud.

`python -m benchmarks.costs > docs/cost.md` writes the page, and says beside it what
functions/transcription/costs.py is to know.
"""

import json
import sys

from benchmarks import cost_page
from benchmarks.counted_files import Figures, figures
from dropscribe.local.assembly import Assembly
from dropscribe.local.synthesis import synthesize


def table() -> str:
    """The derivation of one file's dollars, as Markdown."""
    found = figures(Assembly.read(synthesize()))
    return cost_page.filled(cost_page.one_file(found, "What a minute of audio costs at AWS"))


def main() -> None:
    """Write the page, and beside it the counts alone."""
    folder = synthesize()
    found = figures(Assembly.read(folder))
    [template] = folder.glob("*.template.json")
    print(cost_page.page(found, json.loads(template.read_text())), end="")  # noqa: T201 the page
    print(counts(found), file=sys.stderr)  # noqa: T201 for whoever ran it


def counts(found: Figures) -> str:
    """The counted calls, to three digits."""
    named = {"FILE": found.file, "LOOK": found.look, "UNSENT": found.unsent}
    told = {
        name: {call: float(f"{count:.3g}") for call, count in calls.items() if count}
        for name, calls in named.items()
    }
    return json.dumps(told, indent=4)


if __name__ == "__main__":
    main()
