"""Which rules and settings a repository asks for: ours, its template's conventions, its own table, its own rules."""

__all__ = ["given"]

from typing import Any

from mlscaffold.check import catalogue
from mlscaffold.check.registry import RuleError, Rules
from mlscaffold.check.scan import read
from mlscaffold.check.settings import CONVENTIONS, PYPROJECT, Settings, SettingsError, merged, settings_from
from mlscaffold.check.targets.document import UnreadableError, parsed


def given(root: str, overrides: dict[str, Any]) -> tuple[Rules, Settings, str]:
    """Return the rules, the settings, and a text that is another one when the rules of the team change.

    Args:
        root: the project.
        overrides: keys of the command line, over all others.

    Raises:
        SettingsError: a setting or a rule that cannot be followed.
    """
    shared = _document(root, CONVENTIONS)
    own = _document(root, PYPROJECT)
    for key in ("tool", "mlscaffold", "check"):
        own = own.get(key, {})
        if not isinstance(own, dict):
            raise SettingsError(f"{PYPROJECT}: [tool.mlscaffold.check] is no table")
    where = f"[tool.mlscaffold.check] of {PYPROJECT}" if own else CONVENTIONS if shared else "the command line"
    table = merged(merged(shared, own), overrides)
    rules, print_ = Rules(catalogue.load()), ""
    if any(key in table for key in ("extends", "custom", "plugins", "rules-files")):
        from mlscaffold.check.team import team_rules

        try:
            table, print_ = team_rules(root, table, rules, where)
        except RuleError as problem:
            raise SettingsError(str(problem)) from None
    return rules, settings_from(table, rules, where), print_


def _document(root: str, path: str) -> dict[str, Any]:
    try:
        value = parsed(path, read(root, path))
    except FileNotFoundError:
        return {}
    except OSError as problem:
        raise SettingsError(f"{path} cannot be read: {problem.strerror}") from None
    except UnreadableError as problem:
        raise SettingsError(f"{path} does not parse: {problem}; mend it") from None
    return value if isinstance(value, dict) else {}
