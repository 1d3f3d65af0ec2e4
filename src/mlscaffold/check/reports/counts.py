"""How many findings each code has: for `--statistics`."""

__all__ = ["report"]

from mlscaffold.check.reports.answer import Answer


def report(answer: Answer, *, quiet: bool = False) -> str:
    """Return a line for each code, the most frequent first, else in their order, and a summary."""
    counts = sorted(answer.counts.items(), key=lambda pair: -pair[1])
    fixable = {one.code for one in answer.findings if one.fix}
    wide = len(str(counts[0][1])) if counts else 0
    lines = [f"{count:{wide}} {code} {answer.names[code]}{' [*]' if code in fixable else ''}" for code, count in counts]
    return "".join(f"{line}\n" for line in [*lines, *([] if quiet else [answer.summary])])
