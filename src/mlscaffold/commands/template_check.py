"""`mlscaffold template check`: what a template's authors want to know before its users do."""

__all__ = ["check"]

from itertools import groupby
from pathlib import Path

from mlscaffold.authoring.check import check_template
from mlscaffold.authoring.finding import GROUPS, Finding, Report
from mlscaffold.commands.ui import Ui
from mlscaffold.template.gitsource import is_url
from mlscaffold.template.sources import BUILTIN

FOUND = 1  # the exit status where something has to be mended


def check(source: str | None, beside: Path, ui: Ui, *, since: tuple[str, ...] = (), trust: bool = False) -> int:
    """Check the template at `source`, a folder `beside` which it is meant, and print what is found.

    Returns 0, or 1 if something has to be mended.

    Raises:
        UserError: it cannot be read, runs code and is not trusted, or has no such version.
    """
    named = source is None or source in {BUILTIN, "builtin"} or is_url(source)
    place = (source or BUILTIN) if named else str(beside / str(source))
    report = check_template(place, ui.stage, since=since, trust=trust)
    if ui.as_json:
        ui.emit([finding._asdict() for finding in report.findings])
    else:
        _show(report, ui)
    return FOUND if report.failed else 0


def _show(report: Report, ui: Ui) -> None:
    for heading, findings in groupby(report.findings, key=lambda finding: GROUPS[finding.rule]):
        ui.say(ui.bold(heading))
        for finding in findings:
            _show_one(finding, ui)
    for line in report.looked_at:
        ui.say(f"checked   {line}")
    for line in report.details:
        ui.detail(line)
    counted = {level: sum(finding.level == level for finding in report.findings) for level in ("finding", "warning")}
    told = [f"{count} {level}{'s' if count > 1 else ''}" for level, count in counted.items() if count]
    ui.say(", ".join(told) or "Nothing found.")


def _show_one(finding: Finding, ui: Ui) -> None:
    mark = "warning: " if finding.level == "warning" else ""
    seen = f" ({finding.seen})" if finding.seen else ""
    ui.say(f"  {finding.where}: {mark}{' '.join(finding.what.split())}{seen}")
    ui.say(f"    -> {finding.fix}")
