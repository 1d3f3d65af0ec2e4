"""SARIF 2.1.0, the form that code scanning and many editors take."""

__all__ = ["report"]

import json
from typing import Any, Final
from urllib.parse import quote

from mlscaffold import __version__
from mlscaffold.check.findings import Finding
from mlscaffold.check.registry import Rule, Rules
from mlscaffold.check.reports.answer import Answer
from mlscaffold.check.reports.description import described
from mlscaffold.check.reports.sources import Sources
from mlscaffold.check.reports.text import valid

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def report(answer: Answer, sources: Sources, rules: Rules) -> str:
    """Return a log of one run, with the rules that it found something for."""
    places = {code: number for number, code in enumerate(answer.names)}
    names = sources.fingerprints(answer.findings)
    driver = {"name": "mlscaffold", "version": __version__, "rules": [_rule(rules[code]) for code in places]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [
            _result(one, rules[one.code], places[one.code], name, sources)
            for one, name in zip(answer.findings, names, strict=True)
        ],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    told = described(rule)
    text = "\n\n".join(filter(None, (told.title, told.why, told.how)))
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": told.title},
        "fullDescription": {"text": " ".join(filter(None, (told.title, told.why)))},
        "help": {"text": text},
        "defaultConfiguration": {"level": _level(rule)},
    }


def _level(rule: Rule) -> str:
    return "note" if rule.level == "strict" else "warning"


def _result(one: Finding, rule: Rule, place: int, name: str, sources: Sources) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(one.path), "uriBaseId": "%SRCROOT%"}}
    if one.line:
        region = {"startLine": one.line}
        if column := sources.column(one):
            region["startColumn"] = column
        if one.end_line > one.line:
            region["endLine"] = one.end_line
        physical["region"] = region
    return {
        "ruleId": one.code,
        "ruleIndex": place,
        "level": _level(rule),
        "message": {"text": valid(one.message)},
        "locations": [{"physicalLocation": physical}],
        "partialFingerprints": {"mlscaffold/v1": name},
    }


def _uri(path: str) -> str:
    try:
        return quote(path, errors="surrogateescape")  # the bytes that are on disk
    except UnicodeEncodeError:
        return quote(valid(path))
