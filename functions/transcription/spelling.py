"""How words are written one after the other: with a space between, where their script has one."""

import re
from collections.abc import Iterable
from typing import Final

# Punctuation that is as wide as a Chinese character, and brings its own space.
_MARKS: Final = "\u3000-\u3004\u3008-\u3020\u3030\u303d\ufe10-\ufe4f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"  # noqa: E501 one class
# Chinese and Japanese, in which words stand without spaces; so they do in Thai, Lao, Burmese and
# Khmer, whose letters are narrow.
_HAN_KANA: Final = (
    "\u2e80-\u2fff\u3005-\u3007\u3021-\u302f\u3031-\u303e\u3041-\u312f\u3190-\u9fff\uf900-\ufaff"
    "\U0001aff0-\U0001b16f\U00020000-\U0003ffff"
)
_NARROW: Final = "\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\uaa60-\uaa7f\uff66-\uff9f"
_HANGUL: Final = "\u1100-\u115f\u3130-\u318f\ua960-\ua97f\uac00-\ud7a3"
_FULL_WIDTH_LATIN: Final = "\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uffe0-\uffe6"

_UNSPACED: Final = f"[{_MARKS}{_HAN_KANA}{_NARROW}]"
_NEEDLESS: Final = re.compile(f"(?<={_UNSPACED}) (?={_UNSPACED})| (?=[{_MARKS}])|(?<=[{_MARKS}]) ")
# Letters as wide as they are high, for a class of a regular expression.
FULL_WIDTH: Final = f"{_MARKS}{_HAN_KANA}{_HANGUL}{_FULL_WIDTH_LATIN}"
_FULL_WIDTH: Final = re.compile(f"[{FULL_WIDTH}]")


def joined(texts: Iterable[str]) -> str:
    """Words as running text; Chinese and Japanese ones get no spaces between them."""
    text = " ".join(texts)
    return text if text.isascii() else _NEEDLESS.sub("", text)


def apart(left: str, right: str) -> bool:
    """Whether a space stands between two words."""
    return _NEEDLESS.search(f"{left[-1:]} {right[:1]}") is None


def is_full_width(text: str) -> bool:
    """Whether there is a Chinese, Japanese or Korean letter in it, as wide as it is high."""
    return not text.isascii() and _FULL_WIDTH.search(text) is not None
