"""A document for programs. Keys are added in later versions; none changes its meaning without a new `version`."""

__all__ = ["report"]

import json
from typing import Any

from mlscaffold import __version__
from mlscaffold.check.findings import Finding
from mlscaffold.check.reports.answer import Answer
from mlscaffold.check.reports.text import valid


def report(answer: Answer) -> str:
    """Return the document: `version`, `mlscaffold`, `summary`, `findings`."""
    document = {
        "version": 1,
        "mlscaffold": __version__,
        "summary": {
            "findings": len(answer.findings),
            "fixable": sum(1 for one in answer.findings if one.fix),
            "ignored": answer.ignored,
            "baselined": answer.baselined,
            "baseline_gone": answer.slack,
            "files": answer.files,
            "by_code": answer.counts,
        },
        "findings": [_entry(one, answer) for one in answer.findings],
    }
    return json.dumps(document, indent=2) + "\n"


def _entry(one: Finding, answer: Answer) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": answer.names[one.code],
        "path": valid(one.path),
        "line": one.line,
        "column": one.column,
        "end_line": one.end_line,
        "message": valid(one.message),
        "hint": answer.hints[one.code],
        "fix": ("safe" if one.fix.safe else "unsafe") if one.fix else None,
    }
