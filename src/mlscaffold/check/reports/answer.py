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
    def counts(self) -> dict[str, int]:
        """Return how many findings each code has, by code."""
        found = dict.fromkeys(self.names, 0)
        for one in self.findings:
            found[one.code] += 1
        return found

    @property
    def summary(self) -> str:
        """Return the last line of a report: how much was found, and how much was left out."""
        count = len(self.findings)
        fixable = sum(1 for one in self.findings if one.fix)
        files = f"{self.files} file{'s' * (self.files != 1)}"
        told = f"{count} finding{'s' * (count != 1)} in {files}" if count else f"{files}, no findings"
        told += f", {fixable} with a fix [*]" if fixable else ""
        told += f", {self.ignored} ignored" if self.ignored else ""
        told += f", {self.baselined} known before" if self.baselined else ""
        return told + (f", {self.slack} of the baseline gone" if self.slack else "")


def answer_from(data: Any) -> Answer:
    """Return what JSON has made lists of."""
    findings, *rest = data
    return Answer(tuple(finding_from(one) for one in findings), *rest)
