"""Commands that make models."""

from __future__ import annotations

from typing import Annotated

import typer

from ..project import find_project
from .ui import Json, show, working

__all__ = ["app"]

app = typer.Typer()


@app.command()
def train(
    *,
    allow_dirty: Annotated[
        bool, typer.Option("--allow-dirty", help="Train code and settings that no commit holds; the manifest says so.")
    ] = False,
    like: Annotated[str, typer.Option(help="Version whose arrivals and settings to take.", hidden=True)] = "",
    only_hash: Annotated[bool, typer.Option("--only-hash", help="Store nothing.", hidden=True)] = False,
    as_json: Json = False,
) -> None:
    """Train on the data that arrived, prove the export exact and write a bundle to models/."""
    project = find_project()
    from ..bundle.store import load_bundle
    from ..config import load_config
    from ..provenance import now, sha256_bytes, who
    from ..training.train import fit_again
    from ..training.train import train as train_model

    config = load_config(project.root)
    threads = config.runtime.threads
    if like or only_hash:
        if not (like and only_hash):
            raise typer.BadParameter("--like and --only-hash go together")
        digest = sha256_bytes(fit_again(project, config, load_bundle(project.models / like, threads).manifest))
        show({"model_sha256": digest}, [digest], as_json=as_json)
        return
    with working("training"):
        path = train_model(project, config, who=who(project.root), when=now(), allow_dirty=allow_dirty)
    manifest = load_bundle(path, threads).manifest
    rows = ", ".join(f"{count} {name}" for name, count in manifest.rows.items() if count)
    what = f"{manifest.config['model']['kind']} for {manifest.task}, {len(manifest.features)} features"
    exact = f"at most {manifest.parity['max_difference']:.1g} off on {manifest.parity['rows']} rows"
    lines = [f"models/{manifest.version}: {what}, {rows}", f"exported exactly: {exact}"]
    show(manifest.model_dump(mode="json"), lines, as_json=as_json)
