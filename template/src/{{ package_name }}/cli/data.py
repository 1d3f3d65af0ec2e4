"""Commands about data: `contract validate` and `ingest`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from ..project import find_project
from .ui import Json, show, shown

__all__ = ["Table", "app", "contract_app"]

app = typer.Typer()
contract_app = typer.Typer(help="The data contract: what the columns are, and what must hold.", no_args_is_help=True)
app.add_typer(contract_app, name="contract")

_STANDING_IN = """NOTE: {0} is not here, as it is not in git: data/sample.csv stands in for it. What is trained is
NOTE: judged on the sample and never promoted. Give pipelines an address in [data] source, config/base.toml."""

Table = Annotated[Path | None, typer.Option("--table", help="CSV, TSV, Parquet or .gz; default: [data] source.")]
Source = Annotated[str | None, typer.Option("--table", help="File, folder or address (s3://); default: [data] source.")]


@contract_app.command()
def validate(table: Table = None, *, as_json: Json = False) -> None:
    """Check a table against the contract; exit code 1 with columns, rules and rows where it is broken."""
    project = find_project()
    from ..config import load_config
    from ..contract.records import load_contract
    from ..contract.validate import validate as violations_of
    from ..data.tables import read_table
    from ..errors import DataRefusedError
    from ..provenance import now

    contract, path = load_contract(project.contract), table or project.root / load_config(project.root).data.source
    frame = read_table(path)
    if violations := violations_of(frame, contract, when=now()):
        raise DataRefusedError(str(path), violations)
    line = f"{shown(project, path)}: {frame.height} rows keep the contract"
    show({"table": path, "rows": frame.height, "violations": []}, [line], as_json=as_json)


@app.command()
def ingest(table: Source = None, *, as_json: Json = False) -> None:
    """Validate tables, store them by content and note their arrival in data/ledger.jsonl; keep refused ones apart.

    A pipeline that has not got the file or folder of [data] source takes the committed sample, and says so: a model of
    it is tried and judged, but never promoted.
    """
    project = find_project()
    from dataclasses import asdict

    from ..config import load_config
    from ..contract.records import load_contract
    from ..data.arrivals import ingest_all
    from ..provenance import now, who

    config, instead_of = load_config(project.root), ""
    source = table or config.data.source
    source = source if table or "://" in source else str(project.root / source)
    if not table and _in_pipeline() and not _reachable(source):
        source, instead_of = str(project.sample), config.data.source
        print(_STANDING_IN.format(instead_of), file=sys.stderr)
    by, kept = (who(project.root), now()), {"store": config.store.data, "instead_of": instead_of}
    arrivals = [*ingest_all(source, load_contract(project.contract), project.root, *by, **kept)]
    how = [f"known already, since {arrival.when}" if arrival.repeated else "new" for arrival in arrivals]
    lines = [f"{a.source}: {a.rows} rows, {h}: {a.file}" for a, h in zip(arrivals, how, strict=True)]
    show({"arrivals": [asdict(arrival) for arrival in arrivals]}, lines, as_json=as_json)


def _in_pipeline() -> bool:
    return "CI" in os.environ or "TF_BUILD" in os.environ  # GitHub and GitLab set the one, Azure the other


def _reachable(source: str) -> bool:
    return "://" in source or Path(source).is_file() or any(Path(source).glob("[!.]*"))
