"""A model as it leaves training: the graph, the contract it was trained under, and a manifest that accounts for it.

Reading one needs no training library, and nothing in it is executable. `models/<version>/` holds model.onnx,
contract.toml, manifest.json, reference.json, seen.npy and, once evaluated, metrics.json.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from ..contract.records import Contract, Task, load_contract
from ..data.targets import Target
from ..errors import COMMAND, UserError
from ..files import write
from ..provenance import sha256_bytes
from .graph import open_graph

if TYPE_CHECKING:
    from pathlib import Path

    from onnxruntime import InferenceSession

__all__ = ["REFERENCE", "SEEN", "Bundle", "Manifest", "latest_bundle", "load_bundle", "save_bundle"]

REFERENCE, SEEN = "reference.json", "seen.npy"
_MODEL, _CONTRACT, _MANIFEST = "model.onnx", "contract.toml", "manifest.json"


class Manifest(BaseModel):
    """Where a model comes from and how its numbers are read. Hashes are SHA-256 in hexadecimal."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str
    created: str
    who: str
    commit: str | None  # None: no commit holds this project
    dirty: bool  # code, settings, contract or lock differed from that commit
    told_dirty: bool  # ... and `--allow-dirty` was given
    run_id: str | None  # of the tracking store; None: not recorded
    data_file: str  # of the newest arrival
    data_sha256: str  # of the arrival; of several: of their hashes, one a line
    arrivals: tuple[str, ...]  # trained on, oldest first
    newest: str | None  # latest time among the training rows, ISO 8601; None: the data has no time
    config: dict[str, Any]  # what `Config.recorded` gives
    config_sha256: str
    lock_sha256: str | None  # None: no uv.lock
    contract_sha256: str
    contract_version: int
    features_sha256: str  # of features.py
    model_sha256: str
    files: dict[str, str]  # the other files of the bundle and their hashes
    packages: dict[str, str]
    task: Task
    features: dict[str, str]  # name -> "number" or "category"
    classes: tuple[str, ...]  # by column of the output; binary: negative, positive; regression: empty
    threshold: float | None  # binary: predicted positive from this probability on
    target_center: float  # regression: amount = center + scale * output
    target_scale: float
    rows: dict[str, int]  # train, valid, test, unlabelled
    split: str
    parity: dict[str, int | float]
    seconds: float  # from reading the data to the proven graph
    cpu_seconds: float  # the same, summed over cores
    peak_megabytes: float  # of the process; 0 where the system does not tell
    cost: float  # CPU hours times [tracking] price_per_core_hour
    currency: str

    @property
    def target(self) -> Target:
        """How the target is coded."""
        return Target(self.classes, self.target_center, self.target_scale)


@dataclass(frozen=True)
class Bundle:
    """A loaded and verified bundle."""

    path: Path
    manifest: Manifest
    contract: Contract
    session: InferenceSession

    @property
    def metrics_path(self) -> Path:
        """Where `evaluate` writes."""
        return self.path / "metrics.json"

    @cached_property
    def seen(self) -> np.ndarray:
        """Hashes (uint64, sorted) of the rows that shaped the model: training and validation."""
        return np.load(self.path / SEEN, allow_pickle=False)

    @cached_property
    def reference(self) -> dict[str, Any]:
        """What the training rows looked like; see `training.reference`."""
        return json.loads((self.path / REFERENCE).read_bytes())


def save_bundle(models: Path, manifest: Manifest, model: bytes, contract: Path, files: dict[str, bytes]) -> Path:
    """Write `models`/<version>, whole or not at all, with a copy of `contract`; point `latest` at it and return it."""
    target, unfinished = models / manifest.version, models / f".{manifest.version}"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    known = {_MODEL: model, _CONTRACT: contract.read_bytes(), _MANIFEST: manifest.model_dump_json(indent=2).encode()}
    for name, content in (known | files).items():
        (unfinished / name).write_bytes(content)
    shutil.rmtree(target, ignore_errors=True)
    unfinished.rename(target)
    write(models / "latest", manifest.version + "\n")
    return target


def load_bundle(path: Path, threads: int) -> Bundle:
    """Read and verify a bundle. Raises UserError when a file is missing, or not the one the manifest speaks of."""
    try:
        manifest = Manifest.model_validate_json((path / _MANIFEST).read_bytes())
        hashes = {_MODEL: manifest.model_sha256, _CONTRACT: manifest.contract_sha256, **manifest.files}
        contents = {name: (path / name).read_bytes() for name in hashes}
    except (OSError, ValidationError) as error:
        reason = str(error).splitlines()[0]
        raise UserError(f"{path} is not a bundle that this code can read ({reason}): run `{COMMAND} train`") from None
    for name, content in contents.items():
        if sha256_bytes(content) != hashes[name]:
            raise UserError(f"{path / name} was changed after training (its hash differs): run `{COMMAND} train`")
    return Bundle(path, manifest, load_contract(path / _CONTRACT), open_graph(contents[_MODEL], threads))


def latest_bundle(models: Path, threads: int) -> Bundle:
    """Load the bundle that was trained last. Raises UserError when there is none."""
    try:
        version = (models / "latest").read_text(encoding="utf-8").strip()
    except OSError:
        raise UserError(f"there is no model in {models} yet: run `{COMMAND} train` first") from None
    return load_bundle(models / version, threads)
