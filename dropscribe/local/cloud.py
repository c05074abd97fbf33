"""The embedded cloud: an emulated AWS and a speech server, in the background on this machine."""

import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace

from dropscribe.local import parts, process
from dropscribe.local.assembly import Assembly
from dropscribe.local.certificate import ensure_certificate
from dropscribe.local.connection import Connection
from dropscribe.local.deployment import deploy, set_api_key
from dropscribe.local.errors import LocalError, NotRunning
from dropscribe.local.home import Home
from dropscribe.local.parts import CLOUD, NAMES, SPEECH, Part
from dropscribe.local.pin import require_pin
from dropscribe.local.process import Process
from dropscribe.local.settings import Settings

Progress = Callable[[str], None]

PATIENCE = 60.0  # seconds for a part to start


def silent(_: str) -> None:
    """Progress for whoever does not look."""


class Cloud:
    """One embedded cloud: `with Cloud(home, settings) as cloud` starts and stops it.

    All there is to know lies in `home`: the next object made for it, in this process or another,
    finds the same cloud running.
    """

    def __init__(self, home: Home, settings: Settings | None = None) -> None:
        self.home = home
        self.settings = settings or Settings.load(home.settings)

    @classmethod
    def on_free_ports(cls, home: Home, settings: Settings | None = None) -> "Cloud":
        """A cloud beside whatever else runs on this machine."""
        port, speech_port = process.free_port(), process.free_port()
        chosen = replace(settings or Settings(), port=port, speech_port=speech_port)
        return cls(home, chosen)

    def __enter__(self) -> "Cloud":
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def connection(self) -> Connection:
        return Connection(self.settings.port, self.home.certificate)

    def running(self, part: str = CLOUD) -> Process | None:
        """The process that runs a part ("cloud" or "speech"), if it does."""
        return Process.load(self.home.record(part))

    def require_running(self) -> None:
        """Raise NotRunning unless the emulator is up."""
        if self.running() is None:
            raise NotRunning(
                f"The embedded cloud in {self.home.path} is not running. "
                "Start it with: dropscribe local up"
            )

    def start(self, progress: Progress = silent, patience: float = PATIENCE) -> None:
        """Start what does not run yet, and anew what crashed or runs with other settings.

        Raises LocalError when a port is taken or a part does not answer within `patience` seconds.
        """
        require_pin()
        self.home.claim()
        before = Settings.load(self.home.settings)
        self._refuse_moved_port(before)
        wanted = [parts.emulator(self.home, self.settings)]
        if self.settings.api_base_url is None:
            wanted.append(parts.speech(self.home, self.settings))
        self._require_ports(wanted, before)
        if ensure_certificate(self.home) or before != self.settings:
            self.stop()
        for part in wanted:
            self._ensure(part, progress, patience)
        # Only what works is remembered for the next start.
        self.settings.save(self.home.settings)

    def deploy(self, assembly: Assembly, progress: Progress = silent) -> dict[str, str]:
        """Deploy a stack that finds its speech API here; returns the stack's outputs."""
        given = {"ApiBaseUrl": self.settings.speech_url()}
        outputs = deploy(self.connection, assembly, given, progress)
        if self.settings.api_base_url is None and "ApiKeySecretArn" in outputs:
            set_api_key(self.connection, outputs["ApiKeySecretArn"], self.home.api_key())
        return outputs

    def stop(self) -> list[str]:
        """Stop what runs; says which parts did. Their state stays for the next start."""
        if not self.home.is_ours():
            return []
        stopped = [name for name in reversed(NAMES) if self._stop(name)]
        shutil.rmtree(self.home.temporary, ignore_errors=True)
        return stopped

    def _require_ports(self, wanted: Sequence[Part], before: Settings) -> None:
        """Before anything is stopped or started: every port is free, or was ours already."""
        if len({part.port for part in wanted}) < len(wanted):
            raise LocalError(f"Both parts would be on port {wanted[0].port}: choose two.")
        ours = {CLOUD: before.port, SPEECH: before.speech_port}
        kept = [part for part in wanted if self.running(part.name) and ours[part.name] == part.port]
        self._require_free(wanted, kept)

    def _require_free(self, wanted: Sequence[Part], kept: Sequence[Part] = ()) -> None:
        """Raise LocalError where others have a port, with a command that would do."""
        others = [part for part in wanted if part not in kept]
        taken = [part for part in others if not process.is_free(part.port)]
        if not taken:
            return
        ports, are = ("Ports", "are") if len(taken) > 1 else ("Port", "is")
        named = " and ".join(str(part.port) for part in taken)
        problem = (
            f"{ports} {named} on 127.0.0.1 {are} taken by another program, or not yours to open"
        )
        if self.home.state.exists() and any(part.name == CLOUD for part in taken):
            raise LocalError(
                f"{problem}. Stop that program: the state in {self.home.path} works only there. "
                f"To give it up: dropscribe local down --purge{self.home.option}"
            )
        options = " ".join(
            f"{part.port_option} {process.free_port() if part in taken else part.port}"
            for part in wanted
        )
        raise LocalError(
            f"{problem}. Stop that program, or choose other ports: "
            f".venv/bin/dropscribe local demo{self.home.option} {options}"
        )

    def _refuse_moved_port(self, before: Settings) -> None:
        # The emulator keeps queues under URLs with its port in them.
        if before.port != self.settings.port and self.home.state.exists():
            raise LocalError(
                f"The state in {self.home.path} was made on port {before.port} and works only "
                f"there. Use --port {before.port}, or give the state up with: "
                "dropscribe local down --purge"
            )

    def _ensure(self, part: Part, progress: Progress, patience: float) -> None:
        if self.running(part.name) and part.answers():
            return
        if self._died(part):
            progress("it did not stop cleanly: rows and messages since its last stop are lost")
        self._stop(part.name)
        progress(part.doing)
        self._require_free([part])
        self.home.temporary.mkdir(parents=True, exist_ok=True)
        # -P: a folder that happens to be current must not shadow a module.
        command = [sys.executable, "-P", "-m", *part.module]
        log = self.home.log(part.name)
        started = process.start(command, part.environment, log)
        started.save(self.home.record(part.name))
        if not process.wait_until(part.answers, started, patience):
            happened = "does not answer" if started.alive() else "ended while it started"
            self._stop(part.name)
            raise LocalError(
                f"The {part.name} part {happened}. Its log is {log} and ends:\n{process.tail(log)}"
            )

    def _died(self, part: Part) -> bool:
        """Whether the emulator, which saves its state when it stops, was never told to stop."""
        recorded = self.home.record(part.name).exists() and self.running(part.name) is None
        return recorded and part.name == CLOUD and self.settings.persist

    def _stop(self, name: str) -> bool:
        running = self.running(name)
        if running is not None:
            running.stop()
        self.home.record(name).unlink(missing_ok=True)
        return running is not None
