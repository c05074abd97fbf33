"""What the voices of a recording are called: by the names that somebody gave, or by number.

Names go to the speakers where speakers are told apart, the first one to number 0; else to the
channels. Where both are told apart, they go to the channels if nobody shares one, else to the
speakers of all channels, counted through. A lone voice is called by the one name that was given,
or not at all: of several names, nobody told us whose it is.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from transcription.transcript import Transcript, Voice

NOBODY = "Unknown speaker"  # heard among others, without a number


@dataclass(frozen=True, slots=True)
class Voices:
    """Everybody who is heard, with what they are called; None for a lone voice without a name."""

    called: Mapping[Voice, str | None] = field(default_factory=dict)

    def name(self, voice: Voice) -> str | None:
        """What to call a speaker of a channel."""
        return self.called.get(voice)


def voices_of(transcript: Transcript, names: Sequence[str]) -> Voices:
    """The voices of a transcript, in the order of channel and number."""
    heard = sorted(
        transcript.voices, key=lambda voice: (voice[0], -1 if voice[1] is None else voice[1])
    )
    many = transcript.channels > 1
    if len(heard) == 1 and not _is_told(heard[0], names, many):
        return Voices({heard[0]: None})
    numbers = _numbers(heard, many)
    return Voices({voice: _name(voice, numbers, names, many) for voice in heard})


def _is_told(voice: Voice, names: Sequence[str], many: bool) -> bool:
    """Whether the name of a lone voice is known."""
    return bool(names) and (len(names) == 1 or many or voice[1] is not None)


def _numbers(heard: Collection[Voice], many: bool) -> Mapping[Voice, int]:
    """The number of each speaker from 0; empty where the channels are named."""
    apart = [voice for voice in heard if voice[1] is not None]
    if not many:
        return {voice: voice[1] or 0 for voice in apart}
    if len({channel for channel, _ in heard}) == len(heard):
        return {}
    return {voice: number for number, voice in enumerate(apart)}


def _name(
    voice: Voice, numbers: Mapping[Voice, int], names: Sequence[str], many: bool
) -> str | None:
    if voice in numbers:
        return _given(names, numbers[voice]) or f"Speaker {numbers[voice] + 1}"
    channel = f"Channel {voice[0] + 1}" if many else None
    if numbers:
        return channel or NOBODY
    return _given(names, voice[0]) or channel


def _given(names: Sequence[str], number: int) -> str | None:
    return names[number] if number < len(names) else None
