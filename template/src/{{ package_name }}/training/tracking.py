"""Record runs and model versions with MLflow: in a sqlite file, or on a server; see docs/tracking.md.

`[tracking] store` decides: "" records nothing, and then nothing here imports MLflow. A server gets the bundle's files;
beside a sqlite file they stay in models/. A model version is a reference to a bundle: no flavour, no pickle.
"""

from __future__ import annotations

import logging
import os
import re
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING

from ..errors import UserError

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from pathlib import Path

    from mlflow import MlflowClient

    from ..bundle.store import Manifest
    from ..config import Config

__all__ = ["below", "record_metrics", "record_run", "run_of", "set_alias"]

_NAME = __name__.partition(".")[0]  # of the registered model


@contextmanager
def run_of(config: Config, root: Path) -> Generator[str | None]:
    """Open a run, yield its id (None: nothing is recorded) and mark it as failed when what it is for fails.

    Raises UserError when the store does not answer, before anything is computed; so do the functions below.
    """
    if not config.tracking.store:
        yield None
        return
    name = config.tracking.experiment
    place = None if _is_server(config) else (root / "models").as_uri()  # a server knows its own
    with _answering(config, root) as client:
        known = client.get_experiment_by_name(name)
        run = client.create_run(known.experiment_id if known else client.create_experiment(name, place)).info.run_id
    try:
        yield run
    except BaseException:
        with suppress(UserError), _answering(config, root) as client:
            client.set_terminated(run, "FAILED")
        raise


def record_run(config: Config, root: Path, manifest: Manifest, path: Path) -> None:
    """Complete a model's run (settings, origin, expense) and register its bundle, the folder `path`, as a version."""
    run = manifest.run_id
    if run is None:
        return
    sections = {part: manifest.config[part] for part in ("data", "split", "model", "runtime")}
    expense = manifest.model_dump(include={"seconds", "cpu_seconds", "peak_megabytes", "cost"})
    tags = manifest.model_dump(include={"version", "dirty", "data_sha256", "config_sha256", "lock_sha256"})
    tags |= {"mlflow.user": manifest.who, "mlflow.source.git.commit": manifest.commit}
    record_metrics(config, root, manifest, {f"rows_{part}": n for part, n in manifest.rows.items()} | expense)
    with _answering(config, root) as client:
        from mlflow.entities import Param, RunTag  # noqa: PLC0415

        params = [Param(f"{part}.{key}", str(v)) for part, section in sections.items() for key, v in section.items()]
        client.log_batch(run, params=params, tags=[RunTag(key, str(value)) for key, value in tags.items()])
        source = str(path)
        if _is_server(config):
            client.log_artifacts(run, source, "bundle")
            source = f"{client.get_run(run).info.artifact_uri}/bundle"
        if not client.search_registered_models(f"name='{_NAME}'"):
            client.create_registered_model(_NAME)
        client.create_model_version(_NAME, source, run, tags={"version": manifest.version})
        client.update_run(run, "FINISHED", manifest.version)


def record_metrics(config: Config, root: Path, manifest: Manifest, values: Mapping[str, float]) -> None:
    """Add numbers to the model's run."""
    if config.tracking.store and manifest.run_id is not None:
        with _answering(config, root) as client:
            from mlflow.entities import Metric  # noqa: PLC0415

            moment = int(datetime.fromisoformat(manifest.created).timestamp() * 1000)
            client.log_batch(manifest.run_id, [Metric(key, value, moment, 0) for key, value in values.items()])


def set_alias(config: Config, root: Path, manifest: Manifest, alias: str) -> None:
    """Let an alias ("challenger", "champion") point to the version that was registered for this model."""
    if config.tracking.store and manifest.run_id is not None:
        with _answering(config, root) as client:
            for version in client.search_model_versions(f"run_id='{manifest.run_id}'"):
                client.set_registered_model_alias(_NAME, alias, str(version.version))


def below(root: Path, address: str) -> str:
    """Return `address` with the path of a sqlite file made absolute below `root`; other addresses stay as they are."""
    return re.sub("^sqlite:///(.*)", lambda found: f"sqlite:///{root / found[1]}", address)


def _is_server(config: Config) -> bool:
    return not config.tracking.store.startswith("sqlite:")


@contextmanager
def _answering(config: Config, root: Path) -> Generator[MlflowClient]:
    """Yield the store's client; what goes wrong in the block is told as an answer that the store did not give."""
    # Before the import: nobody is told of our runs, and a server that is down is not asked for minutes.
    os.environ |= {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
    from mlflow import MlflowClient  # noqa: PLC0415

    for noisy in ("mlflow", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    address = below(root, config.tracking.store)
    try:
        yield MlflowClient(address, address)
    except Exception as error:  # noqa: BLE001 - MLflow, SQLAlchemy and HTTP each have their own
        told = f"{config.tracking.store} does not answer: {str(error).partition(chr(10))[0][:200]}"
        told = re.sub(r"//[^/@\s]*@", "//", told)  # no password on a screen or in a log
        raise UserError(f'[tracking] store {told}; see docs/tracking.md, or set it to ""') from None
