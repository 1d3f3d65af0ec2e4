"""Commands that judge a model and decide on it."""

from __future__ import annotations

from typing import Annotated

import typer

from ..errors import UserError
from ..project import find_project
from .ui import Json, show, shown, working

__all__ = ["app"]

app = typer.Typer()
_EXIT_CODES = {"promote": 0, "reject": 1, "hold": 3}


@app.command()
def evaluate(*, as_json: Json = False) -> None:
    """Judge the latest model on its test rows, against a dummy and a two-feature linear model."""
    project = find_project()
    from ..bundle.store import latest_bundle
    from ..config import load_config
    from ..judging.evaluate import evaluate as judge
    from ..judging.evaluation import metrics_table
    from ..training.tracking import record_metrics

    config = load_config(project.root)
    bundle = latest_bundle(project.models, config.runtime.threads)
    with working("evaluating"):
        evaluation = judge(bundle, project.root, config)
    numbers = {name: found.value for name, found in evaluation.metrics.items() if found.value is not None}
    record_metrics(config, project.root, bundle.manifest, numbers)
    about = f"{100 * evaluation.confidence:g} % intervals: {shown(project, bundle.metrics_path)}"
    lines = [metrics_table(evaluation), f"{evaluation.rows} test rows, {about}", evaluation.verdict]
    show(evaluation.model_dump(mode="json"), lines, as_json=as_json)


@app.command()
def gate(
    model: Annotated[str, typer.Argument(help="A version, latest or challenger.")] = "latest",
    *,
    force: Annotated[str | None, typer.Option(help="Promote whatever the verdict is, for this reason.")] = None,
    as_json: Json = False,
) -> None:
    """Decide whether a model is promoted: compare it with the champion, and write verdict.json and verdict.html.

    Exit code: 0 promote, 1 reject, 3 hold, 2 when no decision is possible.
    """
    project = find_project()
    from ..bundle.store import load_bundle
    from ..config import load_config
    from ..judging.gate import decide
    from ..provenance import now, who
    from ..registry import registry
    from ..training.tracking import set_alias

    config, reason = load_config(project.root), (force or "").strip()
    if force is not None and not reason:
        raise UserError('a forced promotion needs a reason that others can read: --force "..."')
    challenger = load_bundle(registry.resolve(project, model), config.runtime.threads)
    try:
        known = registry.champion(project)
        champion = load_bundle(registry.resolve(project, known), config.runtime.threads) if known else None
    except UserError as error:
        champion = error
    with working("deciding"):
        verdict = decide(project, config, challenger, champion, who=who(project.root), when=now(), force=reason)
    registry.decide(project, verdict)
    if verdict.promoted:
        set_alias(config, project.root, challenger.manifest, "champion")
    decision = f"{verdict.decision}, but promoted by force" if verdict.forced else verdict.decision
    page = shown(project, challenger.path / "verdict.html")
    lines = [f"{decision}: {verdict.version}", *(f"  {told}" for told in verdict.reasons), page]
    show(verdict.model_dump(mode="json"), lines, as_json=as_json)
    raise typer.Exit(0 if verdict.promoted else _EXIT_CODES[verdict.decision])
