"""Options together: which need another, and which do nothing beside another or on a model."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from transcription.layers import BadOption, Place
from transcription.parameters import FLAG, PARAMETERS, Family, Parameter, family


class Setting(NamedTuple):
    """An option's value, the place that it comes from, and how strong that place is."""

    value: Any
    place: Place
    strength: int

    @property
    def is_on(self) -> bool:
        return self.value is not False


Settings = Mapping[str, Setting]


def settled(found: Settings) -> tuple[Settings, list[str]]:
    """The options that can go together, and a warning for each that was left out.

    What a weaker place asks for is left out when a stronger one switches off what it needs. Any
    other option without what it needs raises BadOption.
    """
    lame = [name for name, setting in found.items() if _lacks(name, setting, found)]
    warnings = [_left_out(name, found) for name in lame]
    return {name: it for name, it in found.items() if name not in lame}, warnings


def doubts(model: str, found: Settings) -> Iterator[str]:
    """What is sent and does nothing, or not what it seems to: a sentence for each."""
    if _names_nobody(model, found):
        yield f"{_named('speakers', found['speakers'])} needs diarize=true or multi_channel=true"
    for name, setting in found.items():
        known = PARAMETERS.get(name)
        if known is None:
            continue
        if setting.is_on and family(model) in known.ignored_by:
            yield f"{_named(name, setting)} does nothing on the model {model}"
        if setting.is_on and known.english and not _is_english(found):
            spoken = found["language"]
            yield f"{_named(name, setting)} is for English only, but {_named('language', spoken)}"
        if _is_overruled(setting, found.get(known.overruled_by)):
            by = found[known.overruled_by]
            yield f"{_named(name, setting)} does nothing beside {_named(known.overruled_by, by)}"


def _names_nobody(model: str, found: Settings) -> bool:
    """Several names, where nothing tells voices apart that we know of."""
    if "speakers" not in found or family(model) is Family.OTHER:
        return False
    apart = any(found[name].is_on for name in ("diarize", "multi_channel") if name in found)
    return len(found["speakers"].value) > 1 and not apart


def _lacks(name: str, setting: Setting, found: Settings) -> bool:
    known = PARAMETERS.get(name)
    if known is None or not known.needs or not setting.is_on:
        return False
    needed = [found[other] for other in known.needs if other in found]
    if any(other.is_on for other in needed):
        return False
    if any(other.strength > setting.strength for other in needed):
        return True
    raise BadOption(_alone(name, setting, known, found))


def _alone(name: str, setting: Setting, known: Parameter, found: Settings) -> str:
    wanted = " or ".join(map(_switched_on, known.needs))
    off = [
        f"{other}=false stands {it.place.phrase}"
        for other in known.needs
        if (it := found.get(other))
    ]
    but = f", but {' and '.join(off)}" if off else ", which nothing sets"
    return (
        f"The option {name} {setting.place.phrase} is {_typed(setting.value)} "
        f"and needs {wanted}{but}: set that, or leave {name} out"
    )


def _switched_on(name: str) -> str:
    return f"{name}=true" if PARAMETERS[name].kind is FLAG else name


def _left_out(name: str, found: Settings) -> str:
    needs = PARAMETERS[name].needs
    other = max((it for it in needs if it in found), key=lambda it: found[it].strength)
    off = _named(other, found[other])
    return f"{_named(name, found[name])} is left out, for it needs {other}, and {off}"


def _named(name: str, setting: Setting) -> str:
    return f"{name}={_typed(setting.value)} ({setting.place.source})"


def _typed(value: Any) -> str:
    """A typed value as people would type it, short enough to read."""
    match value:
        case bool():
            text = str(value).lower()
        case float():
            text = f"{value:g}"
        case list():
            text = ",".join(map(str, value))
        case _:
            text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _is_english(found: Settings) -> bool:
    if "language" not in found:
        return True
    return str(found["language"].value).lower().split("-")[0] == "en"


def _is_overruled(setting: Setting, by: Setting | None) -> bool:
    """A stronger place that overrules a weaker one knew what it did: that is nothing to tell."""
    return bool(by and by.is_on and setting.value is not True and setting.strength >= by.strength)
