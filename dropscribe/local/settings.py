"""How one embedded cloud is run."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from dropscribe.local.home import write_private
from dropscribe.local.process import LOOPBACK


@dataclass(frozen=True)
class Settings:
    """The choices of one `up`; the next one starts from them."""

    port: int = 4566
    speech_port: int = 4567
    model: str = "tiny.en"
    scale: float = 0.1  # of the state machine's waits: 60 s become 6 s
    api_base_url: str | None = None  # None: a Whisper on this machine
    workers: int = 6  # Lambdas that run at the same time
    persist: bool = True  # whether tables and objects outlive a stop

    def speech_url(self) -> str:
        """The API's base URL, for the stack."""
        return self.api_base_url or f"http://{LOOPBACK}:{self.speech_port}/v1"

    def save(self, path: Path) -> None:
        write_private(path, json.dumps(asdict(self), indent=1).encode())

    @classmethod
    def load(cls, path: Path) -> "Settings":
        """The settings of the last start; the defaults where there was none."""
        try:
            return cls(**json.loads(path.read_text()))
        except (OSError, ValueError, TypeError):
            return cls()
