"""docs/events.md, read: what stands between its fences."""

import json
import re
from pathlib import Path

PAGE = (Path(__file__).parents[1] / "docs" / "events.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """Everything that is fenced off as a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


EXAMPLE, PATTERN = map(json.loads, blocks("json"))
STACKS = {re.findall(r"class (\w+)\(Stack\)", code)[0]: code for code in blocks("python")}
