"""The options of one file: what each place asks for, the stronger over the weaker, as one."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from transcription.combinations import Setting, doubts, settled
from transcription.layers import STACK, BadOption, Layer, read

# Of all options together, in bytes of JSON: a row holds 400 KB, and its indexes copy it.
LARGEST: Final = 128 * 1024


@dataclass(frozen=True, slots=True)
class Effective:
    """What a file is sent with, where each option comes from, and what is odd about it."""

    model: str
    options: Mapping[str, Any]
    sources: Mapping[str, str]
    warnings: tuple[str, ...] = ()


def effective(layers: Iterable[Layer]) -> Effective:
    """The options of one file from its layers, the weakest first; raises BadOption.

    One of the layers must name the model.
    """
    found: dict[str, Setting] = {}
    for strength, layer in enumerate(layers):
        for name, value in layer.options.items():
            found[name] = Setting(value, layer.place, strength)
    kept, left_out = settled(found)
    options = {name: setting.value for name, setting in kept.items()}
    model = options.pop("model")
    _refuse_too_much(options)
    sources = {name: setting.place.source for name, setting in kept.items()}
    return Effective(model, options, sources, (*left_out, *doubts(model, kept)))


def stack_layer(model: str, defaults: Mapping[str, Any]) -> Layer:
    """What the stack asks for each file, from its settings; raises BadOption."""
    return read(STACK, {"model": model, **defaults}.items())


def _refuse_too_much(options: Mapping[str, Any]) -> None:
    sizes = {name: len(json.dumps(value).encode()) for name, value in options.items()}
    if (size := sum(sizes.values())) > LARGEST:
        longest = max(sizes, key=lambda name: sizes[name])
        raise BadOption(
            f"All options together take {size:,} bytes, but may take {LARGEST:,}: "
            f"shorten {longest}, the longest"
        )
