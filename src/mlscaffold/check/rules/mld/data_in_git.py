"""MLD101: git keeps every version of every file, for everybody, for ever."""

import re
from collections.abc import Iterator
from typing import Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.patterns import fits, fits_any
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.repository import Repository

_BYTES_PER_KB: Final = 1000
# A file of one of these kinds is data, or a model, wherever it lies.
_DATA: Final = frozenset(
    "arrow avro csv feather h5 hdf5 ipc joblib jsonl keras mat ndjson npy npz onnx orc parquet pickle pkl pt pth ckpt"  # noqa: SIM905 - reads as the list it is
    " rdata rds safetensors sas7bdat sav tflite tfrecord tsv xls xlsx".split()
)
# One of these may be anything, and is data where its path says so.
_MAYBE: Final = frozenset(
    "7z bin bz2 dat db gz json msgpack pb sqlite sqlite3 tar tgz txt xml xz zip zst".split()  # noqa: SIM905 - reads as the list it is
)
_SAYS_SO: Final = frozenset(
    "checkpoint checkpoints corpus data dataset datasets embeddings model models raw weights".split()  # noqa: SIM905 - reads as the list it is
)
_FIXTURES: Final = frozenset({"fixture", "fixtures", "testdata", "testing", "test", "tests"})

BAD: Final[tuple[Example, ...]] = ({"data/flights.csv": "2013-01-01,UA,EWR,0\n" * 110_000},)
OK: Final[tuple[Example, ...]] = (
    {
        "data/flights.csv.dvc": "outs:\n- md5: 0cc175b9c0f1b6a831c399e269772661\n  path: flights.csv\n",
        "data/sample.csv": "carrier,origin,late\nUA,EWR,0\n",
    },
)


@rule(
    "MLD101",
    "data-in-git",
    on=Repository,
    hint="keep it in a data store or track it with DVC or Git LFS; `allow` names what stays in git on purpose",
    options={"max-kb": 2000, "allow": ["registry/bundles/"]},
)
def data_in_git(repository: Repository, _: None) -> Iterator[Finding]:
    """A data or model file larger than `max-kb` is in git.

    Why: a clone fetches every version of it for ever, nobody can review the change, and data that must be deleted (a
    person asks for it) stays in the history. OpenSSF Scorecard has a check for binary artefacts for the same reasons.

    How to fix: keep the file in a data store, or track it with DVC or Git LFS, and commit a small sample for the tests.
    Files of tests, and files that `.gitattributes` hands to LFS, are left alone. `max-kb` is the limit (1 kB is 1,000
    bytes); `allow` lists patterns of what is kept in git on purpose.
    """
    options = repository.options("MLD101")
    large = {
        path: entry.size
        for path, entry in repository.files.items()
        if _is_data(path) and not entry.symlink and entry.size > options["max-kb"] * _BYTES_PER_KB
    }
    if not large:
        return
    filters = _filters(repository)
    for path in sorted(large):
        spared = "tests" in repository.roles_of(path) or fits_any(path, options["allow"])
        if not spared and not _in_lfs(path, filters):
            told = f"{large[path] / 1e6:,.1f} MB"
            yield Finding(path, 0, f"{told} of data in git; keep it in a data store, or track it with DVC or Git LFS")


def _is_data(path: str) -> bool:
    folders, _, name = path.lower().rpartition("/")
    if not _FIXTURES.isdisjoint(folders.split("/")):
        return False
    suffix = name.rpartition(".")[2]
    return suffix in _DATA or (suffix in _MAYBE and not _SAYS_SO.isdisjoint(re.split(r"[^a-z0-9]+", path.lower())))


def _filters(repository: Repository) -> list[tuple[str, str, bool]]:
    """Return folder, pattern and whether it goes to LFS, of all lines on filters; the last that fits decides."""
    found = []
    for path in sorted(repository.glob(".gitattributes"), key=lambda path: path.count("/")):
        folder, macros = path.removesuffix(".gitattributes"), {"filter=lfs"}
        for line in repository.text(path).splitlines():
            pattern, *attributes = line.split() or [""]
            if pattern.startswith("[attr]") and "filter=lfs" in attributes:
                macros.add(pattern.removeprefix("[attr]"))
            elif any("filter" in one or one in macros for one in attributes):
                found.append((folder, pattern.strip('"'), not macros.isdisjoint(attributes)))
    return found


def _in_lfs(path: str, filters: list[tuple[str, str, bool]]) -> bool:
    decided = False
    for folder, pattern, lfs in filters:
        if path.startswith(folder) and fits(path[len(folder) :], pattern):
            decided = lfs
    return decided
