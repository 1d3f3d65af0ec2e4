"""What a person can put right, told in one line. Anything else is a defect and keeps its traceback."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .contract.validate import Violation

__all__ = ["COMMAND", "DataRefusedError", "UserError"]

COMMAND = f"uv run {__name__.partition('.')[0]}"  # how messages spell the next command, so that it can be typed


class UserError(Exception):
    """What happened, where, and the next command to type; shown as one line, never as a traceback."""

    exit_code = 2

    def told(self) -> dict[str, object]:
        """What --json prints of it."""
        return {"error": str(self)}


class DataRefusedError(UserError):
    """A table breaks its contract. `violations` holds every broken rule; the text has one line for each."""

    exit_code = 1

    def __init__(self, source: str, violations: Sequence[Violation]) -> None:
        rules = "rule" if len(violations) == 1 else "rules"
        lines = [f"{source} breaks {len(violations)} {rules} of its contract:", *(f"  {v}" for v in violations)]
        super().__init__("\n".join(lines))
        self.violations = tuple(violations)

    def told(self) -> dict[str, object]:
        """What --json prints of it: every broken rule, too."""
        return super().told() | {"violations": [violation._asdict() for violation in self.violations]}
