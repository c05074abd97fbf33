"""The Lambdas' code, built without Docker: functions/ and its pinned dependencies, no boto3."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import jsii
from aws_cdk import BundlingOptions, DockerImage, ILocalBundling
from aws_cdk import aws_lambda as lambda_

FUNCTIONS: Final = Path(__file__).parent.parent / "functions"
# What may lie in functions/ and never runs.
LEFT_OUT: Final = ("__pycache__", "*.pyc", ".*_cache", "requirements.in")
# What the packages bring and never runs: commands, records of the installation, and the part of
# Powertools for web requests, which is half of all the bytes.
TRIMMED: Final = ("bin", "*.dist-info", "aws_lambda_powertools/event_handler")


@jsii.implements(ILocalBundling)
class PinnedPackages:
    """Installs what functions/requirements.txt pins by hash, next to the source."""

    def try_bundle(
        self,
        output_dir: str,
        *,
        image: DockerImage,  # noqa: ARG002 jsii calls it by this name
        **_options: Any,
    ) -> bool:
        bundle(Path(output_dir))
        return True


def bundle(target: Path) -> None:
    """Fill a folder with what lies in /var/task: the same files for the same sources."""
    install = f"{sys.executable} -m pip install --quiet --disable-pip-version-check".split()
    pinned = ["--no-deps", "--no-compile", "--only-binary=:all:", "--require-hashes"]
    where = ["--requirement", str(FUNCTIONS / "requirements.txt"), "--target", str(target)]
    subprocess.run([*install, *pinned, *where], check=True, stdout=sys.stderr)  # noqa: S603
    for pattern in TRIMMED:
        for unused in target.glob(pattern):
            shutil.rmtree(unused)
    ignored = shutil.ignore_patterns(*LEFT_OUT, "requirements.txt")
    shutil.copytree(FUNCTIONS, target, dirs_exist_ok=True, ignore=ignored)


def code() -> lambda_.Code:
    """The asset. Its hash, by which a build is found again, is of the sources and this recipe."""
    recipe = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    return lambda_.Code.from_asset(
        str(FUNCTIONS),
        exclude=[*LEFT_OUT, *(f"**/{pattern}" for pattern in LEFT_OUT)],
        bundling=BundlingOptions(
            image=DockerImage.from_registry("unused"),
            local=PinnedPackages(),
            environment={"RECIPE": recipe},
        ),
    )
