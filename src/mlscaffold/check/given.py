"""Which rules and settings a repository asks for: ours, its template's conventions, its own table, its own rules."""

__all__ = ["given", "sources"]

import json
from typing import Any, Final

from mlscaffold import __version__
from mlscaffold.check.index import known_rules
from mlscaffold.check.keeping import load, save
from mlscaffold.check.listing import is_settled, stat_of
from mlscaffold.check.memo import own_code
from mlscaffold.check.registry import RuleError, Rules
from mlscaffold.check.scan import read
from mlscaffold.check.schema import SCHEMA, fault
from mlscaffold.check.settings import (
    BASELINE,
    CONVENTIONS,
    PYPROJECT,
    Settings,
    SettingsError,
    merged,
    settings_from,
    with_reasons,
)

_FILE: Final = "settings.json"
_OF_THE_TEAM: Final = ("extends", "custom", "plugins", "rules-files")


def given(root: str, overrides: dict[str, Any], *, keep: bool = False) -> tuple[Rules, Settings, str]:
    """Return the rules, the settings, and a text that is another one when the rules of the team change.

    Args:
        root: the project.
        overrides: keys of the command line, over all others.
        keep: whether what our own rules declare, and what the settings are, may come from the cache.

    Raises:
        SettingsError: a setting or a rule that cannot be followed.
    """
    table, where = _table(root, keep=keep)
    rules, print_ = Rules(known_rules(root, keep=keep)), ""
    if any(key in table for key in _OF_THE_TEAM):
        from mlscaffold.check.team import team_rules

        try:
            table, print_ = team_rules(root, table, rules, where)
        except RuleError as problem:
            raise SettingsError(str(problem)) from None
    settings_from(overrides, rules, "the command line")  # only to tell where a fault is
    return rules, settings_from(merged(table, with_reasons(overrides)), rules, where), print_


def sources(root: str) -> list[str]:
    """Return the files that settings and rules of the team come from: git need not track them. After `given`."""
    table, where = _table(root, keep=True)
    found = [PYPROJECT, CONVENTIONS]
    if any(key in table for key in _OF_THE_TEAM):
        from mlscaffold.check import team

        table = team.extended(table, where)[0]
        found += team.sources(root, table)
    return [*found, table.get("baseline", BASELINE)]


def _table(root: str, *, keep: bool) -> tuple[dict[str, Any], str]:
    """Return the settings of the repository, and what to call them in errors."""
    if not keep:
        return _written(root)
    there = [stat_of(root, path) for path in (PYPROJECT, CONVENTIONS)]
    key = json.dumps([__version__, own_code(), there])
    known = load(root, _FILE, key)
    if known is None:
        known = _written(root)
        if all(one is None or (is_settled(one) and not one.symlink) for one in there):
            save(root, _FILE, key, known)
    table, where = known
    return table, where


def _written(root: str) -> tuple[dict[str, Any], str]:
    shared, own = _document(root, CONVENTIONS), _document(root, PYPROJECT)
    if told := fault(shared, SCHEMA):
        raise SettingsError(f"{CONVENTIONS}: {told}")
    for key in ("tool", "mlscaffold", "check"):
        own = own.get(key, {})
        if not isinstance(own, dict):
            raise SettingsError(f"{PYPROJECT}: [tool.mlscaffold.check] is no table")
    where = f"[tool.mlscaffold.check] of {PYPROJECT}"
    if told := fault(own, SCHEMA):
        raise SettingsError(f"{where}: {told}")
    return merged(with_reasons(shared), with_reasons(own)), where if own or not shared else CONVENTIONS


def _document(root: str, path: str) -> dict[str, Any]:
    from mlscaffold.check.targets.document import UnreadableError, parsed

    try:
        value = parsed(path, read(root, path))
    except FileNotFoundError:
        return {}
    except OSError as problem:
        raise SettingsError(f"{path} cannot be read: {problem.strerror}") from None
    except UnreadableError as problem:
        raise SettingsError(f"{path} does not parse: {problem}; mend it") from None
    return value if isinstance(value, dict) else {}
