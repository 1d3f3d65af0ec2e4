"""The command line: parse, call one function, print. Heavy imports wait until a command runs."""

from __future__ import annotations

import json
import sys
from importlib import import_module

import typer

from ..errors import UserError
from ..project import find_project
from . import data, predict, registry, training

__all__ = ["app", "main"]

_PACKAGE = __name__.partition(".")[0]

app = typer.Typer(
    name=_PACKAGE,
    help="From data to a model that may be promoted, and what it does once it runs.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",  # the default takes [data] for a style, and prints nothing
)
for _room in (data, training, registry, predict):
    app.add_typer(_room.app)


def main() -> None:
    """Run the command line; what a person can put right is told in one line, without a traceback."""
    try:
        _add_commands()
        app()
    except UserError as error:
        print(f"{_PACKAGE}: {error}", file=sys.stderr)
        if "--json" in sys.argv:
            print(json.dumps(error.told(), ensure_ascii=False, indent=2))
        sys.exit(error.exit_code)


def _add_commands() -> None:
    """Add the commands of judging/, service/ and tools/, which the repository has and the installed package has not."""
    try:
        root = find_project().root
    except UserError:
        if not sys.argv[1:] or "--help" in sys.argv:
            return
        raise  # rather than say that there is no such command
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    for folder in ("judging", "service", "tools"):
        if (root / folder).is_dir():
            extra = import_module(f"{folder}.cli").app
            if extra not in [group.typer_instance for group in app.registered_groups]:
                app.add_typer(extra)
