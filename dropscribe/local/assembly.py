"""A cloud assembly on disk: what the CDK wrote, read the way its own command line reads it."""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dropscribe.local.connection import ACCOUNT, REGION
from dropscribe.local.errors import LocalError


@dataclass(frozen=True)
class Asset:
    """A file or folder that the template refers to by where it will lie in S3."""

    source: Path
    packaging: str  # "file" or "zip"
    bucket: str
    key: str

    def content(self) -> bytes:
        """The bytes to upload; a folder as a zip that depends on nothing but its files."""
        if self.packaging == "file" or self.source.is_file():
            return self.source.read_bytes()
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(path for path in self.source.rglob("*") if path.is_file()):
                archive.writestr(_entry(path, self.source), path.read_bytes())
        return packed.getvalue()


@dataclass(frozen=True)
class Assembly:
    """The one stack of a cloud assembly."""

    stack: str
    template: str  # where it lies in S3 once the assets are there: "<bucket>/<key>"
    parameters: frozenset[str]
    assets: tuple[Asset, ...]

    @classmethod
    def read(cls, folder: Path) -> "Assembly":
        """Read `manifest.json` and what it names. Raises LocalError unless it has one stack."""
        manifest = _json(folder / "manifest.json")
        stacks = {
            name: artifact["properties"]
            for name, artifact in manifest["artifacts"].items()
            if artifact["type"] == "aws:cloudformation:stack"
        }
        if len(stacks) != 1:
            raise LocalError(f"{folder} holds {len(stacks)} stacks; exactly one can be deployed.")
        (name, properties), *_ = stacks.items()
        return cls(
            stack=properties.get("stackName", name),
            template=_resolved(properties["stackTemplateAssetObjectUrl"]).removeprefix("s3://"),
            parameters=frozenset(_json(folder / properties["templateFile"]).get("Parameters", ())),
            assets=tuple(_assets(folder, manifest)),
        )


def _assets(folder: Path, manifest: Mapping[str, Any]) -> Iterator[Asset]:
    for artifact in manifest["artifacts"].values():
        if artifact["type"] != "cdk:asset-manifest":
            continue
        for file in _json(folder / artifact["properties"]["file"])["files"].values():
            for destination in file["destinations"].values():
                yield Asset(
                    folder / file["source"]["path"],
                    file["source"].get("packaging", "file"),
                    _resolved(destination["bucketName"]),
                    _resolved(destination["objectKey"]),
                )


def _resolved(text: str) -> str:
    values = {"AccountId": ACCOUNT, "Region": REGION, "Partition": "aws"}
    for name, value in values.items():
        text = text.replace(f"${{AWS::{name}}}", value)
    return text


def _entry(path: Path, root: Path) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(str(path.relative_to(root)), (1980, 1, 1, 0, 0, 0))
    entry.external_attr = (path.stat().st_mode & 0o777) << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise LocalError(
            f"{path} is not part of a cloud assembly ({error}). Make it anew with: make synth"
        ) from error
