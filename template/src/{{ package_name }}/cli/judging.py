"""Commands that judge a model and decide on it."""

from __future__ import annotations

import typer

from ..project import find_project
from .ui import Json, show, shown, working

__all__ = ["app"]

app = typer.Typer()


@app.command()
def evaluate(*, as_json: Json = False) -> None:
    """Judge the latest model on its test rows, against a dummy and a two-feature linear model."""
    project = find_project()
    from ..bundle.store import latest_bundle
    from ..config import load_config
    from ..judging.evaluate import evaluate as judge
    from ..judging.evaluation import metrics_table

    config = load_config(project.root)
    bundle = latest_bundle(project.models, config.runtime.threads)
    with working("evaluating"):
        evaluation = judge(bundle, project.root, config.evaluate)
    about = f"{100 * evaluation.confidence:g} % intervals: {shown(project, bundle.metrics_path)}"
    lines = [metrics_table(evaluation), f"{evaluation.rows} test rows, {about}", evaluation.verdict]
    show(evaluation.model_dump(mode="json"), lines, as_json=as_json)
