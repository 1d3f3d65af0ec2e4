"""The command line: parse, call one function, print. Heavy imports wait until a command runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from .errors import UserError
from .project import Project, find_project

__all__ = ["app", "main"]

_PACKAGE = __name__.partition(".")[0]

app = typer.Typer(
    name=_PACKAGE,
    help="From a table to a model: contract propose, ingest, train, evaluate, predict, card.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
contract_app = typer.Typer(help="The data contract: what the columns are, and what must hold.", no_args_is_help=True)
app.add_typer(contract_app, name="contract")

Table = Annotated[Path | None, typer.Option("--table", help="CSV, TSV, Parquet or .gz; default: [data] source.")]


def main() -> None:
    """Run the command line; what a person can put right is told in one line, without a traceback."""
    try:
        app()
    except UserError as error:
        print(f"{_PACKAGE}: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


@contract_app.command()
def propose(
    table: Table = None,
    target: Annotated[str | None, typer.Option(help="Column to predict; default: [data] target.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing contract.")] = False,
) -> None:
    """Propose a contract for a table: a role, a type and a reason for each column."""
    project = find_project()
    if project.contract.exists() and not force:
        print(f"{_shown(project, project.contract)} exists: nothing changed (--force proposes anew)")
        return
    from .proposal import propose_for

    contract = propose_for(project, table, target)
    for column in contract.columns:
        print(f"{column.role:8} {column.type:9} {column.name}: {column.reason}")
    for warning in contract.warnings:
        print(f"warning: {warning.column}: {warning.message}")
    print(f"wrote {_shown(project, project.contract)}: read it, and correct what is wrong")


@contract_app.command()
def validate(table: Table = None) -> None:
    """Check a table against the contract; exit code 1 with columns, rules and rows where it is broken."""
    project = find_project()
    from .config import load_config
    from .contract import load_contract
    from .errors import DataRefusedError
    from .tables import read_table
    from .validate import validate as violations_of

    contract, path = load_contract(project.contract), table or project.root / load_config(project.root).data.source
    frame = read_table(path)
    violations = violations_of(frame, contract)
    if violations:
        raise DataRefusedError(str(path), violations)
    print(f"{_shown(project, path)}: {frame.height} rows keep the contract")


@app.command()
def ingest(table: Table = None) -> None:
    """Validate a table, store it by its content and note the arrival in data/ledger.jsonl."""
    project = find_project()
    from .config import load_config
    from .contract import load_contract
    from .data import ingest as take_in
    from .provenance import now, who

    path = table or project.root / load_config(project.root).data.source
    arrival = take_in(path, load_contract(project.contract), project.root, who(project.root), now())
    known = f"is known already, since {arrival.when}" if arrival.repeated else "has arrived"
    print(f"{_shown(project, path)}: {arrival.rows} rows, {known}: {arrival.file}")


@app.command()
def train() -> None:
    """Train on the latest arrival, prove the export exact and write a bundle to models/."""
    project = find_project()
    from .bundle import load_bundle
    from .config import load_config
    from .train import train as train_model

    config = load_config(project.root)
    manifest = load_bundle(train_model(project, config), config.runtime.threads).manifest
    rows = ", ".join(f"{count} {name}" for name, count in manifest.rows.items() if count)
    what = f"{config.model.kind} for {manifest.task}, {len(manifest.features)} features"
    print(f"models/{manifest.version}: {what}, {rows}")
    print(f"exported exactly: at most {manifest.parity['max_difference']:.1g} off on {manifest.parity['rows']} rows")


@app.command()
def evaluate() -> None:
    """Judge the latest model on its test rows, against a dummy and a two-feature linear model."""
    project = find_project()
    from .bundle import latest_bundle
    from .config import load_config
    from .evaluate import evaluate as judge
    from .report import metrics_table

    config = load_config(project.root)
    bundle = latest_bundle(project.models, config.runtime.threads)
    evaluation = judge(bundle, project.root, config.evaluate)
    print(metrics_table(evaluation))
    intervals = f"{100 * evaluation.confidence:g} % intervals"
    print(f"{evaluation.rows} test rows, {intervals}: {_shown(project, bundle.metrics_path)}")
    print(evaluation.verdict)


@app.command()
def predict(
    table: Annotated[Path | None, typer.Option("--table", help="Rows to score; default: the latest arrival.")] = None,
    output: Annotated[Path | None, typer.Option("--output", help="CSV to write; default: print.")] = None,
    rows: Annotated[int, typer.Option(min=1, help="How many rows to print.")] = 5,
) -> None:
    """Score a table with the latest model. It needs no target column."""
    project = find_project()
    from .bundle import latest_bundle
    from .config import load_config
    from .data import latest
    from .predict import check_input
    from .predict import predict as score
    from .tables import read_table

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


@app.command()
def card() -> None:
    """Write docs/model-card.md from the latest model's manifest and metrics."""
    project = find_project()
    from .bundle import latest_bundle
    from .card import render_card
    from .config import load_config
    from .report import load_evaluation

    bundle = latest_bundle(project.models, load_config(project.root).runtime.threads)
    text = render_card(bundle, load_evaluation(bundle.metrics_path, bundle.manifest.version))
    project.card.parent.mkdir(exist_ok=True)
    project.card.write_text(text, encoding="utf-8")
    print(f"wrote {_shown(project, project.card)} for models/{bundle.manifest.version}")


def _shown(project: Project, path: Path) -> str:
    """Return `path` below the project where it lies there."""
    return path.relative_to(project.root).as_posix() if path.is_relative_to(project.root) else str(path)
