"""MLC301: a configuration that says something other than it seems to."""

import re
from collections.abc import Iterable, Iterator
from posixpath import dirname, normpath
from typing import Any, Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.lazy import expression
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.repository import Repository
from mlscaffold.check.rules.mlc._overlays import layers, unknown, unlike
from mlscaffold.check.rules.mlc._schema import faults

_DOCUMENTS: Final = (".toml", ".yaml", ".yml", ".json")
# As editors read it: Taplo and Even Better TOML, yaml-language-server.
_COMMENT: Final = expression(rb"^#:schema\s+(\S+)|^#\s*yaml-language-server:\s*\$schema=(\S+)", re.MULTILINE)
_HEAD: Final = 4000
_NEARLY: Final = 0.9
_SCHEMA: Final = (
    '{"type": "object", "required": ["model"], "properties": {"model": {"type": "object", "additionalProperties":'
    ' false, "properties": {"learning_rate": {"type": "number"}}}}}\n'
)

BAD: Final[tuple[Example, ...]] = (
    {
        "config/base.toml": "[model]\nlearning_rate = 0.05\n",
        "config/prod.toml": "[model]\nlearning_rates = 0.01\n",
    },
    {
        "config/train.yaml": "# yaml-language-server: $schema=train.schema.json\nmodel:\n  learning_rate: fast\n",
        "config/train.schema.json": _SCHEMA,
    },
)
OK: Final[tuple[Example, ...]] = (
    {
        "config/base.toml": "[model]\nlearning_rate = 0.05\n",
        "config/prod.toml": "[model]\nlearning_rate = 0.01\n",
    },
    {
        "config/train.yaml": "# yaml-language-server: $schema=train.schema.json\nmodel:\n  learning_rate: 0.05\n",
        "config/train.schema.json": _SCHEMA,
    },
)


@rule(
    "MLC301",
    "config-valid",
    on=Repository,
    hint="correct the key or the value, or the schema or base file that it is held against",
)
def config_valid(repository: Repository, _: None) -> Iterator[Finding]:
    """A configuration file does not fit the schema that it names, or overrides what its base file does not have.

    Why: a misspelt key is ignored without a word, and the run differs from what its configuration says. Configuration
    is code, and wants the same review (ML Test Score, Model 1).

    How to fix: correct the key or the value. A file names its schema as editors read it: by a key `$schema`, by
    `#:schema PATH` (TOML) or by `# yaml-language-server: $schema=PATH`. Only schemas in the repository are read, and of
    them types, required and unknown keys, choices and limits. In a folder with `base.toml` and a file for each
    environment (`prod.toml`), those override keys of the base: one that is nearly spelt like a key of the base is
    found, and in the persona `strict` every one that the base lacks.
    """
    documents = [path for path in repository.role("config") if path.endswith(_DOCUMENTS)]
    for path in documents:
        value = repository.data(path)  # what does not parse is MLZ002's
        if named := _schema_of(path, value, repository):
            yield from _against_schema(path, value, named, repository)
    for base, overlays in layers(documents):
        for path in overlays:
            yield from _against_base(path, base, repository)


def _schema_of(path: str, value: Any, repository: Repository) -> str:
    """Return the path of the schema that a document names; "" where it names none, or one that lies elsewhere."""
    named = value.get("$schema") if isinstance(value, dict) else None
    if named is None:
        found = _COMMENT.search(repository.read(path)[:_HEAD])
        named = (found[1] or found[2]).decode(errors="replace") if found else None
    if not isinstance(named, str) or not named or ":" in named or named.startswith(("/", "#")):
        return ""
    return normpath(f"{dirname(path)}/{named.partition('#')[0]}").removeprefix("/")


def _against_schema(path: str, value: Any, named: str, repository: Repository) -> Iterator[Finding]:
    if named.startswith("../"):
        return
    if not repository.read(named):
        yield Finding(path, 0, f"its schema {named} is not there; add it, or correct the path")
        return
    for fault in faults(value, repository.data(named)):
        yield Finding(path, repository.line_of(path, *fault.keys), f"{fault.told}; see {named}")


def _against_base(path: str, base: str, repository: Repository) -> Iterator[Finding]:
    below, over = repository.table(base), repository.table(path)
    if isinstance(below.get("defaults"), list) or isinstance(over.get("defaults"), list):
        return  # Hydra's: composed, not laid over one another
    for keys, told in unlike(below, over):
        yield Finding(path, repository.line_of(path, *keys), f"`{'.'.join(keys)}` {told}")
    for keys, table in unknown(below, over):
        meant = _meant(keys[-1], table)
        if below and (meant or repository.settings.persona == "strict"):
            told = f"`{'.'.join(keys)}` is no key of {base.rpartition('/')[2]}{meant}"
            yield Finding(path, repository.line_of(path, *keys), told if meant else f"{told}; add it there")


def _meant(key: str, known: Iterable[str]) -> str:
    """Return the key that is spelt nearly like this one: nearer than two keys that mean different things are."""
    import difflib

    found = difflib.get_close_matches(key, known, 1, _NEARLY)
    return f"; did you mean `{found[0]}`?" if found else ""
