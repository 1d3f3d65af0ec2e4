"""MLM504: a card is about the model that is in charge, and its numbers are those of the evaluation."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from mlscaffold.check.findings import Edit, Finding, Fix
from mlscaffold.check.lazy import expression
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.repository import Repository
from mlscaffold.check.rules.mlm._cards import cards
from mlscaffold.check.rules.mlm._document import Card, front_matter
from mlscaffold.check.rules.mlm._registry import champion

_ABOUT: Final = expression(r"^Written by `card` for version `([^`\n]+)`", re.MULTILINE)
_BLOCK: Final = expression(r"<!--\s*metrics:\s*(\S+?)\s*-->[ \t]*\r?\n(.*?)<!--\s*/metrics\s*-->", re.DOTALL)
_ROW: Final = expression(
    r"^[ \t]*[|*-]?[ \t]*[`*]*(?P<name>[A-Za-z][\w@./ -]*?)[`*]*[ \t]*[|:=][`* \t]*"
    r"(?P<value>-?\d+(?:\.(?P<decimals>\d+))?)(?![\w.]|[, ]\d)[`*]*(?P<percent>[ \t]*%)?",
    re.MULTILINE,
)
_SUFFIXES: Final = (".json", ".toml", ".yaml", ".yml")
_LARGEST: Final = 1e15  # of the numbers that are compared; neither infinity nor "not a number"
_METRICS: Final = '{"f1": 0.7134, "rows": 812}\n'
BAD: Final[tuple[Example, ...]] = (
    {
        "reports/metrics.json": _METRICS,
        "MODEL_CARD.md": "# Delay\n\n<!-- metrics: reports/metrics.json -->\n| metric | value |\n| --- | --- |\n"
        "| f1 | 0.69 |\n| rows | 812 |\n<!-- /metrics -->\n",
    },
    {
        "registry/versions.jsonl": '{"event": "promote", "version": "v2"}\n',
        "docs/model-card.md": "# Delay\n\nWritten by `card` for version `v1`: change the settings, not this file.\n",
    },
)
OK: Final[tuple[Example, ...]] = (
    {
        "reports/metrics.json": _METRICS,
        "MODEL_CARD.md": "# Delay\n\n<!-- metrics: reports/metrics.json -->\n- f1: 71.3 %\n- rows: 812\n"
        "<!-- /metrics -->\n",
    },
)


@rule(
    "MLM504",
    "card-stale",
    on=Repository,
    fix="safe",
    hint="write the numbers of the last evaluation; in a generated project, run `card` and commit it",
)
def card_stale(repository: Repository, _: None) -> Iterator[Finding]:
    """A model card is about another version than the one in charge, or has other numbers than the evaluation.

    Numbers are compared where the card says where they come from: between `<!-- metrics: reports/metrics.json -->` and
    `<!-- /metrics -->`, in rows of a table or a list (`f1 | 0.71`, `- rows: 812`), as exactly as they are written;
    names in tables of the file are joined by dots. The card of a generated project is compared with the registry's
    champion and its bundle.

    Why: a card is believed. Numbers that are copied by hand stay when the model changes, and the reader has no way to
    tell.

    How to fix: `--fix` writes the numbers of such a block anew. In a generated project, run `card`.
    """
    promoted = champion(repository)
    for card in cards(repository):
        for block in _BLOCK.finditer(card.text):
            yield from _stale_numbers(repository, card, block)
        about = _ABOUT.search(card.text)
        if about and promoted and (told := _stale_model(repository, card, about[1], promoted[0])):
            yield Finding(card.path, _line_at(card, about.start()), told)


def _stale_numbers(repository: Repository, card: Card, block: re.Match[str]) -> Iterator[Finding]:
    path = block[1]
    below = ".." not in path.split("/") and path.endswith(_SUFFIXES)
    known = dict(_flat(repository.data(path))) if below else {}
    for row in _ROW.finditer(block[2]):
        name = row["name"].strip()
        if name in known and (true := _corrected(row, known[name])):
            start, end = (block.start(2) + place for place in row.span("value"))
            told = f"says {name} is {row['value']}, {path} says {true}; write that"
            yield Finding(card.path, _line_at(card, start), told, fix=_rewritten(card, start, end, true))


def _corrected(row: re.Match[str], true: float) -> str:
    """Return the number as it should stand, "" where it does: as many decimals, and per cent where that was written."""
    decimals = len(row["decimals"] or "")
    scaled = true * 100 if row["percent"] and abs(true) <= 1 else true
    nearly = 0.5 * 10**-decimals * (1 + 1e-9) + 1e-12 * abs(scaled)  # a half may be rounded either way
    return "" if abs(float(row["value"]) - scaled) <= nearly else f"{scaled:.{decimals}f}"


def _rewritten(card: Card, start: int, end: int, text: str) -> Fix | None:
    if "\ufffd" in card.text:
        return None  # no UTF-8: what is counted here are not its bytes
    first, last = (len(card.text[:place].encode()) for place in (start, end))
    return Fix((Edit(card.path, first, last, text),), safe=True)


def _stale_model(repository: Repository, card: Card, version: str, promoted: str) -> str:
    """Return what is wrong with the card of a generated project, or ""."""
    if version != promoted:
        return f"is about version {version}, the registry has {promoted} in charge; run `card` and commit it"
    measured = repository.table(f"registry/bundles/{version}/metrics.json", "metrics")
    for name, shown in _index(front_matter(card)):
        result = measured.get(name)
        true = result.get("value") if isinstance(result, dict) else None
        if isinstance(true, int | float) and abs(true) < _LARGEST and f"{true:.6g}" != f"{shown:.6g}":
            return f"says {name} is {shown:.6g}, the evaluation says {true:.6g}; run `card` and commit it"
    return ""


def _index(matter: Any) -> Iterator[tuple[str, float]]:
    """Yield the names and values of the metrics in a model-index."""
    match matter:
        case {"model-index": [{"results": [{"metrics": [*metrics]}, *_]}, *_]}:
            found = [(one.get("type"), one.get("value")) for one in metrics if isinstance(one, dict)]
        case _:
            found = []
    for name, value in found:
        if isinstance(name, str) and isinstance(value, int | float) and abs(value) < _LARGEST:
            yield name, value


def _flat(value: Any, prefix: str = "") -> Iterator[tuple[str, float]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _flat(item, f"{prefix}.{key}" if prefix else str(key))
    elif isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LARGEST:
        yield prefix, value


def _line_at(card: Card, place: int) -> int:
    return card.text.count("\n", 0, place) + 1
