"""The commands of tools/; the package's command line adds them where this folder is."""

import typer

from . import advise, audit, draft, pipeline, ship, trigger, tune, watch

__all__ = ["app", "draft"]

app = typer.Typer()
for _room in (advise, audit, tune, watch, pipeline, ship, trigger):
    app.add_typer(_room.app)
