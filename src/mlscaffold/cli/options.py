"""The options that several commands share."""

__all__ = ["Folder", "Json", "Prereleases", "Quiet", "Verbose"]

from pathlib import Path
from typing import Annotated

import typer

Folder = Annotated[
    Path | None, typer.Option("-C", metavar="PATH", help="Work on the project at PATH.", show_default=False)
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say what is being done.")]
Json = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]
Prereleases = Annotated[bool, typer.Option("--prereleases", help="Count pre-releases as versions.")]
