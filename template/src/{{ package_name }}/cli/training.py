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
    """Train on the data that arrived, prove the export exact and write a bundle to models/: the new challenger."""
    project = find_project()
    from ..bundle.store import load_bundle
    from ..config import load_config
    from ..provenance import now, sha256_bytes, who
    from ..registry.registry import register
    from ..training import train as training
    from ..training.tracking import set_alias

    config, person, when = load_config(project.root), who(project.root), now()
    if like or only_hash:
        if not (like and only_hash):
            raise typer.BadParameter("--like and --only-hash go together")
        former = load_bundle(project.models / like, config.runtime.threads).manifest
        digest = sha256_bytes(training.fit_again(project, config, former))
        show({"model_sha256": digest}, [digest], as_json=as_json)
        return
    with working("training"):
        path = training.train(project, config, who=person, when=when, allow_dirty=allow_dirty)
    manifest = load_bundle(path, config.runtime.threads).manifest
    register(project, manifest.version, person, when)
    set_alias(config, project.root, manifest, "challenger")
    rows = ", ".join(f"{count} {name}" for name, count in manifest.rows.items() if count)
    what = f"{manifest.config['model']['kind']} for {manifest.task}, {len(manifest.features)} features"
    exact = f"at most {manifest.parity['max_difference']:.1g} off on {manifest.parity['rows']} rows"
    lines = [f"models/{manifest.version}: {what}, {rows}", f"exported exactly: {exact}"]
    show(manifest.model_dump(mode="json"), lines, as_json=as_json)
