"""Words as running text."""

import pytest
from transcription.spelling import apart, is_full_width, joined


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("It was so", "It was so"),
        ("你 好 ， 世界 。", "你好，世界。"),  # noqa: RUF001 full-width
        ("東京 タワー へ 行く", "東京タワーへ行く"),
        ("我 用 iPhone 打 电话", "我用 iPhone 打电话"),
        ("Hello ！ OK", "Hello！OK"),  # noqa: RUF001
        ("안녕 여러분", "안녕 여러분"),
        ("مرحبا بالعالم", "مرحبا بالعالم"),
        ("สวัสดี ครับ", "สวัสดีครับ"),
        ("", ""),
    ],
)
def test_words_are_joined_as_their_script_does(words: str, text: str) -> None:
    """With spaces, but for Chinese, Japanese and Thai; full-width punctuation brings its own."""
    assert joined(words.split()) == text
    pairs = zip(words.split(), words.split()[1:], strict=False)
    assert sum(apart(*pair) for pair in pairs) == text.count(" ")


@pytest.mark.parametrize(
    ("text", "wide"),
    [("so", False), ("café", False), ("😀", False), ("ｶﾅ", False), ("好", True), ("a。", True)],
)
def test_full_width_letters_are_known(text: str, wide: bool) -> None:
    """Chinese, Japanese and Korean; neither emoji nor half-width letters."""
    assert is_full_width(text) is wide
