"""One line a finding, one hint a code: for terminals."""

__all__ = ["report"]

from mlscaffold.check.reports.answer import Answer
from mlscaffold.check.reports.text import shown


def report(answer: Answer, *, quiet: bool = False) -> str:
    """Return `path:line: CODE message [*]` for each finding, the hints, and a summary; quiet: findings only."""
    lines = [
        shown(f"{one.path}{f':{one.line}' if one.line else ''}: {one.code} {one.message}") + (" [*]" if one.fix else "")
        for one in answer.findings
    ]
    if not quiet:
        lines += [shown(f"  {code}: {hint}") for code, hint in sorted(answer.hints.items())]
        lines.append(answer.summary)
    return "".join(f"{line}\n" for line in lines)
