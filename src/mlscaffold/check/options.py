"""The command line of `check`."""

__all__ = ["Options", "parse"]

from collections.abc import Sequence
from typing import NamedTuple


class Options(NamedTuple):
    """What was asked for."""

    paths: tuple[str, ...] = ()
    folder: str = "."
    fix: bool = False
    unsafe_fixes: bool = False
    diff: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    persona: str = ""
    output: str = "concise"
    output_file: str = ""
    explain: str = ""
    list_rules: bool = False
    statistics: bool = False
    cache: bool = True
    ignores: bool = True
    update_baseline: bool = False
    quiet: bool = False


OUTPUTS = ("concise", "full", "json", "github", "gitlab", "sarif", "markdown")


def parse(arguments: Sequence[str]) -> Options:
    """Return what the arguments ask for. Raises SystemExit(2) with a message, or (0) after `--help`."""
    if not arguments:
        return Options()  # what hooks mostly ask, without the time that importing argparse takes
    import argparse

    parser = argparse.ArgumentParser(
        prog="mlscaffold check",
        description="Hold this repository to its conventions.",
        epilog="Exit codes: 0 clean, 1 findings, 2 wrong usage or settings, 3 a fault of mlscaffold.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("paths", nargs="*", metavar="PATH", help="report only what is in these files or folders")
    add("-C", dest="folder", default=".", metavar="FOLDER", help="check the repository there")
    add("--fix", action="store_true", help="mend what can be mended safely")
    add("--unsafe-fixes", action="store_true", help="with --fix: also what may need a second look")
    add("--diff", action="store_true", help="show what --fix would change, and change nothing")
    add("--select", action="append", default=[], metavar="CODES", help="report these codes, or what begins like them")
    add("--ignore", action="append", default=[], metavar="CODES", help="leave these codes out")
    add("--persona", default="", choices=("default", "strict"), help="how much is asked for")
    add("--output", default="concise", choices=OUTPUTS, help="form of the report (default: concise)")
    add("--output-file", default="", metavar="FILE", help="write the report there, and the concise one to the terminal")
    add("--explain", default="", metavar="CODE", help="say what a rule wants, and why")
    add("--list", dest="list_rules", action="store_true", help="list all rules")
    add("--statistics", action="store_true", help="count the findings by code")
    add("--no-cache", dest="cache", action="store_false", help="read every file again")
    add("--no-ignores", dest="ignores", action="store_false", help="report also what is ignored or in the baseline")
    add("--update-baseline", action="store_true", help="write down what is found today as known")
    add("-q", "--quiet", action="store_true", help="print findings only")
    found = vars(parser.parse_args(list(arguments)))
    for key in ("select", "ignore"):
        found[key] = tuple(code.strip() for given in found[key] for code in given.split(",") if code.strip())
    return Options(**{**found, "paths": tuple(found["paths"])})
