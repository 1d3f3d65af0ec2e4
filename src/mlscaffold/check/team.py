"""Rules of the team's own, on three rungs: in words, in a file, in a package."""

__all__ = ["team_rules"]

from typing import Any

from mlscaffold.check.registry import Rules


def team_rules(root: str, table: dict[str, Any], rules: Rules, where: str) -> tuple[dict[str, Any], str]:
    """Add the rules that `table` names; return the table with what it extends, and a print of the rules."""
    return table, ""
