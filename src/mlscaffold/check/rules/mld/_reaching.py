"""What a call of a known function reaches for beyond its arguments."""

__all__ = ["CLOCK", "ENVIRONMENT", "FILE", "NETWORK", "RANDOM", "reach"]

import ast
from typing import Final

from mlscaffold.check.targets.module import Module

CLOCK, ENVIRONMENT, FILE, NETWORK, RANDOM = (
    "the clock",
    "the environment",
    "a file",
    "the network",
    "a global generator",
)

_CLOCKS: Final = frozenset(
    "arrow.now arrow.utcnow datetime.date.today datetime.datetime.now datetime.datetime.today datetime.datetime.utcnow"  # noqa: SIM905 - reads as the list it is
    " pandas.Timestamp.now pandas.Timestamp.today pandas.Timestamp.utcnow pendulum.now pendulum.today"
    " pyspark.sql.functions.current_date pyspark.sql.functions.current_timestamp pyspark.sql.functions.now"
    " time.time time.time_ns".split()
)
_MOMENTS: Final = frozenset({"numpy.datetime64", "pandas.Timestamp", "pandas.to_datetime"})  # ... of "now" or "today"
_FILES: Final = frozenset(
    "io.open joblib.load numpy.fromfile numpy.genfromtxt numpy.load numpy.loadtxt open sqlite3.connect"  # noqa: SIM905 - reads as the list it is
    " torch.load".split()
)
_READERS: Final = ("pandas.read_", "polars.read_", "polars.scan_", "dask.dataframe.read_", "pyarrow.parquet.read_")
_CLIENTS: Final = ("requests.", "httpx.", "urllib.request.", "boto3.", "psycopg2.", "psycopg.", "google.cloud.")
_SEEDABLE: Final = frozenset({"numpy.random.default_rng", "numpy.random.RandomState", "random.Random"})
_NO_DRAW: Final = frozenset(
    "Generator MT19937 PCG64 PCG64DXSM Philox RandomState SFC64 SeedSequence default_rng get_state seed set_state"  # noqa: SIM905 - reads as the list it is
    " Random getstate setstate".split()
)


def reach(node: ast.AST, module: Module) -> str:
    """Return what a call, or a look at `os.environ`, reaches for; "" where it is nothing that is known."""
    if not isinstance(node, ast.Call):
        return ENVIRONMENT if module.qualified(node) == "os.environ" else ""
    name = module.qualified(node.func)
    if name == "os.getenv":
        return ENVIRONMENT
    if name in _CLOCKS or (name in _MOMENTS and _says_now(node)):
        return CLOCK
    if name in _FILES or name.startswith(_READERS) or name.endswith((".read_text", ".read_bytes")):
        return FILE
    if name.startswith(_CLIENTS):
        return NETWORK
    return RANDOM if _draws(name, node) else ""


def _says_now(call: ast.Call) -> bool:
    return any(isinstance(one, ast.Constant) and one.value in {"now", "today"} for one in call.args[:1])


def _draws(name: str, call: ast.Call) -> bool:
    if name in _SEEDABLE:
        return not call.args and not call.keywords
    package, _, last = name.rpartition(".")
    return package in {"random", "numpy.random"} and last not in _NO_DRAW
