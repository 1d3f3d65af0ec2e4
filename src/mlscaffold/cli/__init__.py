"""The command line: what needs no library is answered here at once; the rest goes to Typer.

This is also the one edge where errors become exit codes: 0 done, 1 done in part, 2 a user error, 130 Ctrl-C.
"""

__all__ = ["main"]

import atexit
import gc
import sys
from collections.abc import Sequence

from mlscaffold import __version__
from mlscaffold.errors import EXIT_INTERRUPTED, EXIT_USER_ERROR, UserError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments in (["--version"], ["-V"]):
        sys.stdout.write(f"mlscaffold {__version__}\n")
        return 0
    if arguments in ([], ["--help"], ["-h"], ["help"]):
        from mlscaffold.cli.overview import overview

        sys.stdout.write(overview())
        return 0
    if argv is None:
        _spare_the_collector()
    if arguments[0] == "check":
        from mlscaffold.check.command import leave
        from mlscaffold.check.command import main as check

        code = check(arguments[1:])
        return code if argv is not None else leave(code)
    return _run(arguments)


def _run(arguments: Sequence[str]) -> int:
    try:
        from mlscaffold.cli.app import run

        return run(arguments)
    except UserError as problem:
        sys.stderr.write(f"error: {problem}\n")
        return EXIT_USER_ERROR
    except KeyboardInterrupt:
        sys.stderr.write("\nerror: interrupted; nothing was left half-done\n")
        return EXIT_INTERRUPTED
    except BrokenPipeError:  # `mlscaffold diff | head` is no failure of ours
        sys.stdout = None  # or the interpreter complains when it flushes at exit
        return 0


def _spare_the_collector() -> None:
    """Let the end of this short process free its memory: looking for garbage, then and before, costs a sixth of it."""
    gc.disable()
    atexit.register(gc.freeze)
