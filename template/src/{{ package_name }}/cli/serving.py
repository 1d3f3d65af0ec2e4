"""Commands that use a model: predict, serve, watch."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ..project import find_project

__all__ = ["app"]

app = typer.Typer()


@app.command()
def predict(
    table: Annotated[Path | None, typer.Option("--table", help="Rows to score; default: the latest arrival.")] = None,
    output: Annotated[Path | None, typer.Option("--output", help="CSV to write; default: print.")] = None,
    rows: Annotated[int, typer.Option(min=1, help="How many rows to print.")] = 5,
) -> None:
    """Score a table with the latest model. It needs no target column."""
    project = find_project()
    from ..bundle.predict import check_input
    from ..bundle.predict import predict as score
    from ..bundle.store import latest_bundle
    from ..config import load_config
    from ..data.arrivals import latest
    from ..data.tables import read_table

    bundle = latest_bundle(project.models, load_config(project.root).runtime.threads)
    path = table or latest(project.root)[1]
    frame = read_table(path)
    for remark in check_input(bundle, frame, str(path)):
        print(f"remark: {remark}", file=sys.stderr)
    if output is None:
        print(score(bundle, frame.head(rows)).write_csv(), end="")
        return
    score(bundle, frame).write_csv(output)
    print(f"{output}: {frame.height} predictions of models/{bundle.manifest.version}")
