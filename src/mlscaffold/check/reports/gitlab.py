"""GitLab's Code Quality report: findings in the widget and the changes of a merge request."""

__all__ = ["report"]

import json

from mlscaffold.check.registry import Rules
from mlscaffold.check.reports.answer import Answer
from mlscaffold.check.reports.sources import Sources
from mlscaffold.check.reports.text import valid


def report(answer: Answer, sources: Sources, rules: Rules) -> str:
    """Return the list of findings. GitLab knows no finding without a line: those are on the first."""
    names = sources.fingerprints(answer.findings)
    entries = [
        {
            "description": valid(f"{one.code}: {one.message}"),
            "check_name": one.code,
            "fingerprint": name,
            "severity": "minor" if rules[one.code].level == "strict" else "major",
            "location": {"path": valid(one.path), "lines": {"begin": max(one.line, 1)}},
        }
        for one, name in zip(answer.findings, names, strict=True)
    ]
    return json.dumps(entries, indent=2) + "\n"
