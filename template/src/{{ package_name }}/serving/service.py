"""The bundle in service: taking it up, answering with it, explaining it, and counting what happens."""

from __future__ import annotations

import hmac
import logging
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from prometheus_client import CollectorRegistry, Counter, Histogram
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json, to_json

from .. import features as team  # noqa: F401 - importing it registers the features that `_private` goes through
from ..bundle.explain import contributions, reference_row
from ..bundle.graph import run_graph
from ..bundle.output import read_output
from ..bundle.store import Bundle, load_bundle
from ..errors import COMMAND, UserError
from ..featurelib import REGISTRY, Columns, compute
from ..provenance import features_sha256, now
from .journal import Journal
from .rows import BadRow, RefusedError, columns_from, refusal, request_model

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ..config import ServeConfig
    from ..contract.records import Contract

__all__ = ["Live", "Metrics", "Service", "explain", "follow", "open_live", "open_service", "respond"]

_CLIENTS = 100  # told apart in the metrics: a header must not be able to fill the memory

_log = logging.getLogger(__name__)


class Metrics:
    """What Prometheus is told."""

    def __init__(self) -> None:
        registry, labels = CollectorRegistry(), ("route", "client")
        self.registry, self._clients = registry, set[str]()
        self.requests = Counter("requests", "Requests answered.", (*labels, "status"), registry=registry)
        self.errors = Counter("errors", "Requests that failed inside.", labels, registry=registry)
        self.seconds = Histogram("request_seconds", "Time to answer.", labels, registry=registry)
        self.predictions = Counter("predictions", "Rows predicted.", ("client",), registry=registry)
        self.nans = Counter("nan_outputs", "Rows with NaN or infinite output.", ("client",), registry=registry)
        self.lost = Counter("lost_records", "Records that could not be written.", registry=registry)
        self.swaps = Counter("swaps", "New bundles, by what became of them.", ("outcome",), registry=registry)

    def client(self, name: str) -> str:
        """Return the name to count under: its own for the first hundred clients."""
        if len(self._clients) < _CLIENTS:
            self._clients.add(name)
        return name if name in self._clients else "other"


@dataclass(frozen=True)
class Live:
    """A bundle that answers; `private` are the features with personal columns in them, which no log may hold."""

    bundle: Bundle
    request: type[BaseModel]
    private: frozenset[str]


@dataclass(kw_only=True)
class Service:
    """`live` is replaced as a whole by a new bundle; a request that has begun with the old one ends with it."""

    settings: ServeConfig
    source: Callable[[], Path]
    journal: Journal
    threads: int
    metrics: Metrics
    live: Live | None = None
    refused: tuple[Path | None, str] | None = field(default=None, init=False)


def open_service(settings: ServeConfig, source: Callable[[], Path], logs: Path, threads: int) -> Service:
    """Load the bundle that `source` names. Raises UserError where there is none that can be served."""
    if settings.personal == "hash" and not settings.salt.get_secret_value():
        variable = f"{__name__.partition('.')[0].upper()}_SERVE__SALT"
        raise UserError(f'[serve] personal = "hash" needs a secret: set the variable {variable}')
    live, metrics = open_live(source(), threads), Metrics()
    journal = Journal(logs, metrics.lost.inc)
    return Service(settings=settings, source=source, journal=journal, threads=threads, metrics=metrics, live=live)


def open_live(path: Path, threads: int) -> Live:
    """Load a bundle and try it. Raises UserError where it is damaged, or learned from another features.py."""
    bundle = load_bundle(path, threads)
    if bundle.manifest.features_sha256 != features_sha256():
        commit = (bundle.manifest.commit or "unknown")[:12]
        raise UserError(f"{path.name} learned from another features.py (commit {commit}): run `{COMMAND} train`")
    contributions(bundle, reference_row(bundle))
    return Live(bundle, request_model(bundle.contract), _private(bundle.contract))


def respond(service: Service, live: Live, body: bytes, client: str) -> bytes:
    """Answer {"row": {...}} or {"rows": [...]}, count it and write it down. Raises RefusedError."""
    started, counted = perf_counter(), service.metrics.client(client)
    rows, features = _read(live, body)
    output = run_graph(live.bundle.session, features)
    answers = read_output(live.bundle.manifest, output)
    values = [value if fine else None for value, fine in zip(answers.values.tolist(), answers.finite, strict=True)]
    shares = zip(*(column.tolist() for column in answers.probabilities.values()), strict=True)
    predictions: list[dict[str, Any]] = [{"prediction": value} for value in values]
    for prediction, row in zip(predictions, shares, strict=False):  # no probabilities: regression
        prediction["probabilities"] = dict(zip(answers.probabilities, row, strict=True))
    known = {"id": uuid4().hex, "version": live.bundle.manifest.version}
    service.metrics.predictions.labels(counted).inc(len(rows))
    service.metrics.nans.labels(counted).inc(values.count(None))
    record = {
        "when": now(),
        "client": client,
        "rows": [_masked(row, live.bundle.contract, service.settings) for row in rows],
        "features": {name: column.tolist() for name, column in features.items() if name not in live.private},
        "output": output.tolist(),
        "predictions": values,
        "milliseconds": round(1000 * (perf_counter() - started), 3),
    }
    service.journal.write("requests", known | record)
    return to_json(known | {"predictions": predictions}, inf_nan_mode="null")


def explain(live: Live, body: bytes) -> bytes:
    """Answer {"row": {...}} with what each feature contributes. Raises RefusedError."""
    rows, features = _read(live, body)
    if len(rows) != 1:
        raise RefusedError(BadRow(0, "", "type", "one row is explained at a time"))
    base, output, by_feature = contributions(live.bundle, features)
    unit = "units of the target" if live.bundle.manifest.task == "regression" else "log-odds"
    told = {"version": live.bundle.manifest.version, "unit": unit, "base": base, "output": output}
    return to_json(told | {"contributions": by_feature})


def follow(service: Service) -> None:
    """Take the bundle that `source` names into service, if it is another one and answers; else all stays as it is."""
    path = None
    try:
        path = service.source()
        if service.live is None or service.live.bundle.path != path:
            service.live = open_live(path, service.threads)
            service.metrics.swaps.labels("taken").inc()
    except Exception as error:  # noqa: BLE001 - whatever is wrong with the new bundle, the old one goes on
        if service.refused != (path, str(error)):  # tried again every time, told once
            service.refused = (path, str(error))
            service.metrics.swaps.labels("refused").inc()
            _log.warning("%s is not taken into service: %s", path, error)


def _read(live: Live, body: bytes) -> tuple[list[dict[str, Any]], Columns]:
    """Return the rows as received and their features."""
    try:
        raw = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise RefusedError(BadRow(0, "", "type", f"the body is not JSON: {error}")) from None
    if isinstance(raw, dict) and raw.keys() == {"row"}:
        raw = {"rows": [raw["row"]]}
    try:
        request = live.request.model_validate(raw)
    except ValidationError as error:
        raise refusal(error) from None
    contract = live.bundle.contract
    return raw["rows"], compute(columns_from(request.rows, contract), contract)  # ty: ignore[missing-attribute]


def _private(contract: Contract) -> frozenset[str]:
    """Return the names of all features that a personal column goes into."""
    personal = {column.field for column in contract.columns if column.personal}
    own = {item.name for item in REGISTRY.values() if personal.intersection(item.inputs)}
    return frozenset(personal | own | {f"{name}_{part}" for name in personal for part in ("hour", "weekday")})


def _masked(row: Mapping[str, Any], contract: Contract, settings: ServeConfig) -> dict[str, Any]:
    """Return a row without its personal columns, or with their keyed SHA-256."""
    personal = {name for name in row if contract.by_name[name].personal}
    kept = {name: value for name, value in row.items() if name not in personal}
    if settings.personal == "hash":
        salt = settings.salt.get_secret_value().encode()
        kept |= {name: hmac.digest(salt, str(row[name]).encode(), "sha256").hex() for name in personal}
    return kept
