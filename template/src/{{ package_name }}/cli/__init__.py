"""The command line: parse, call one function, print. Heavy imports wait until a command runs."""

from __future__ import annotations

import sys
from importlib import import_module

import typer

from ..errors import UserError
from ..project import find_project
from . import data, judging, registry, serving, training

__all__ = ["app", "main"]

_PACKAGE = __name__.partition(".")[0]

app = typer.Typer(
    name=_PACKAGE,
    help="From data to a model that may be promoted, and what it does once it runs.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for _room in (data, training, judging, registry, serving):
    app.add_typer(_room.app)


def main() -> None:
    """Run the command line; what a person can put right is told in one line, without a traceback."""
    _add_tools()
    try:
        app()
    except UserError as error:
        print(f"{_PACKAGE}: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


def _add_tools() -> None:
    """Add the commands of tools/, which the repository has and the installed package (a service's image) has not."""
    try:
        root = find_project().root
    except UserError:
        return
    if "tools.cli" not in sys.modules and (root / "tools" / "cli").is_dir():
        sys.path.insert(0, str(root))
        app.add_typer(import_module("tools.cli").app)
