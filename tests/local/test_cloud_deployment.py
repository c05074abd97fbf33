"""Deploying a cloud assembly to an embedded cloud of its own."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dropscribe.local.assembly import Assembly
from dropscribe.local.cloud import Cloud
from dropscribe.local.deployment import PLACEHOLDER, deploy, set_api_key
from dropscribe.local.errors import LocalError
from dropscribe.local.home import Home
from dropscribe.local.settings import Settings

HANDLER = "import os\n\ndef handler(event, context):\n    return os.environ['SAYS']\n"
ROLE = {
    "Type": "AWS::IAM::Role",
    "Properties": {
        "AssumeRolePolicyDocument": {
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "lambda.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                }
            ]
        }
    },
}

# The queue has no policy that lets the bucket send to it.
FORBIDDEN = {
    "Type": "AWS::S3::Bucket",
    "Properties": {
        "NotificationConfiguration": {
            "QueueConfigurations": [
                {"Event": "s3:ObjectCreated:*", "Queue": {"Fn::GetAtt": ["Queue", "Arn"]}}
            ]
        }
    },
}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    settings = Settings(api_base_url="http://127.0.0.1:9/v1", persist=False)
    with Cloud.on_free_ports(Home(tmp_path_factory.mktemp("home")), settings) as cloud:
        yield cloud


def template(says: str = "hello") -> dict[str, Any]:
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Code": {"S3Bucket": {"Fn::Sub": "assets-${AWS::AccountId}"}, "S3Key": "bundle.zip"},
            "Handler": "say.handler",
            "Runtime": "python3.12",
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "Environment": {"Variables": {"SAYS": says, "URL": {"Ref": "ApiBaseUrl"}}},
        },
    }
    secret = {"Type": "AWS::SecretsManager::Secret", "Properties": {"SecretString": PLACEHOLDER}}
    return {
        "Parameters": {"ApiBaseUrl": {"Type": "String", "Default": "https://api.example/v1"}},
        "Resources": {"Role": ROLE, "Say": function, "Key": secret},
        "Outputs": {
            "Function": {"Value": {"Ref": "Say"}},
            "Secret": {"Value": {"Fn::GetAtt": ["Key", "Id"]}},
        },
    }


def assembly(folder: Path, stack: str, body: dict[str, Any]) -> Assembly:
    """A cloud assembly as the CDK writes one: manifest, template, assets, a folder to zip."""
    (folder / "asset.bundle").mkdir(exist_ok=True)
    (folder / "asset.bundle" / "say.py").write_text(HANDLER)
    (folder / "t.json").write_text(json.dumps(body))
    files = {
        "bundle.zip": {"path": "asset.bundle", "packaging": "zip"},
        "t.json": {"path": "t.json", "packaging": "file"},
    }
    listed = {
        key: {
            "source": source,
            "destinations": {"here": {"bucketName": "assets-${AWS::AccountId}", "objectKey": key}},
        }
        for key, source in files.items()
    }
    properties = {
        "templateFile": "t.json",
        "stackTemplateAssetObjectUrl": "s3://assets-${AWS::AccountId}/t.json",
    }
    artifacts = {
        "Assets": {"type": "cdk:asset-manifest", "properties": {"file": "assets.json"}},
        stack: {"type": "aws:cloudformation:stack", "properties": properties},
    }
    (folder / "assets.json").write_text(json.dumps({"files": listed}))
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    return Assembly.read(folder)


def says(cloud: Cloud, function: str) -> Any:
    answer = cloud.connection.session().client("lambda").invoke(FunctionName=function)
    return json.load(answer["Payload"])


def test_a_deployed_function_runs_from_its_published_asset(cloud: Cloud, tmp_path: Path) -> None:
    """The folder asset is zipped and uploaded where the template looks for it."""
    outputs = deploy(cloud.connection, assembly(tmp_path, "First", template()), {})
    assert says(cloud, outputs["Function"]) == "hello"


def test_a_changed_template_updates_the_stack(cloud: Cloud, tmp_path: Path) -> None:
    """Deploying again changes what changed and keeps the function."""
    before = deploy(cloud.connection, assembly(tmp_path, "Second", template()), {})
    after = deploy(cloud.connection, assembly(tmp_path, "Second", template("bye")), {})
    assert after == before
    assert says(cloud, after["Function"]) == "bye"


def test_an_unchanged_stack_is_left_alone(cloud: Cloud, tmp_path: Path) -> None:
    """Deploying the same again is no error and answers the same outputs."""
    same = assembly(tmp_path, "Third", template())
    assert deploy(cloud.connection, same, {}) == deploy(cloud.connection, same, {})


def test_only_parameters_that_the_template_knows_are_given(cloud: Cloud, tmp_path: Path) -> None:
    """A parameter reaches the function's environment; one that is not declared is no error."""
    given = {"ApiBaseUrl": "http://here/v1", "Unknown": "1"}
    outputs = deploy(cloud.connection, assembly(tmp_path, "Fourth", template()), given)
    functions = cloud.connection.session().client("lambda")
    found = functions.get_function_configuration(FunctionName=outputs["Function"])
    assert found["Environment"]["Variables"]["URL"] == "http://here/v1"


def test_a_failed_stack_names_the_resource_and_then_deploys_anew(
    cloud: Cloud, tmp_path: Path
) -> None:
    """What failed is told by name; the mended template replaces the rolled-back stack."""
    broken = template()
    broken["Resources"] |= {"Queue": {"Type": "AWS::SQS::Queue"}, "Uploads": FORBIDDEN}
    with pytest.raises(LocalError, match=r"Uploads \(AWS::S3::Bucket\)"):
        deploy(cloud.connection, assembly(tmp_path, "Fifth", broken), {})
    outputs = deploy(cloud.connection, assembly(tmp_path, "Fifth", template()), {})
    assert says(cloud, outputs["Function"]) == "hello"


def test_a_key_that_somebody_set_is_kept(cloud: Cloud, tmp_path: Path) -> None:
    """The placeholder is replaced once; whatever else the secret holds stays."""
    secret = deploy(cloud.connection, assembly(tmp_path, "Sixth", template()), {})["Secret"]
    assert set_api_key(cloud.connection, secret, "mine")
    assert not set_api_key(cloud.connection, secret, "other")
    secrets = cloud.connection.session().client("secretsmanager")
    assert secrets.get_secret_value(SecretId=secret)["SecretString"] == "mine"


def test_after_a_crash_the_stack_is_deployed_anew(tmp_path: Path) -> None:
    """Killed, the emulator remembers its buckets but no stack; deploying again heals that."""
    (tmp_path / "out").mkdir()
    first = assembly(tmp_path / "out", "First", template())
    settings = Settings(api_base_url="http://127.0.0.1:9/v1")
    with Cloud.on_free_ports(Home(tmp_path / "home"), settings) as cloud:
        deploy(cloud.connection, first, {})
        running = cloud.running()
        assert running is not None
        running.stop(patience=0)
        cloud.start()
        outputs = deploy(cloud.connection, first, {})
        assert says(cloud, outputs["Function"]) == "hello"


def test_a_folder_that_is_no_assembly_is_told(tmp_path: Path) -> None:
    """The error says which file is missing and how to make it."""
    with pytest.raises(LocalError, match="make synth"):
        Assembly.read(tmp_path)
