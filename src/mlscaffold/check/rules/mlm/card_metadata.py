"""MLM503: the front matter of a card is read by machines."""

import re
from collections.abc import Iterator
from typing import Any, Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.repository import Repository
from mlscaffold.check.rules.mlm._cards import cards
from mlscaffold.check.rules.mlm._document import Card
from mlscaffold.check.targets.document import UnreadableError, parsed

_LISTS: Final = ("tags", "datasets", "metrics", "language")
_BODY: Final = "\n# Delay\n\nRanks flights by risk of delay.\n"
BAD: Final[tuple[Example, ...]] = (
    {"MODEL_CARD.md": f"---\nlibrary_name: onnx\nmetrics: [f1]\n---\n{_BODY}"},
    {"MODEL_CARD.md": f"---\nlicense: apache-2.0\ntags: [tabular\n---\n{_BODY}"},
)
OK: Final[tuple[Example, ...]] = (
    {"MODEL_CARD.md": f"---\nlicense: apache-2.0\nlibrary_name: onnx\nmetrics: [f1]\n---\n{_BODY}"},
    {"MODEL_CARD.md": _BODY},
)


@rule(
    "MLM503",
    "card-metadata",
    on=Repository,
    hint="write the front matter as hubs read it: license, library_name, datasets, metrics, model-index",
    options={"keys": ["license"]},
)
def card_metadata(repository: Repository, _: None) -> Iterator[Finding]:
    """The front matter of a model card does not parse, lacks a key, or has one that no hub can read.

    A card without front matter is left alone. The option `keys` names what must be there.

    Why: hubs, catalogues and licence scanners read the front matter and nothing else. A model without a licence may not
    be used by anybody, whatever the text below says.

    How to fix: name the licence, and keep the keys in the form of the Hub's model card specification. In a generated
    project, fill `[card] license` in config/base.toml and run `card`.
    """
    wanted = [str(key) for key in repository.options("MLM503")["keys"]]
    for card in cards(repository):
        if card.matter:
            for line, told in _faults(card, wanted):
                yield Finding(card.path, line, told)


def _faults(card: Card, wanted: list[str]) -> Iterator[tuple[int, str]]:
    try:
        matter = parsed("card.yaml", card.matter.encode(errors="replace"))
    except UnreadableError as problem:
        told = " ".join(str(problem).split())[:120]
        yield (problem.line + 1 if problem.line else 1), f"has front matter that does not parse: {told}; mend it"
        return
    if not isinstance(matter, dict):
        yield 1, "has front matter that is no table; write lines like `license: apache-2.0`"
        return
    if missing := [key for key in wanted if matter.get(key) in (None, "", [])]:
        yield 1, f"has front matter without {' and '.join(missing)}; add it"
    for key in _LISTS:
        value = matter.get(key)
        if value is not None and not _is_list(value):
            yield _line_of(card, key), f"has {key} that are no list of words; write `{key}: [one, other]`"
    if "model-index" in matter and (told := _fault_in_index(matter["model-index"])):
        yield _line_of(card, "model-index"), f"has a model-index that no hub reads: {told}"


def _is_list(value: Any) -> bool:
    items = value if isinstance(value, list) else [value]
    return all(isinstance(item, str) or item is False for item in items)  # `no` is a language


def _fault_in_index(index: Any) -> str:
    """Return the next step for a model-index that is not in the Hub's form, or ""."""
    if not isinstance(index, list) or not all(isinstance(one, dict) and one.get("name") for one in index):
        return "make it a list of models with a `name` each"
    results = [
        result for one in index for result in (one["results"] if isinstance(one.get("results"), list) else [None])
    ]
    for result in results:
        match result:
            case {"task": {"type": str()}, "metrics": [*metrics]}:
                if not all(isinstance(one, dict) and one.get("type") and "value" in one for one in metrics):
                    return "give each of its metrics a `type` and a `value`"
            case _:
                return "give each of its models `results` with a `task` that has a `type`, and `metrics`"
    return ""


def _line_of(card: Card, key: str) -> int:
    found = re.search(rf"^{re.escape(key)}\s*:", card.text, re.MULTILINE)
    return card.text.count("\n", 0, found.start()) + 1 if found else 1
