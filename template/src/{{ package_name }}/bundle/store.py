"""A model as it leaves training: the graph, the contract it was trained under, and a manifest that accounts for it.

Reading a bundle needs neither scikit-learn nor skl2onnx, and nothing in it is executable. `models/<version>/` holds
model.onnx, contract.toml, manifest.json and, once evaluated, metrics.json.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError

from ..contract.records import Contract, Task, load_contract
from ..data.targets import Target
from ..errors import COMMAND, UserError
from ..provenance import sha256_bytes, sha256_file
from .graph import open_graph

if TYPE_CHECKING:
    from pathlib import Path

    from onnxruntime import InferenceSession

__all__ = ["Bundle", "Manifest", "latest_bundle", "load_bundle", "save_bundle"]

_MODEL, _CONTRACT, _MANIFEST = "model.onnx", "contract.toml", "manifest.json"


class Manifest(BaseModel):
    """Where a model comes from and how its numbers are read. Hashes are SHA-256 in hexadecimal."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str
    created: str
    who: str
    commit: str | None  # None: trained outside git
    dirty: bool  # files differed from that commit
    data_file: str
    data_sha256: str
    config: dict[str, Any]  # what `Config.recorded` gives
    config_sha256: str
    lock_sha256: str | None  # None: no uv.lock
    contract_sha256: str
    model_sha256: str
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
    seconds: float  # of fitting

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


def save_bundle(models: Path, manifest: Manifest, model: bytes, contract: Path) -> Path:
    """Write a bundle beside the others and point `latest` at it; a reader never sees half of one.

    Args:
        models: the folder of all bundles.
        manifest: its `version` names the new folder.
        model: the graph.
        contract: the contract file to keep a copy of.

    Returns:
        the folder of the new bundle.
    """
    target, unfinished = models / manifest.version, models / f".{manifest.version}"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    (unfinished / _MODEL).write_bytes(model)
    shutil.copyfile(contract, unfinished / _CONTRACT)
    (unfinished / _MANIFEST).write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
    shutil.rmtree(target, ignore_errors=True)
    unfinished.rename(target)
    pointer = models / ".latest"
    pointer.write_text(manifest.version + "\n", encoding="utf-8")
    pointer.replace(models / "latest")
    return target


def load_bundle(path: Path, threads: int) -> Bundle:
    """Read and verify a bundle.

    Raises:
        UserError: a file is missing, or is not the one that the manifest speaks of.
    """
    try:
        manifest = Manifest.model_validate_json((path / _MANIFEST).read_bytes())
        model = (path / _MODEL).read_bytes()
        contract_sha256 = sha256_file(path / _CONTRACT)
    except (OSError, ValidationError) as error:
        reason = str(error).splitlines()[0]
        raise UserError(f"{path} is not a bundle that this code can read ({reason}): run `{COMMAND} train`") from None
    for name, actual, expected in (
        (_MODEL, sha256_bytes(model), manifest.model_sha256),
        (_CONTRACT, contract_sha256, manifest.contract_sha256),
    ):
        if actual != expected:
            raise UserError(f"{path / name} was changed after training (its hash differs): run `{COMMAND} train`")
    return Bundle(path, manifest, load_contract(path / _CONTRACT), open_graph(model, threads))


def latest_bundle(models: Path, threads: int) -> Bundle:
    """Load the bundle that was trained last. Raises UserError when there is none."""
    try:
        version = (models / "latest").read_text(encoding="utf-8").strip()
    except OSError:
        raise UserError(f"there is no model in {models} yet: run `{COMMAND} train` first") from None
    return load_bundle(models / version, threads)
