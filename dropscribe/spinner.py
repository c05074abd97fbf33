"""Something that moves on a terminal while work is done, and results that appear meanwhile."""

import sys
from types import TracebackType
from typing import Self

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from dropscribe.screen import note, progress_console


class Spinner:
    """A line on stderr that says how far the work is, drawn on a terminal only."""

    def __init__(self) -> None:
        self._console = progress_console()
        self._drawn = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
            # Results go where the shell sends them, not to where the line is drawn.
            redirect_stdout=False,
            redirect_stderr=False,
            disable=not self._console.is_terminal,
        )
        self._task = self._drawn.add_task("", total=None)

    def __enter__(self) -> Self:
        self._drawn.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._drawn.stop()

    def say(self, words: str) -> None:
        """What is being done, in the line that moves."""
        self._drawn.update(self._task, description=words)

    def result(self, line: Text | str) -> None:
        """A line of the result: to stdout, above the moving line where both are on a terminal."""
        if not sys.stdout.isatty():
            click.echo(str(line))
        elif self._console.is_terminal:
            self._console.print(line, markup=False, soft_wrap=True)
        else:
            Console(highlight=False).print(line, markup=False, soft_wrap=True)

    def note(self, sentence: str) -> None:
        """A sentence beside the result, above the moving line."""
        if self._console.is_terminal:
            self._console.print(sentence, markup=False, soft_wrap=True)
        else:
            note(sentence)
