"""Where one embedded cloud keeps what is its own: `.dropscribe/`, or wherever it is told."""

import fcntl
import os
import secrets
import shlex
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dropscribe.local.errors import LocalError

REPOSITORY = Path(__file__).resolve().parents[2]
HOME_VARIABLE = "DROPSCRIBE_HOME"
MARKER = "dropscribe-local"


@dataclass(frozen=True)
class Home:
    """One embedded cloud's folder. Two clouds never share one."""

    path: Path

    @classmethod
    def find(cls, path: str | os.PathLike[str] | None = None) -> "Home":
        """The folder named, else `$DROPSCRIBE_HOME`, else `.dropscribe/` in the repository."""
        chosen = path or os.environ.get(HOME_VARIABLE) or REPOSITORY / ".dropscribe"
        return cls(Path(chosen).expanduser().resolve())

    @property
    def certificate(self) -> Path:
        """PEM; also the CA bundle that callers need, because nobody signed it but itself."""
        return self.path / "certificate.pem"

    @property
    def private_key(self) -> Path:
        return self.path / "private-key.pem"

    @property
    def settings(self) -> Path:
        return self.path / "settings.json"

    @property
    def state(self) -> Path:
        """What survives a `down`: tables, queues, stacks, and the objects."""
        return self.path / "state"

    @property
    def temporary(self) -> Path:
        """The workers' unpacked bundles. The emulator does not remove them, so we do."""
        return self.path / "tmp"

    @property
    def option(self) -> str:
        """How a command names this folder, if it must."""
        return "" if self == Home.find() else f" --home {shlex.quote(str(self.path))}"

    def record(self, part: str) -> Path:
        """Which process runs `part`."""
        return self.path / f"{part}.json"

    def log(self, part: str) -> Path:
        return self.path / f"{part}.log"

    def api_key(self) -> str:
        """The key that the local speech server accepts, made on first use."""
        path = self.path / "api-key"
        if not path.exists():
            write_private(path, secrets.token_urlsafe(24).encode())
        return path.read_text()

    def is_ours(self) -> bool:
        """Whether a cloud was made here: only then is anything ever removed."""
        return (self.path / MARKER).exists()

    def claim(self) -> None:
        """Make the folder, or raise LocalError where one with other things in it lies."""
        self.path.mkdir(parents=True, exist_ok=True)
        if not self.is_ours() and any(self.path.iterdir()):
            raise LocalError(
                f"{self.path} holds other things. Choose an empty folder, or one that is not "
                "there yet, with --home."
            )
        (self.path / MARKER).touch()

    def purge(self) -> None:
        """Forget everything: objects, tables, logs, certificate."""
        if self.is_ours():
            shutil.rmtree(self.path, ignore_errors=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold this folder against a second `up` or `down`; a killed holder lets go by itself."""
        self.claim()
        with (self.path / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise LocalError(
                    f"Another `dropscribe local` is at work in {self.path}; "
                    "wait for it to end and try again."
                ) from error
            yield


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    staging = path.with_name(f"{path.name}.new")
    staging.unlink(missing_ok=True)
    staging.touch(mode=0o600)
    staging.write_bytes(content)
    staging.replace(path)
