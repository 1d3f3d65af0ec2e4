"""Findings known before, which may become fewer and never more: a ratchet for repositories that start with many.

A finding is known by its code, its file and the text of its line, so that it stays known when lines move.
"""

__all__ = ["slack_is_red", "subtract", "update"]

import json
import os
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.listing import Listing
from mlscaffold.check.registry import Rules
from mlscaffold.check.reports.answer import Answer
from mlscaffold.check.scan import read
from mlscaffold.check.settings import Settings, SettingsError

FORMAT: Final = 1
Known = Counter[tuple[str, str, str]]


def subtract(root: str, findings: list[Finding], settings: Settings, rules: Rules) -> tuple[list[Finding], int, int]:
    """Return the findings that the baseline does not know, how many it knew, and how many of its own are gone.

    What the settings do not ask for today is not gone.

    Raises:
        SettingsError: the baseline is damaged.
    """
    known = _load(root, settings.baseline)
    if not known:
        return findings, 0, 0
    left, lines = [], _Lines(root)
    for one in findings:
        key = lines.key_of(one)
        if known[key] > 0:
            known[key] -= 1
        else:
            left.append(one)
    gone = sum(count for (code, _path, _line), count in known.items() if _asked(code, settings, rules))
    return left, len(findings) - len(left), gone


def slack_is_red(answer: Answer) -> bool:
    """Return whether findings of the baseline are gone where nobody can take them out of it any more: in CI."""
    return answer.slack > 0 and os.environ.get("CI", "").lower() in {"true", "1", "yes"}


def update(root: str, files: Listing, overrides: dict[str, Any]) -> str:
    """Write down all findings of today; where there is a baseline, only take out of it what is gone. Say so in a line.

    Raises:
        SettingsError: the baseline is damaged or cannot be written, or only some of the rules were asked for.
    """
    from mlscaffold.check.given import given
    from mlscaffold.check.run import check

    if partly := [key for key in ("select", "ignore") if key in overrides]:
        raise SettingsError(f"--update-baseline is about all rules: leave --{partly[0]} out")
    rules, settings, _print = given(root, overrides)
    old, lines = _load(root, settings.baseline), _Lines(root)
    found = check(root, files, {**overrides, "baseline": ""}, keep=False).answer.findings
    today = Known(lines.key_of(one) for one in found)
    if old is None:
        new, told = today, f"{settings.baseline}: {today.total()} known from now on"
    else:
        new = Known({key: _still(key, count, today, settings, rules) for key, count in old.items()})
        told = f"{settings.baseline}: {old.total() - new.total()} gone, {new.total()} left"
    if old is None and not today:
        return f"no findings: {settings.baseline} is not needed"
    _save(root, settings.baseline, new)
    return told


def _still(key: tuple[str, str, str], count: int, today: Known, settings: Settings, rules: Rules) -> int:
    # A rule that is not asked for today finds nothing; one that is no more never will.
    return count if not _asked(key[0], settings, rules) else min(count, today[key])


def _asked(code: str, settings: Settings, rules: Rules) -> bool:
    return code not in rules or settings.wants(code, rules[code].level)


class _Lines:
    """The texts of lines, each file read once."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._known: dict[str, list[bytes]] = {}

    def key_of(self, finding: Finding) -> tuple[str, str, str]:
        """Return what a finding is known by; spaces do not count."""
        text = b"".join(self._of(finding.path)[finding.line - 1 : finding.line]) if finding.line else b""
        return finding.code, finding.path, " ".join(text.decode(errors="replace").split())

    def _of(self, path: str) -> list[bytes]:
        if path not in self._known:
            try:
                self._known[path] = read(self._root, path).splitlines()
            except OSError:
                self._known[path] = []
        return self._known[path]


def _load(root: str, path: str) -> Known | None:
    """Return what is known; None where there is no baseline."""
    if not path:
        return None
    try:
        data = json.loads(read(root, path))
        if data["format"] != FORMAT:
            raise SettingsError(f"{path} has format {data['format']!r}, not {FORMAT}: update mlscaffold-cli")
        return Known({(str(code), str(where), str(line)): int(count) for code, where, line, count in data["findings"]})
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise SettingsError(f"{path} cannot be read: {problem.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        again = "delete it and run `mlscaffold check --update-baseline`"
        raise SettingsError(f"{path} is damaged: restore it from git, or {again}") from None


def _save(root: str, path: str, known: Known) -> None:
    parts = path.split("/")
    if path.startswith("/") or ".." in parts:
        raise SettingsError(f"baseline: {path!r} is not below the project")
    try:
        os.makedirs(os.path.dirname(f"{root}/{path}"), exist_ok=True)
        scratch = f"{root}/{path}.{os.getpid()}"
        with open(scratch, "w", encoding="utf-8", newline="\n") as file:
            file.write(_text(known))
        os.replace(scratch, f"{root}/{path}")
    except OSError as problem:
        raise SettingsError(f"{path} cannot be written: {problem.strerror}") from None


def _text(known: Known) -> str:
    """Return the baseline as JSON, sorted, one entry a line: it merges as well as lines do."""
    entries: Iterable[str] = (json.dumps([*key, count]) for key, count in sorted(known.items()) if count > 0)
    body = ",\n".join(f"  {entry}" for entry in entries)
    return (
        f'{{"format": {FORMAT}, "findings": [\n{body}\n]}}\n' if body else f'{{"format": {FORMAT}, "findings": []}}\n'
    )
