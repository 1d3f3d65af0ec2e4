"""`mlscaffold check`: options, what has changed, the run, the report. Where nothing changed, nothing is imported."""

__all__ = ["EXIT_BUG", "EXIT_CLEAN", "EXIT_FINDINGS", "EXIT_USAGE", "leave", "main", "script"]

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final, NoReturn

from mlscaffold import __version__
from mlscaffold.check import memo
from mlscaffold.check.listing import Listing, ListingError, led_to, root_of, stat_of, tracked
from mlscaffold.check.options import Options, parse
from mlscaffold.check.reports.answer import Answer, answer_from
from mlscaffold.check.reports.printing import print_answer

EXIT_CLEAN: Final = 0
EXIT_FINDINGS: Final = 1
EXIT_USAGE: Final = 2
EXIT_BUG: Final = 3


def main(arguments: Sequence[str]) -> int:
    """Run `mlscaffold check` with these arguments and return its exit code; a fault of ours is told in a file."""
    try:
        return _main(parse(arguments))
    except ListingError as problem:
        sys.stderr.write(f"error: {problem}\n")
        return EXIT_USAGE
    except Exception as problem:  # noqa: BLE001 - the edge: whatever it is, the user gets one line
        if _is_usage(problem):
            sys.stderr.write(f"error: {problem}\n")
            return EXIT_USAGE
        from mlscaffold.check.crash import told

        sys.stderr.write(told(problem))
        return EXIT_BUG


def _is_usage(problem: Exception) -> bool:
    # Imported only now: on the usual way nothing goes wrong.
    from mlscaffold.check.settings import SettingsError

    return isinstance(problem, SettingsError)


def _main(options: Options) -> int:
    if options.explain or options.list_rules:
        from mlscaffold.check.reports.rules import explained, listed
        from mlscaffold.check.reports.text import put

        put(explained(options) if options.explain else listed(options))
        return EXIT_CLEAN
    root = root_of(options.folder)
    files = tracked(root)
    paths = _below(root, options)
    if options.fix or options.diff or options.update_baseline:
        from mlscaffold.check.changing import change

        return change(root, files, paths, options)
    answer = _answer(root, files, paths, options)
    print_answer(answer, options)
    return EXIT_FINDINGS if answer.findings or (answer.slack and _is_stale(answer)) else EXIT_CLEAN


def _is_stale(answer: Answer) -> bool:
    """Return whether the baseline knows more than there is, where that is an error; and say what to do."""
    from mlscaffold.check.baseline import slack_is_red

    if not slack_is_red(answer):
        return False
    sys.stderr.write("the baseline holds findings that are gone: run `mlscaffold check --update-baseline`, commit it\n")
    return True


def _below(root: str, options: Options) -> tuple[str, ...]:
    """Return the paths of the command line from the root. What is a link stays one: git tracks it, not its target."""
    found = []
    for path in options.paths:
        place = os.path.join(options.folder, path).rstrip("/") or "/"
        if not os.path.lexists(place):
            raise ListingError(f"{path} is not there; name files or folders of {root}")
        folder, name = os.path.split(place)
        below = os.path.relpath(os.path.join(os.path.realpath(folder or "."), name), root)
        if below.split("/")[0] == "..":
            raise ListingError(f"{path} is outside of {root}; name files or folders below it")
        found.append(below)
    return tuple(found)


def _answer(root: str, files: Listing, paths: tuple[str, ...], options: Options) -> Answer:
    """Return the answer of the last run where nothing has changed, else that of a new one."""
    question = repr((paths, overrides(options), options.ignores, memo.own_code(), sys.hexversion))
    key = memo.key_of(__version__, question, files)
    kept = memo.recall(root, key) if options.cache else None
    if kept and all(memo.seen(stat_of(root, path)) == was for path, was in kept.watched.items()):
        return answer_from(kept.answer)
    from mlscaffold.check.run import check

    outcome = check(root, files, overrides(options), keep=options.cache, ignores=options.ignores, paths=paths)
    if options.cache:
        from mlscaffold.check.given import sources

        asked = [place for path in sources(root) for place in (path, led_to(root, path))]
        beside = {path: memo.seen(stat_of(root, path)) for path in asked}
        memo.remember(root, key, memo.Memo(outcome.answer, {**outcome.watched, **beside}), files)
    return outcome.answer


def overrides(options: Options) -> dict[str, Any]:
    """Return the settings that the command line gives."""
    found: dict[str, Any] = {}
    if options.persona:
        found["persona"] = options.persona
    if options.select:
        found["select"] = list(options.select)
    if options.ignore:
        found["ignore"] = dict.fromkeys(options.ignore, "on the command line")
    return found


def script() -> NoReturn:
    """Run `mlscaffold-check`, the program of the small distribution: `mlscaffold check` and nothing else."""
    gc.disable()  # a short process: its end frees the memory
    leave(main(sys.argv[1:]))


def leave(code: int) -> NoReturn:
    """End the process at once: to take it apart would take longer than git takes to list the files."""
    for stream in filter(None, (sys.stdout, sys.stderr)):
        with suppress(OSError):  # nobody reads any more
            stream.flush()
    os._exit(code)
