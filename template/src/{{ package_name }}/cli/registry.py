"""The way back to the former champion."""

from __future__ import annotations

from typing import Annotated

import typer

from ..project import find_project
from .ui import Json, show

__all__ = ["app"]

app = typer.Typer()


@app.command()
def rollback(reason: Annotated[str, typer.Option(help="Why; it is written down.")], *, as_json: Json = False) -> None:
    """Put the champion before in charge again; nothing is trained."""
    project = find_project()
    from ..bundle.store import load_bundle
    from ..config import load_config
    from ..provenance import now, who
    from ..registry.registry import rollback as roll_back
    from ..training.tracking import set_alias

    version = roll_back(project, who(project.root), now(), reason)
    show({"champion": version, "reason": reason}, [f"the champion is {version} again"], as_json=as_json)
    # Last, because a tracking server that is down must not keep a bad model in charge.
    manifest = load_bundle(project.models / version, threads=1).manifest
    set_alias(load_config(project.root), project.root, manifest, "champion")
