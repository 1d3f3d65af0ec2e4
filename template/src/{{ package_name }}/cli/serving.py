"""Commands that use a model: predict and serve."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import COMMAND, UserError
from ..project import find_project
from .ui import Json, show

if TYPE_CHECKING:
    from ..project import Project

__all__ = ["app"]

app = typer.Typer()

Model = Annotated[str | None, typer.Option("--model", help="champion, challenger, latest or a version.")]


@app.command()
def predict(
    table: Annotated[Path | None, typer.Option("--table", help="Rows to score; default: the latest arrival.")] = None,
    output: Annotated[Path | None, typer.Option("--output", help="CSV to write; default: print.")] = None,
    rows: Annotated[int, typer.Option(min=1, help="How many rows to print.")] = 5,
    model: Model = None,
    *,
    as_json: Json = False,
) -> None:
    """Score a table with the champion, or with the latest model while there is none. It needs no target column."""
    project = find_project()
    from ..bundle.predict import check_input
    from ..bundle.predict import predict as score
    from ..bundle.store import load_bundle
    from ..config import load_config
    from ..data.arrivals import latest
    from ..data.tables import read_table

    folder = _folder(project, model or ("champion" if (project.models / "champion").is_file() else "latest"))
    bundle = load_bundle(folder, load_config(project.root).runtime.threads)
    path = table or latest(project.root)[1]
    frame = read_table(path)
    for remark in check_input(bundle, frame, str(path)):
        print(f"remark: {remark}", file=sys.stderr)
    result = {"table": path, "version": bundle.manifest.version, "rows": frame.height}
    if output is None:
        predicted = score(bundle, frame.head(rows))
        show(result | {"predictions": predicted.to_dicts()}, [predicted.write_csv().rstrip("\n")], as_json=as_json)
        return
    part = output.with_name(output.name + ".part")
    score(bundle, frame).write_csv(part)
    part.replace(output)
    line = f"{output}: {frame.height} predictions of models/{bundle.manifest.version}"
    show(result | {"output": output}, [line], as_json=as_json)


@app.command()
def serve(
    model: Model = "champion",
    bundle: Annotated[Path | None, typer.Option("--bundle", help="Serve this folder instead.")] = None,
    host: Annotated[str | None, typer.Option("--host", help="Default: [serve] host.")] = None,
    port: Annotated[int | None, typer.Option("--port", help="Default: [serve] port.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """Answer requests (docs/serving.md); a new champion is taken into service while it runs."""
    project = find_project()
    import uvicorn

    from ..config import load_config
    from ..serving.app import make_app
    from ..serving.service import open_service

    config = load_config(project.root)
    folder = bundle or _folder(project, model or "champion")
    following = bundle is None and model == "champion"
    source = (lambda: _champion(project)) if following else (lambda: folder)
    service = open_service(config.serve, source, project.root / "logs", config.runtime.threads)
    host, port = host or config.serve.host, config.serve.port if port is None else port
    version = service.live.bundle.manifest.version if service.live else ""
    show({"version": version, "host": host, "port": port}, [f"{version} on http://{host}:{port}"], as_json=as_json)
    uvicorn.run(make_app(service), host=host, port=port, log_level="warning", timeout_graceful_shutdown=10)


def _champion(project: Project) -> Path:
    return project.models / (project.models / "champion").read_text(encoding="utf-8").strip()


def _folder(project: Project, model: str) -> Path:
    from ..registry.registry import resolve

    if model == "champion" and not (project.models / "champion").is_file():
        raise UserError(f"no model has been promoted here: run `{COMMAND} gate`, or take `--model latest`")
    return resolve(project, model)
