"""The text of `mlscaffold --help`: plain, and drawn without importing anything."""

__all__ = ["COMMANDS", "overview"]

from typing import Final

from mlscaffold import __version__

COMMANDS: Final = {
    "new": "Start a project, on the bundled data or on your own table.",
    "status": "Show where a project stands towards its template.",
    "adopt": "Bring an existing repository under a template; nothing is overwritten.",
    "update": "Bring a project to a newer version of its template.",
    "check": "Hold any ML repository to its conventions, in milliseconds; --fix mends.",
    "heal": "Bring files back to what the template gave.",
    "diff": "Show what the team changed against the template.",
    "template": "List, check or eject the versions of a template.",
}

_EXAMPLES: Final = """\
  mlscaffold new flights
  mlscaffold new churn --data customers.csv --target churned
  mlscaffold new churn --template gh:owner/template --at v1.2.0
  mlscaffold status
  mlscaffold check
"""


def overview() -> str:
    """Return the help of the whole program."""
    width = max(map(len, COMMANDS)) + 2
    commands = "".join(f"  {name:<{width}}{text}\n" for name, text in COMMANDS.items())
    return f"""\
mlscaffold {__version__}: start opinionated ML repositories that work from their first commit.

Usage: mlscaffold [OPTIONS] COMMAND [ARGS]...

Commands:
{commands}
Options:
  -C PATH       Work on the project at PATH instead of the current folder.
  -q, --quiet   Print errors only.
  -v, --verbose Say what is being done.
  -V, --version Print the version.
  -h, --help    Print this; after a command, its own help.
  --install-completion, --show-completion
                Complete commands and options in your shell.

Examples:
{_EXAMPLES}"""
