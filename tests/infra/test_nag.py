"""What cdk-nag and cfn-lint say of the stack."""

import json

import pytest
from cfnlint import lint
from cfnlint.config import ManualArgs

from tests.infra.conftest import Synthesize
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


@pytest.mark.parametrize("settings", [{}, {"existingBucket": "their-recordings"}])
def test_cfn_lint_finds_nothing(synthesize: Synthesize, settings: dict[str, str]) -> None:
    """The template is what CloudFormation documents, in every region that has the services."""
    text = json.dumps(synthesize(**settings).body)
    found = lint(text, config=ManualArgs(ignore_checks=[DOUBLED], regions=["us-east-1"]))
    assert [f"{it.rule.id} {it.message}" for it in found] == []
