"""Predict a table."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .. import files
from ..errors import UserError
from ..project import find_project
from .ui import Json, show

if TYPE_CHECKING:
    from ..project import Project

__all__ = ["app"]

app = typer.Typer()


@app.command()
def predict(
    table: Annotated[Path | None, typer.Option("--table", help="Rows to score; default: the latest arrival.")] = None,
    output: Annotated[Path | None, typer.Option("--output", help="CSV to write; default: print.")] = None,
    rows: Annotated[int, typer.Option(min=1, help="How many rows to print.")] = 5,
    model: Annotated[str, typer.Option("--model", help="champion, challenger, latest or a version.")] = "",
    *,
    as_json: Json = False,
) -> None:
    """Score a table with the champion, or with the latest model while there is none. It needs no target column."""
    project = find_project()
    if output and output.suffix.lower() in {".parquet", ".tsv", ".gz"}:
        raise UserError(f"{output}: predictions are written as CSV: name a file with .csv")
    from ..bundle.predict import check_input
    from ..bundle.predict import predict as score
    from ..bundle.store import load_bundle
    from ..config import load_config
    from ..data.tables import read_table
    from ..registry.registry import champion, resolve

    model = model or ("champion" if champion(project) else "latest")
    bundle = load_bundle(resolve(project, model), load_config(project.root).runtime.threads)
    path = table or _newest(project)
    frame = read_table(path)
    for remark in check_input(bundle, frame, str(path)):
        print(f"remark: {remark}", file=sys.stderr)
    result = {"table": path, "version": bundle.manifest.version, "rows": frame.height}
    if output is None:
        predicted = score(bundle, frame.head(rows))
        show(result | {"predictions": predicted.to_dicts()}, [predicted.write_csv().rstrip("\n")], as_json=as_json)
        return
    files.write(output, score(bundle, frame).write_csv())
    line = f"{output}: {frame.height} predictions of models/{bundle.manifest.version}"
    show(result | {"output": output}, [line], as_json=as_json)


def _newest(project: Project) -> Path:
    """The raw file of the latest arrival; in a fresh clone, where git has left it out, the committed sample."""
    from ..data.arrivals import latest, ledger

    arrivals = ledger(project.root)
    try:
        return latest(project.root)[1]
    except UserError as error:
        if not arrivals or (project.root / arrivals[-1].file).exists():
            raise
        print(f"NOTE: {error}; till then, rows of the sample", file=sys.stderr)
        return project.sample
