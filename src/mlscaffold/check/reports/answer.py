"""What every report is made from; plain enough to be kept between runs."""

__all__ = ["Answer", "answer_from"]

from typing import Any, NamedTuple

from mlscaffold.check.findings import Finding, finding_from


class Answer(NamedTuple):
    """The findings of a run, sorted; hints by code; names of the rules by code; and what was left out."""

    findings: tuple[Finding, ...]
    ignored: int
    baselined: int
    slack: int
    files: int
    hints: dict[str, str]
    names: dict[str, str]

    @property
    def summary(self) -> str:
        """Return the last line of a report: how much was found, and how much was left out."""
        count = len(self.findings)
        fixable = sum(1 for one in self.findings if one.fix)
        told = (
            f"{count} finding{'s' * (count != 1)} in {self.files} files"
            if count
            else f"{self.files} files, no findings"
        )
        told += f", {fixable} with a fix [*]" if fixable else ""
        told += f", {self.ignored} ignored" if self.ignored else ""
        return told + (f", {self.baselined} known before" if self.baselined else "")


def answer_from(data: Any) -> Answer:
    """Return what JSON has made lists of."""
    findings, *rest = data
    return Answer(tuple(finding_from(one) for one in findings), *rest)
