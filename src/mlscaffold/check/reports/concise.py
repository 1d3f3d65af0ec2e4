"""One line a finding, one hint a code: for terminals."""

__all__ = ["report"]

from mlscaffold.check.reports.answer import Answer


def report(answer: Answer) -> str:
    """Return `path:line: CODE message [*]` for each finding, the hints, and a summary."""
    lines = [
        f"{one.path}{f':{one.line}' if one.line else ''}: {one.code} {one.message}{' [*]' if one.fix else ''}"
        for one in answer.findings
    ]
    lines += [f"  {code}: {hint}" for code, hint in sorted(answer.hints.items())]
    return "\n".join([*lines, answer.summary]) + "\n"
