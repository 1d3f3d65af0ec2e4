"""Which files of a repository are cards of models."""

__all__ = ["cards"]

import re
from typing import Final

from mlscaffold.check.lazy import expression
from mlscaffold.check.repository import Repository, shared
from mlscaffold.check.rules.mlm._document import Card, front_matter

_LARGEST: Final = 1_000_000  # bytes
_NAMED: Final = expression(r"(?:.*/)?model[-_ ]?card\.md", re.IGNORECASE)
_VARIANT: Final = expression(
    r"(?:(?:.*/)?model[-_ ]?cards/(?!readme|index)[^/]+|model[-_ ]?card[-_.][^/]+)\.md", re.IGNORECASE
)
_NO_CARD: Final = expression(
    r"template|example|sample|guide|toolkit|how[-_]?to|\{\{|node_modules|site-packages", re.IGNORECASE
)
# Keys that the Hub reads for a model, and those that only data sets and apps have.
_OF_MODELS: Final = frozenset({"library_name", "pipeline_tag", "base_model", "model-index"})
_OF_OTHERS: Final = frozenset({"sdk", "app_file", "dataset_info", "task_categories", "size_categories"})
_JINJA: Final = expression(r"\{%|\{\{\s*\w+")


@shared
def cards(repository: Repository) -> tuple[Card, ...]:
    """Return the cards of models that git tracks; the option `models` of MLM501 may name some more."""
    named = repository.options("MLM501")["models"].values()
    found = [(path, _card(repository, path, path in named)) for path in sorted(repository.files)]
    return tuple(card for _path, card in found if card)


def _card(repository: Repository, path: str, named: bool) -> Card | None:
    readme = path.rpartition("/")[2].lower() == "readme.md"
    if not named and not readme and not _NAMED.fullmatch(path) and not _VARIANT.fullmatch(path):
        return None
    entry = repository.entry(path)
    skipped = not named and (_NO_CARD.search(path) or "tests" in repository.roles_of(path))
    if skipped or entry is None or entry.symlink or entry.size > _LARGEST:
        return None
    card = Card(path, repository.text(path))
    if readme and not named and not _is_of_model(card):
        return None
    return None if any(_JINJA.search(line) for line in [card.matter, *card.lines]) else card


def _is_of_model(card: Card) -> bool:
    if not any(key in card.matter for key in _OF_MODELS):
        return False  # without the time that YAML takes
    matter = front_matter(card)
    return isinstance(matter, dict) and bool(_OF_MODELS & matter.keys()) and not _OF_OTHERS & matter.keys()
