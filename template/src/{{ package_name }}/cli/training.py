"""Commands that make models."""

from __future__ import annotations

import typer

from ..project import find_project
from .ui import Json, show, working

__all__ = ["app"]

app = typer.Typer()


@app.command()
def train(*, as_json: Json = False) -> None:
    """Train on the data that arrived, prove the export exact and write a bundle to models/."""
    project = find_project()
    from ..bundle.store import load_bundle
    from ..config import load_config
    from ..training.train import train as train_model

    config = load_config(project.root)
    with working("training"):
        manifest = load_bundle(train_model(project, config), config.runtime.threads).manifest
    rows = ", ".join(f"{count} {name}" for name, count in manifest.rows.items() if count)
    what = f"{config.model.kind} for {manifest.task}, {len(manifest.features)} features"
    exact = f"at most {manifest.parity['max_difference']:.1g} off on {manifest.parity['rows']} rows"
    lines = [f"models/{manifest.version}: {what}, {rows}", f"exported exactly: {exact}"]
    show(manifest.model_dump(mode="json"), lines, as_json=as_json)
