"""What the rules declare, kept between runs: a rule's module is imported when its rule first looks at something."""

__all__ = ["known_rules"]

import importlib
from collections.abc import Iterator
from typing import Any, Final

from mlscaffold import __version__
from mlscaffold.check.findings import Finding
from mlscaffold.check.keeping import load, save
from mlscaffold.check.memo import own_code
from mlscaffold.check.registry import Rule, Rules, declared

_FILE: Final = "rules.json"


class _Later:
    """The function of a rule whose module is not imported yet."""

    def __init__(self, code: str, module: str) -> None:
        self._code, self._module = code, module

    def __call__(self, target: Any, context: Any) -> Iterator[Finding]:
        importlib.import_module(self._module)
        return declared[self._code].look(target, context)


def known_rules(root: str, *, keep: bool) -> Rules:
    """Return all rules of ours; with `keep`, as the cache of `root` knows them, if this program has written it."""
    key = f"{__version__} {own_code()}"
    kept = _rules(load(root, _FILE, key)) if keep else None
    if kept is not None:
        return kept
    from mlscaffold.check import catalogue

    found = catalogue.load()
    if keep:
        save(root, _FILE, key, [_plain(one) for one in found.values()])
    return found


def _rules(rows: Any) -> Rules | None:
    try:
        return Rules({row[0]: _rule(row) for row in rows})
    except (TypeError, ValueError, AttributeError, LookupError):
        return None  # none yet, or damaged


def _plain(one: Rule) -> list[Any]:
    needles = [needle.decode("latin-1") for needle in one.needles]
    return list(one._replace(look=None, needles=needles, options=dict(one.options)))  # type: ignore[arg-type]


def _rule(row: list[Any]) -> Rule:
    one = Rule(*row)
    needles = tuple(str(needle).encode("latin-1") for needle in one.needles)
    look = _Later(one.code, one.module)
    return one._replace(look=look, needles=needles, only=tuple(one.only), never=tuple(one.never))
