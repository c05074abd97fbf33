"""The options of one file: what each place asks for, the stronger over the weaker, as one."""

import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from transcription.combinations import Setting, Settings, doubts, settled
from transcription.layers import STACK, BadOption, Layer, read

# Of all options together, in bytes: they stand on the row, which its indexes copy.
LARGEST: Final = 6 * 1024
# Of all warnings together, in bytes.
MOST_WARNINGS: Final = 1500


@dataclass(frozen=True, slots=True)
class Effective:
    """What a file is sent with, where each option comes from, and what is odd about it.

    `speaker_names` is for us, and what the API is never told.
    """

    model: str
    options: Mapping[str, Any]
    sources: Mapping[str, str]
    warnings: tuple[str, ...] = ()
    speaker_names: tuple[str, ...] = ()


def effective(layers: Iterable[Layer]) -> Effective:
    """The options of one file from its layers, the weakest first; raises BadOption.

    One of the layers must name the model.
    """
    found: dict[str, Setting] = {}
    for strength, layer in enumerate(layers):
        for name, value in layer.options.items():
            found[name] = Setting(value, layer.place, strength)
    kept, left_out = settled(found)
    _refuse_too_much(kept)
    options = {name: setting.value for name, setting in kept.items()}
    model, names = options.pop("model"), tuple(options.pop("speakers", ()))
    sources = {name: setting.place.source for name, setting in kept.items()}
    warnings = _brief([*left_out, *doubts(model, kept)])
    return Effective(model, options, sources, warnings, names)


def stack_layer(model: str, defaults: Mapping[str, Any]) -> Layer:
    """What the stack asks for each file, from its settings; raises BadOption."""
    return read(STACK, {"model": model, **defaults}.items())


def _refuse_too_much(found: Settings) -> None:
    sizes = {name: _size(name, setting) for name, setting in found.items()}
    if (size := sum(sizes.values())) > LARGEST:
        longest = max(sizes, key=lambda name: sizes[name])
        raise BadOption(
            f"All options together take {size:,} bytes, but may take {LARGEST:,}: "
            f"shorten {longest}, the longest"
        )


def _size(name: str, setting: Setting) -> int:
    """The bytes that an option takes on the row: its value and where it comes from, both named."""
    value = json.dumps(setting.value, ensure_ascii=False)
    return sum(len(text.encode()) for text in (name, value, name, setting.place.source))


def _brief(warnings: Sequence[str]) -> tuple[str, ...]:
    """The first warnings, as many as a row has room for, and how many more there are."""
    sizes = itertools.accumulate(len(warning.encode()) for warning in warnings)
    fitting = sum(1 for size in sizes if size <= MOST_WARNINGS)
    more = len(warnings) - fitting
    said = f"{more} more of the kind: fewer options would make fewer warnings"
    return (*warnings[:fitting], *([said] if more else []))
