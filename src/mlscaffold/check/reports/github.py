"""Annotations on a pull request, as GitHub's runner reads them from the log."""

__all__ = ["report"]

from mlscaffold.check.findings import Finding
from mlscaffold.check.reports.answer import Answer
from mlscaffold.check.reports.text import shown, valid


def report(answer: Answer, *, quiet: bool = False) -> str:
    """Return a workflow command for each finding, and a summary."""
    lines = [_command(one, answer) for one in answer.findings]
    return "".join(f"{line}\n" for line in [*lines, *([] if quiet else [answer.summary])])


def _command(one: Finding, answer: Answer) -> str:
    properties = {"title": f"{one.code} {answer.names[one.code]}"}
    # A finding on the whole repository belongs to no file; the log shows it all the same.
    if one.path != ".":
        properties["file"] = one.path
    if one.line:
        properties["line"] = str(one.line)
    if one.line and one.end_line > one.line:
        properties["endLine"] = str(one.end_line)
    told = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    where = f"{one.path}: " if one.path != "." else ""
    return f"::error {told}::{_data(shown(where + one.message))}"


def _data(text: str) -> str:
    return valid(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
