"""What cdk-nag and cfn-lint say of the stack."""

import subprocess
import sys
from pathlib import Path

import pytest

from infra import verdict
from infra.verdict import Answer, Verdict
from tests.infra.conftest import Synthesize
from tests.infra.template import Template

# The CDK states dependencies that CloudFormation would see by itself: doubled, not wrong.
DOUBLED = "W3005"


@pytest.fixture(scope="module")
def shapes(synthesize: Synthesize) -> list[Template]:
    """The stack in every shape that settings give it."""
    return [synthesize(**shape) for shape in verdict.SHAPES.values()]


@pytest.fixture(scope="module")
def verdicts(shapes: list[Template]) -> list[Verdict]:
    """What cdk-nag says of each shape."""
    return [verdict.read(shape.file.parent) for shape in shapes]


def test_cdk_nag_finds_nothing_unanswered(shapes: list[Template]) -> None:
    """Every finding of the AwsSolutions rules is mended or acknowledged."""
    for shape in shapes:
        [report] = shape.report["pluginReports"]
        assert report["pluginName"] == "AwsSolutions"
        assert (report["conclusion"], report["violations"]) == ("success", [])


def test_every_answer_has_a_reason_and_a_question(verdicts: list[Verdict]) -> None:
    """What may stand says why, in a sentence, and nothing is excused that isn't there."""
    assert list(verdict.complaints(verdicts)) == []
    assert all(made.answers for made in verdicts)


def test_an_answer_that_nothing_asks_for_is_told(verdicts: list[Verdict]) -> None:
    """A finding that was mended takes its excuse along; so does one that lay elsewhere."""
    idle = Answer("Dropscribe/Jobs", "AwsSolutions::AwsSolutions-S1", "It was once so. " * 3 + ".")
    [told] = verdict.complaints([verdicts[0]._replace(answers=[idle])])
    assert told.endswith("S1 in Dropscribe/Jobs is answered, but nothing asks")


def test_an_answer_without_a_reason_is_told(verdicts: list[Verdict]) -> None:
    """A shrug is none."""
    short = [answer._replace(reason="Fine.") for answer in verdicts[0].answers[:1]]
    [told] = verdict.complaints([verdicts[0]._replace(answers=short)])
    assert told.endswith("is answered without a reason")


def test_what_stands_open_is_told(verdicts: list[Verdict]) -> None:
    """With the rule and the construct."""
    found = verdicts[0]._replace(open=["AwsSolutions-S1 in Dropscribe/New"])
    assert list(verdict.complaints([found])) == ["AwsSolutions-S1 in Dropscribe/New"]


def test_acknowledgements_stay_out_of_the_template(shapes: list[Template]) -> None:
    """With cdk-nag or without, CloudFormation gets the same bytes."""
    resources = [it for shape in shapes for it in shape.body["Resources"].values()]
    assert not [it for it in resources if "Metadata" in it]


def test_cfn_lint_finds_nothing(shapes: list[Template]) -> None:
    """The templates are what CloudFormation documents."""
    lint = Path(sys.executable).parent / "cfn-lint"
    files = [str(shape.file) for shape in shapes]
    done = subprocess.run(
        [lint, "--ignore-checks", DOUBLED, "--format", "parseable", "--template", *files],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
