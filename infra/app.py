"""Synthesise the stack: `python -m infra.app` writes cdk.out, `cdk deploy` does both."""

import json
import os
import sys
from pathlib import Path
from typing import Any

from aws_cdk import App

from infra import nag
from infra.settings import SettingError, Settings
from infra.stack import DropscribeStack

ROOT = Path(__file__).parent.parent


def build(app: App) -> DropscribeStack:
    """The stack that an app's context asks for; raises SettingError."""
    settings = Settings.read(app.node.get_all_context())
    stack = DropscribeStack(app, settings, description="Recordings in, transcripts out: Dropscribe")
    nag.accept(stack)
    return stack


def context() -> dict[str, Any]:
    """What cdk.json says, where no CDK CLI has said it: the template must be the same."""
    if "CDK_CONTEXT_JSON" in os.environ:
        return {}
    return dict(json.loads((ROOT / "cdk.json").read_text())["context"])


def main() -> None:
    app = App(
        outdir=os.environ.get("CDK_OUTDIR", str(ROOT / "cdk.out")),
        context=context(),
        analytics_reporting=False,
    )
    try:
        build(app)
    except SettingError as error:
        sys.exit(str(error))
    app.synth()


if __name__ == "__main__":
    main()
