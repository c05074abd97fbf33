"""What cdk-nag and cfn-lint say of the stack."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.infra.template import Template

# The CDK states dependencies that CloudFormation would see by itself: doubled, not wrong.
DOUBLED = "W3005"


@pytest.fixture(params=["template", "existing"])
def variant(request: pytest.FixtureRequest) -> Template:
    """The default template, and that of an existing bucket."""
    made = request.getfixturevalue(request.param)
    assert isinstance(made, Template)
    return made


def test_cdk_nag_finds_nothing_unanswered(variant: Template) -> None:
    """Every finding of the AwsSolutions rules is mended or acknowledged."""
    [report] = variant.report["pluginReports"]
    assert report["pluginName"] == "AwsSolutions"
    assert (report["conclusion"], report["violations"]) == ("success", [])


def test_every_acknowledgement_has_a_reason(variant: Template) -> None:
    """What may stand says why, in a sentence."""
    [report] = variant.report["pluginReports"]
    reasons = {it["acknowledgedId"]: it["reason"] for it in report["suppressedViolations"]}
    assert reasons
    assert {
        name for name, reason in reasons.items() if len(reason) < 40 or reason[-1] != "."
    } == set()


def test_acknowledgements_stay_out_of_the_template(variant: Template) -> None:
    """With cdk-nag or without, CloudFormation gets the same bytes."""
    assert not [it for it in variant.body["Resources"].values() if "Metadata" in it]


def test_cfn_lint_finds_nothing(template: Template, existing: Template) -> None:
    """The templates are what CloudFormation documents."""
    lint = Path(sys.executable).parent / "cfn-lint"
    files = [str(made.file) for made in (template, existing)]
    done = subprocess.run(
        [lint, "--ignore-checks", DOUBLED, "--format", "parseable", "--template", *files],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
