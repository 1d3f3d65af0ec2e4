"""Commands about models that exist: their versions, where they come from and where they run."""

from __future__ import annotations

import typer

from ..project import find_project
from .ui import Json, show, shown

__all__ = ["app"]

app = typer.Typer()


@app.command()
def card(*, as_json: Json = False) -> None:
    """Write docs/model-card.md from the latest model's manifest and metrics."""
    project = find_project()
    from ..bundle.store import latest_bundle
    from ..config import load_config
    from ..judging.evaluation import load_evaluation
    from ..registry.card import render_card

    bundle = latest_bundle(project.models, load_config(project.root).runtime.threads)
    text = render_card(bundle, load_evaluation(bundle.metrics_path, bundle.manifest.version))
    project.card.parent.mkdir(exist_ok=True)
    project.card.write_text(text, encoding="utf-8")
    line = f"wrote {shown(project, project.card)} for models/{bundle.manifest.version}"
    show({"card": project.card, "version": bundle.manifest.version}, [line], as_json=as_json)
