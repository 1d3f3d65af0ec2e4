"""What shows that a module is about data: it imports a library of tables or arrays."""

__all__ = ["about_data"]

from collections.abc import Iterable
from typing import Final

_LIBRARIES: Final = frozenset(
    "cudf dask duckdb featuretools feature_engine ibis jax modin narwhals numpy pandas polars pyarrow pyspark scipy"  # noqa: SIM905 - reads as the list it is
    " sklearn tensorflow torch xarray".split()
)


def about_data(imported: Iterable[str]) -> bool:
    """Return whether one of these qualified names comes from such a library.

    "Features" is also what products have, and what Gherkin calls its files: those modules import none of them.
    """
    return any(name.partition(".")[0] in _LIBRARIES for name in imported)
