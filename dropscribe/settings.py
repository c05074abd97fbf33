"""The options that every command takes, before its name or after it, and how help shows them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import click


@dataclass(frozen=True, slots=True)
class Settings:
    """Which stack is meant, who asks, and whether a machine reads the answer."""

    stack: str = "Dropscribe"
    profile: str | None = None
    region: str | None = None
    as_json: bool = False


pass_settings = click.make_pass_decorator(Settings, ensure=True)


def _remember(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    # Only what was really given counts, or a command's default would undo the group's option.
    if value and param.name:
        known = ctx.find_object(Settings) or Settings()
        ctx.obj = replace(known, **{param.name: value})


def shared_options(stack_variable: str | None = None) -> list[click.Parameter]:
    """--stack, --profile, --region and --json; `stack_variable` names a default for the stack."""
    told: dict[str, Any] = {"expose_value": False, "callback": _remember}
    stack_help = "CloudFormation stack, else $DROPSCRIBE_STACK, else Dropscribe."
    return [
        click.Option(["--stack"], metavar="NAME", help=stack_help, envvar=stack_variable, **told),
        click.Option(["--profile"], metavar="NAME", help="AWS profile to use.", **told),
        click.Option(["--region"], metavar="NAME", help="AWS region to use.", **told),
        click.Option(["--json", "as_json"], is_flag=True, help="Print one JSON document.", **told),
    ]


SHARED: Final = frozenset({"stack", "profile", "region", "as_json"})


class CloudCommand(click.Command):
    """A command on a stack: takes the shared options and ends its help with examples."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += shared_options()
        self.examples = examples

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the command's own options apart from those that all commands share."""
        own: list[tuple[str, str]] = []
        shared: list[tuple[str, str]] = []
        for param in self.get_params(ctx):
            if isinstance(param, click.Option) and (record := param.get_help_record(ctx)):
                (shared if param.name in SHARED else own).append(record)
        for title, records in (("Options", own), ("Options of every command", shared)):
            with formatter.section(title):
                formatter.write_dl(records)

    def format_epilog(
        self,
        ctx: click.Context,  # noqa: ARG002 - Click's signature
        formatter: click.HelpFormatter,
    ) -> None:
        """Write the examples as they would be typed."""
        if self.examples:
            with formatter.section("Examples"):
                for example in self.examples:
                    formatter.write(f"{'':>{formatter.current_indent}}{example}\n")
