"""What cdk-nag says of every shape of the stack, and whether each of our answers still counts.

`python -m infra.verdict` synthesises the shapes and prints what is wrong; it ends with 1 if
anything is. An answer counts while it has a reason and there is a finding that it answers.
"""

import json
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks

from infra.app import build
from infra.settings import PREFIX, SettingError

# Settings that change which resources there are, or who may do what.
SHAPES: Final[Mapping[str, Mapping[str, str]]] = {
    "the defaults": {},
    "an existing bucket": {
        "existingBucket": "their-recordings",
        "existingBucketKeyArn": "arn:aws:kms:us-east-1:111122223333:key/1234abcd",
    },
    "customer-managed keys": {"encryption": "customer-managed", "notifyEmail": "a@example.org"},
}
REPORT: Final = "validation-report.json"
ACKNOWLEDGED: Final = "aws:cdk:acknowledged-rules"
# Characters below which an answer explains nothing.
SHORTEST_REASON: Final = 40


class Answer(NamedTuple):
    """A finding that may stand: in the construct at `path` and whatever it is made of."""

    path: str
    rule: str
    reason: str

    @property
    def is_explained(self) -> bool:
        return len(self.reason) >= SHORTEST_REASON and self.reason.endswith(".")


class Verdict(NamedTuple):
    """What was found in one assembly: rule and path of each finding, and our answers."""

    open: list[str]
    answered: set[tuple[str, str]]
    answers: list[Answer]

    def counts(self, answer: Answer) -> bool:
        return any(
            rule == answer.rule and f"{path}/".startswith(f"{answer.path}/")
            for rule, path in self.answered
        )


def synthesize(shape: Mapping[str, Any], outdir: Path) -> None:
    """Write the assembly of a stack with these settings, without its code, and cdk-nag's report."""
    context: dict[str, Any] = {f"{PREFIX}{name}": value for name, value in shape.items()}
    context["aws:cdk:bundling-stacks"] = []
    app = App(outdir=str(outdir), context=context, analytics_reporting=False)
    build(app)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    try:
        app.synth()
    except RuntimeError:
        # So ends a synthesis with findings, too; then there is a report.
        if not (outdir / REPORT).exists():
            raise


def read(assembly: Path) -> Verdict:
    """The verdict on a synthesised assembly."""
    [report] = json.loads((assembly / REPORT).read_text())["pluginReports"]
    [metadata] = assembly.glob("*.metadata.json")
    said = json.loads(metadata.read_text())
    return Verdict(
        [f"{rule} in {path}" for rule, path in _findings(report["violations"], "ruleName")],
        set(_findings(report["suppressedViolations"], "acknowledgedId")),
        [Answer(path.lstrip("/"), *it) for path, entries in said.items() for it in _given(entries)],
    )


def _findings(reported: Iterable[Any], name: str) -> Iterator[tuple[str, str]]:
    for finding in reported:
        for construct in finding["violatingConstructs"]:
            yield finding[name], construct["constructPath"]


def _given(entries: Iterable[Any]) -> Iterator[tuple[str, str]]:
    for entry in entries:
        if entry["type"] == ACKNOWLEDGED:
            yield from entry["data"].items()


def complaints(verdicts: Iterable[Verdict]) -> Iterator[str]:
    """Each open finding, unexplained answer and answer that nothing asks for any more."""
    known = list(verdicts)
    yield from (finding for verdict in known for finding in verdict.open)
    answers = {answer for verdict in known for answer in verdict.answers}
    for answer in sorted(answers):
        if not answer.is_explained:
            yield f"{answer.rule} in {answer.path} is answered without a reason"
        if not any(verdict.counts(answer) for verdict in known):
            yield f"{answer.rule} in {answer.path} is answered, but nothing asks"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            found = list(complaints(_verdicts(Path(folder))))
        except SettingError as error:
            found = [str(error)]
    sys.exit("\n".join(found) if found else 0)


def _verdicts(folder: Path) -> Iterator[Verdict]:
    for name, shape in SHAPES.items():
        synthesize(shape, folder / name)
        yield read(folder / name)


if __name__ == "__main__":
    main()
