"""docs/options.md, made from the table of parameters itself: `make docs`."""

from collections.abc import Iterator

from transcription.parameters import KNOWN

HEAD = """# Options of one file

What a file is transcribed with comes from four places. The later one wins, option by option:

1. **the stack**: the settings `model` and `defaultOptions` ([settings.md](settings.md));
2. **rules** for all keys that begin alike, from the shortest prefix to the longest;
3. **the object's tags**: `stt-language` = `pt`;
4. **the object's metadata**: `x-amz-meta-stt-language: pt`, as `dropscribe put -o language=pt`
   writes it.

The row says what holds and whose it is (`options`, `option_sources`; `dropscribe show KEY`), and
`dropscribe rules test KEY` says it beforehand. A wrong option rejects the file before anything is
sent or paid, with a `reason` that names the option, its value, the place and what is allowed. What
does nothing on the chosen model, or beside another option, stands on the row as one of `warnings`.

**How they are written.** `-` and `_` are alike, in any letter case. Flags are true, yes, on, 1 or
false, no, off, 0; numbers take a decimal point or comma. Lists are separated by commas, in a tag,
which can hold none, by slashes; where an item has a comma in it, write a JSON list:
`["money, or not", "love"]`. Metadata is ASCII: what isn't goes as RFC 2047 (`dropscribe put` does
so), and all of it together takes 2 KB. Longer lists go through a rule. All options of a file
together, with the places that they come from, take 6 KB: they stand on its row.

**What this table lacks** (`keyterm`, `redact`, `prompt`, tomorrow's) is passed on as it is where
somebody says so: `stt-pass-keyterm` in metadata and tags, `-o pass-keyterm=...` on the command
line, `"pass": {"keyterm": ...}` in a rule. The value is JSON where it reads as JSON, else text.

**The voices' names** are an option of our own, `speakers`, which the API is never told:
`x-amz-meta-stt-speakers: Agent, Customer`, the tag `stt-speakers` = `Agent/Customer`,
`put -o speakers=Agent,Customer`, or `speakers` in a rule, beside its `options`. They stand on the
row as `speaker_names`. [renditions.md](renditions.md) says who gets which name.

## Rules

`dropscribe rules set FILE` puts them in force within a minute, without a deployment:

```json
{
  "version": 1,
  "rules": [
    {"prefix": "", "options": {"smart_format": true}},
    {"prefix": "calls/pt/", "options": {"language": "pt"}, "pass": {"keyterm": "Lisboa"}},
    {"prefix": "support/", "options": {"multi_channel": true}, "speakers": ["Agent", "Customer"]}
  ]
}
```

They are checked when they are set. If somebody breaks them by hand, files go on without any rule:
each such row carries a warning, and the metrics `BrokenRules` and `OperatorMustAct` count it.

## The parameters

| option | sent as | takes | meaning | but |
|---|---|---|---|---|
"""


def page() -> str:
    """The page, as Markdown."""
    return HEAD + "".join(f"| {' | '.join(_row(name))} |\n" for name in KNOWN)


def _row(name: str) -> Iterator[str]:
    known = KNOWN[name]
    yield f"`{name}`"
    yield known.kind.sent_as
    yield known.kind.takes
    yield known.meaning
    yield known.remarks


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201 it goes to a file
