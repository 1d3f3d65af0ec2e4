"""The options that several commands share."""

__all__ = ["Folder", "Given", "Json", "Prereleases", "Quiet", "Verbose", "place_of", "ui_of"]

from pathlib import Path
from typing import Annotated

import typer

from mlscaffold.commands.ui import Ui

Folder = Annotated[
    Path | None, typer.Option("-C", metavar="PATH", help="Work on the project at PATH.", show_default=False)
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say what is being done.")]
Json = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]
Prereleases = Annotated[bool, typer.Option("--prereleases", help="Count pre-releases as versions.")]


class Given:
    """What was given before the command; after it, the same options mean the same."""

    folder = Path()
    quiet = False
    verbose = False


def ui_of(*, quiet: bool, verbose: bool, as_json: bool = False) -> Ui:
    """Return how loud to be, as asked before or after the command."""
    return Ui(quiet or Given.quiet, verbose or Given.verbose, as_json)


def place_of(folder: Path | None) -> Path:
    """Return the folder to work on, as asked before or after the command."""
    return Given.folder if folder is None else Given.folder / folder
