"""The one way from an answer to its reader: which form, where to."""

__all__ = ["print_answer"]

import os

from mlscaffold.check.options import Options
from mlscaffold.check.reports.answer import Answer
from mlscaffold.check.reports.text import put

_FOR_PEOPLE = frozenset({"concise", "full"})


def print_answer(answer: Answer, options: Options) -> None:
    """Print the report that was asked for; with `--output-file`, write it there and print the concise one.

    Raises:
        SettingsError: the file cannot be written.
    """
    if options.output_file:
        _write(os.path.join(options.folder, options.output_file), _report(answer, options))
        options = options._replace(output="concise")
    if options.statistics and options.output in _FOR_PEOPLE:
        from mlscaffold.check.reports.counts import report

        put(report(answer, quiet=options.quiet))
        return
    put(_report(answer, options))


def _report(answer: Answer, options: Options) -> str:
    """Return the report; each form is imported only when it is asked for."""
    if options.output in {"concise", "github", "markdown", "json"}:
        return _of_answer(answer, options)
    from mlscaffold.check.listing import root_of
    from mlscaffold.check.reports.sources import Sources

    sources = Sources(root_of(options.folder))
    if options.output == "full":
        from mlscaffold.check.reports import full

        return full.report(answer, sources, quiet=options.quiet)
    from mlscaffold.check.reports.rules import known

    if options.output == "gitlab":
        from mlscaffold.check.reports import gitlab

        return gitlab.report(answer, sources, known(options.folder))
    from mlscaffold.check.reports import sarif

    return sarif.report(answer, sources, known(options.folder))


def _of_answer(answer: Answer, options: Options) -> str:
    if options.output == "concise":
        from mlscaffold.check.reports import concise

        return concise.report(answer, quiet=options.quiet)
    if options.output == "json":
        from mlscaffold.check.reports import as_json

        return as_json.report(answer)
    if options.output == "github":
        from mlscaffold.check.reports import github

        return github.report(answer, quiet=options.quiet)
    from mlscaffold.check.reports import markdown

    return markdown.report(answer, quiet=options.quiet)


def _write(path: str, text: str) -> None:
    """Write a file in one step: who waits for it never reads a half."""
    scratch = f"{path}.{os.getpid()}"
    try:
        with open(scratch, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
        os.replace(scratch, path)
    except OSError as problem:
        from mlscaffold.check.settings import SettingsError

        raise SettingsError(f"{path} cannot be written: {problem.strerror}") from None
