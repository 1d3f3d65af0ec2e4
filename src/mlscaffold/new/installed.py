"""How the running mlscaffold was installed, as a requirement that installs the same one elsewhere (PEP 610)."""

__all__ = ["DISTRIBUTION", "Installed", "installed"]

import json
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit, urlunsplit

import mlscaffold

# Never `mlscaffold`: on the package index, that is somebody else's tool.
DISTRIBUTION: Final = "mlscaffold-cli"
_HASH: Final = "sha256"


class Installed(NamedTuple):
    """A requirement as pip and uv take it; where only this machine could follow it, it is "" and `unknown` says why."""

    requirement: str
    unknown: str = ""


def installed() -> Installed:
    """Return how this mlscaffold was installed. Neither a path of this machine nor a secret is ever part of it."""
    from importlib import metadata  # new templates' questions only

    try:
        distribution = metadata.distribution(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return Installed("", "mlscaffold runs here without having been installed")
    recorded = distribution.read_text("direct_url.json")
    if recorded is not None:
        return _from_record(json.loads(recorded))
    if Path(str(distribution.locate_file("mlscaffold"))).resolve() != Path(mlscaffold.__file__).resolve().parent:
        return Installed("", "mlscaffold runs here from another folder than it was installed in")
    return Installed(f"{DISTRIBUTION}=={distribution.version}")


def _from_record(record: dict[str, Any]) -> Installed:
    """Turn a record of PEP 610 into a requirement."""
    address = urlsplit(record["url"])
    if "dir_info" in record or address.scheme in {"", "file"}:
        return Installed("", "mlscaffold was installed from a folder or file of this machine")
    if address.query:  # of a signed address it is the secret, and nothing tells which
        return Installed("", "mlscaffold was installed from an address that may hold a secret")
    url = urlunsplit(address._replace(netloc=_without_secrets(address.scheme, address.netloc), fragment=""))
    inside = [f"subdirectory={record['subdirectory']}"] if record.get("subdirectory") else []
    if vcs := record.get("vcs_info"):
        return Installed(_direct(f"{vcs['vcs']}+{url}@{vcs['commit_id']}", inside))
    archive = record.get("archive_info", {})
    former = dict([archive.get("hash", "=").split("=", 1)])  # what PEP 610 had before `hashes`
    hashed = (former | archive.get("hashes", {})).get(_HASH)
    # Without a hash the file behind the address may be another one tomorrow.
    unhashed = "mlscaffold was installed from an address without a hash"
    return Installed(_direct(url, [f"{_HASH}={hashed}", *inside])) if hashed else Installed("", unhashed)


def _direct(url: str, fragment: list[str]) -> str:
    return f"{DISTRIBUTION} @ {url}{'#' if fragment else ''}{'&'.join(fragment)}"


def _without_secrets(scheme: str, netloc: str) -> str:
    """Return host and port; of what stands before the @ only the user `git` of ssh stays, who is no secret."""
    user, _, host = netloc.rpartition("@")
    return f"git@{host}" if scheme == "ssh" and user.partition(":")[0] == "git" else host
