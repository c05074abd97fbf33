"""The Lambdas' code, built without Docker: functions/ and its pinned dependencies, no boto3."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import jsii
from aws_cdk import BundlingOptions, DockerImage, ILocalBundling
from aws_cdk import aws_lambda as lambda_

FUNCTIONS: Final = Path(__file__).parent.parent / "functions"
# What is in the folder, but not in the bundle and not in its hash.
LEFT_OUT: Final = ("__pycache__", "**/__pycache__", "**/*.pyc", ".mypy_cache", "requirements.in")


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
    for extra in [*target.glob("bin"), *target.glob("*.dist-info")]:
        shutil.rmtree(extra)
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc", ".mypy_cache", "requirements.*")
    shutil.copytree(FUNCTIONS, target, dirs_exist_ok=True, ignore=ignored)


def code() -> lambda_.Code:
    return lambda_.Code.from_asset(
        str(FUNCTIONS),
        exclude=list(LEFT_OUT),
        bundling=BundlingOptions(image=DockerImage.from_registry("unused"), local=PinnedPackages()),
    )
